using System.Net.Sockets;

namespace Toe.Emulated;

/// <summary>The card's finite tables. Thread-safe: sockets end on any thread.</summary>
internal sealed class CardTables(CardProfile profile)
{
    private readonly Lock _lock = new();
    private int _connections;
    private int _listeners;
    private long _memory;
    private bool _full;

    /// <summary>Raised when a table that was nearly full has room again.</summary>
    public event Action? Eased;

    /// <summary>Makes every table pretend to be full.</summary>
    public bool PretendFull
    {
        get => Volatile.Read(ref _full);
        set => Volatile.Write(ref _full, value);
    }

    /// <summary>Takes a connection's entries.</summary>
    public ToeReason TryTakeConnection(AddressFamily family, long memory)
    {
        var entries = EntriesOf(family);
        lock (_lock)
        {
            if (_full || _connections + entries > profile.Connections)
                return ToeReasons.ResourceConnections.With($"{_connections} of {profile.Connections} entries used");
            if (_memory + memory > profile.Memory)
                return ToeReasons.ResourceMemory.With($"{_memory} of {profile.Memory} bytes used");
            _connections += entries;
            _memory += memory;
            return ToeReason.None;
        }
    }

    /// <summary>True when a connection would find room behind those that are in their handshakes.</summary>
    public bool HasRoom(AddressFamily family, long memory, int pending)
    {
        var entries = (long)EntriesOf(family) + ((long)pending * profile.ConnectionEntriesIPv6);
        lock (_lock)
            return !_full && _connections + entries <= profile.Connections && _memory + (memory * (pending + 1L)) <= profile.Memory;
    }

    /// <summary>Counts a connection whose handshake is complete: it was judged at its SYN, and exists.</summary>
    public void TakeAccepted(AddressFamily family, long memory)
    {
        lock (_lock)
        {
            _connections += EntriesOf(family);
            _memory += memory;
        }
    }

    public void ReturnConnection(AddressFamily family, long memory)
    {
        bool eased;
        lock (_lock)
        {
            eased = _connections >= profile.Connections - (profile.Connections / 8) || _memory >= profile.Memory - (profile.Memory / 8);
            _connections -= EntriesOf(family);
            _memory -= memory;
        }

        if (eased)
            Eased?.Invoke();
    }

    public ToeReason TryTakeListener()
    {
        lock (_lock)
        {
            if (_full || _listeners >= profile.Listeners)
                return ToeReasons.ResourceListeners.With($"{_listeners} of {profile.Listeners} entries used");
            _listeners++;
            return ToeReason.None;
        }
    }

    public void ReturnListener()
    {
        lock (_lock)
            _listeners--;
    }

    /// <summary>The tables as budgets.</summary>
    /// <param name="neighbours">The link's neighbour count; null where the link has no neighbours.</param>
    public IReadOnlyList<ToeBudget> Read(int? neighbours)
    {
        lock (_lock)
        {
            var budgets = new List<ToeBudget>(4)
            {
                new("connections", _full ? profile.Connections : _connections, profile.Connections, ToeReasons.ResourceConnections)
                {
                    ConnectionCost = 1, ConnectionCostIPv6 = profile.ConnectionEntriesIPv6,
                },
                new("listeners", _full ? profile.Listeners : _listeners, profile.Listeners, ToeReasons.ResourceListeners) { ListenerCost = 1 },
                new("memory", _memory, profile.Memory, ToeReasons.ResourceMemory),
            };
            if (neighbours is { } count)
                budgets.Add(new("neighbours", count, profile.Neighbours, ToeReasons.ResourceNeighbours));
            return budgets;
        }
    }

    private int EntriesOf(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? profile.ConnectionEntriesIPv6 : 1;
}
