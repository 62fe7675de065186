using System.Diagnostics;
using System.Net;

namespace Toe.Telemetry;

/// <summary>The activity source <c>Toe</c>: one span for each connect.</summary>
internal static class ToeActivities
{
    public const string SourceName = "Toe";

    private static readonly ActivitySource Source = new(SourceName);

    public static Activity? StartConnect(EndPoint remote)
    {
        var activity = Source.StartActivity("toe.connect", ActivityKind.Client);
        if (activity is null)
            return null;
        activity.SetTag("network.transport", "tcp");
        switch (remote)
        {
            case DnsEndPoint dns:
                activity.SetTag("server.address", dns.Host).SetTag("server.port", dns.Port);
                break;
            case IPEndPoint ip:
                activity.SetTag("network.peer.address", ip.Address.ToString()).SetTag("network.peer.port", ip.Port);
                break;
        }

        return activity;
    }

    public static void Placed(this Activity? activity, Placement placement)
    {
        if (activity is null)
            return;
        activity.SetTag("toe.placement", placement.AdapterId ?? "HostStack");
        if (!placement.Reason.IsNone)
            activity.SetTag("toe.reason", placement.Reason.Name);
    }

    public static void Failed(this Activity? activity, Exception exception) =>
        activity?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", exception.GetType().FullName);
}
