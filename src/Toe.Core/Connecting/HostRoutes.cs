using System.Collections.Concurrent;
using System.Net;
using Toe.Linux;

namespace Toe.Connecting;

/// <summary>Asks the host, live or played back, as <c>ip route get</c> does. Without a host there is no answer, and adapters that need the route refuse with their own reason. Any thread.</summary>
internal sealed class HostRoutes(ILinuxHost? host) : IHostRoutes
{
    private readonly ConcurrentDictionary<int, string> _names = new();

    public HostRoute? Find(IPAddress? local, IPAddress remote)
    {
        if (host is null)
            return null;
        var source = local is null || local.Equals(IPAddress.Any) || local.Equals(IPAddress.IPv6Any) ? null : local;
        var answer = host.Route(new RouteQuery { Destination = remote, Source = source });
        if (!answer.IsReachable)
            return null;
        return new HostRoute(
            NameOf(answer.OutputInterface), answer.OutputInterface, answer.PreferredSource, answer.Gateway, answer.Type == RouteType.Local);
    }

    private string NameOf(int index)
    {
        if (_names.TryGetValue(index, out var name))
            return name;
        foreach (var link in LinkTable.Read(host!).Value ?? [])
            _names[link.Index] = link.Name;
        return _names.GetValueOrDefault(index, "");
    }
}
