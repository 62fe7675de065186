namespace Toe.Emulated.Tcp;

/// <content>Buffers of connections that became idle.</content>
public sealed partial class TcpEngine
{
    private const long RestInterval = TimeSpan.TicksPerSecond;

    private readonly List<TcpConnection> _holders = [];
    private long _restedAt;

    /// <summary>Connections hold buffers that they may not need: call <see cref="Advance"/> within a second or so, though nothing else is due.</summary>
    internal bool HoldsBuffers => _holders.Count > 0;

    internal void AddHolder(TcpConnection connection)
    {
        connection.HolderIndex = _holders.Count;
        _holders.Add(connection);
    }

    internal void RemoveHolder(TcpConnection connection)
    {
        var index = connection.HolderIndex;
        if (index < 0) return;
        connection.HolderIndex = -1;
        var last = _holders[^1];
        _holders.RemoveAt(_holders.Count - 1);
        if (last == connection) return;
        _holders[index] = last;
        last.HolderIndex = index;
    }

    /// <summary>Once in a while.</summary>
    private void RestIdleBuffers()
    {
        if (_holders.Count == 0 || Now - _restedAt < RestInterval) return;
        _restedAt = Now;
        for (var i = _holders.Count - 1; i >= 0; i--)
            if (_holders[i].TryRest(Now - RestInterval)) RemoveHolder(_holders[i]);
    }
}
