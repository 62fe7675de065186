using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Toe.Telemetry;

/// <summary>The activity source <c>Toe</c>: one span for each connect.</summary>
internal static class ToeActivities
{
    private static readonly ActivitySource Source = new(ToeTelemetry.ActivitySourceName);

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
                activity.SetPeer(ip);
                break;
        }

        return activity;
    }

    public static void Connected(this Activity? activity, ToeConnection connection)
    {
        if (activity is null)
            return;
        var placement = connection.Placement;
        activity.SetPeer(connection.RemoteEndPoint);
        activity.SetTag("toe.placement", placement.AdapterId ?? "HostStack");
        if (!placement.Reason.IsNone)
            activity.SetTag("toe.reason", placement.Reason.Name);
    }

    public static void Failed(this Activity? activity, string error) => activity?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", error);

    private static void SetPeer(this Activity activity, IPEndPoint peer) => activity
        .SetTag("network.type", peer.AddressFamily == AddressFamily.InterNetworkV6 ? "ipv6" : "ipv4")
        .SetTag("network.peer.address", peer.Address.ToString())
        .SetTag("network.peer.port", peer.Port);
}
