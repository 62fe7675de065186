using System.Collections.Concurrent;
using System.Net;
using System.Runtime.Versioning;
using Toe.Linux;

namespace Toe.Connecting;

/// <summary>Asks the kernel by rtnetlink, as <c>ip route get</c> does. Used by one stack, from any thread.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxHostRoutes : IHostRoutes, IDisposable
{
    private readonly Lock _lock = new();
    private readonly RouteTable _routes = new();
    private readonly ConcurrentDictionary<int, string> _names = new();

    public HostRoute? Find(IPAddress? local, IPAddress remote)
    {
        var source = local is null || local.Equals(IPAddress.Any) || local.Equals(IPAddress.IPv6Any) ? null : local;
        RouteAnswer answer;
        lock (_lock)
            answer = _routes.Lookup(remote, source);
        if (!answer.IsReachable)
            return null;
        return new HostRoute(
            NameOf(answer.OutputInterface), answer.OutputInterface, answer.PreferredSource, answer.Gateway, answer.Type == RouteType.Local);
    }

    public void Dispose() => _routes.Dispose();

    private string NameOf(int index)
    {
        if (_names.TryGetValue(index, out var name))
            return name;
        foreach (var link in LinkTable.Read())
            _names[link.Index] = link.Name;
        return _names.GetValueOrDefault(index, "");
    }
}
