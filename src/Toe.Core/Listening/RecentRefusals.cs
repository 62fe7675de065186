using System.Collections.Concurrent;
using System.Net;

namespace Toe.Listening;

/// <summary>Why a SYN was left to the host stack, until the host accepts it. Bounded: a flood of SYNs loses reasons, not memory.</summary>
internal sealed class RecentRefusals
{
    private const int Capacity = 4096;

    private readonly ConcurrentDictionary<IPEndPoint, ToeReason> _refusals = new();

    public void Add(IPEndPoint remote, ToeReason reason)
    {
        if (_refusals.Count >= Capacity)
            _refusals.Clear();
        _refusals[Unmapped(remote)] = reason;
    }

    public ToeReason Take(IPEndPoint remote) => _refusals.TryRemove(Unmapped(remote), out var reason) ? reason : ToeReason.None;

    /// <summary>A dual-mode socket shows an IPv4 peer as an IPv6 address, the adapter as what it is.</summary>
    private static IPEndPoint Unmapped(IPEndPoint remote) =>
        remote.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(remote.Address.MapToIPv4(), remote.Port) : remote;
}
