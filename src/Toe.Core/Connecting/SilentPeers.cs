using System.Collections.Concurrent;
using System.Net;

namespace Toe.Connecting;

/// <summary>Peers whose RDMA side did not answer lately. Waiting for them again at each connect would cost every connection the wait.</summary>
internal sealed class SilentPeers(TimeProvider time)
{
    private const int Limit = 1024; // Beyond it peers are asked again instead of remembered.

    private readonly ConcurrentDictionary<IPEndPoint, long> _since = new();

    /// <summary>The peer did not answer.</summary>
    public void Add(IPEndPoint peer)
    {
        if (_since.Count >= Limit)
            _since.Clear();
        _since[peer] = time.GetTimestamp();
    }

    /// <summary>True while the peer is not asked.</summary>
    public bool Contains(IPEndPoint peer, TimeSpan pause)
    {
        if (!_since.TryGetValue(peer, out var since))
            return false;
        if (time.GetElapsedTime(since) < pause)
            return true;
        _since.TryRemove(new KeyValuePair<IPEndPoint, long>(peer, since));
        return false;
    }
}
