using System.Net.Sockets;

namespace Toe.Emulated;

/// <summary>The card's finite tables. Thread-safe: sockets end on any thread.</summary>
internal sealed class CardTables(CardProfile profile)
{
    private readonly Lock _lock = new();
    private int _epoch;
    private int _connections;
    private int _listeners;
    private long _memory;
    private bool _full;
    private int _version;

    /// <summary>Raised when a table that was nearly full has room again.</summary>
    public event Action? Eased;

    /// <summary>Changes with every change of a table.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Makes every table pretend to be full.</summary>
    public bool PretendFull
    {
        get => Volatile.Read(ref _full);
        set
        {
            lock (_lock)
            {
                _full = value;
                _version++;
            }
        }
    }

    /// <summary>Takes a connection's entries.</summary>
    public ToeReason TryTakeConnection(AddressFamily family, long memory, out TableEntry? entry)
    {
        entry = null;
        var entries = family == AddressFamily.InterNetworkV6 ? profile.ConnectionEntriesIPv6 : 1;
        lock (_lock)
        {
            if (_full || _connections + entries > profile.Connections)
                return ToeReasons.ResourceConnections.With($"{(_full ? profile.Connections : _connections)} of {profile.Connections} entries used");
            if (_memory + memory > profile.Memory)
                return ToeReasons.ResourceMemory.With($"{_memory} of {profile.Memory} bytes used");
            _connections += entries;
            _memory += memory;
            _version++;
            entry = new TableEntry(this, _epoch, entries, 0, memory);
            return ToeReason.None;
        }
    }

    /// <summary>Takes more memory for a connection that has its entries already.</summary>
    public ToeReason TryTakeMemory(int epoch, long memory)
    {
        lock (_lock)
        {
            if (epoch != _epoch)
                return ToeReason.None; // The entry is worth nothing any more, and is not counted.
            if (_full || _memory + memory > profile.Memory)
                return ToeReasons.ResourceMemory.With($"{_memory} of {profile.Memory} bytes used");
            _memory += memory;
            _version++;
            return ToeReason.None;
        }
    }

    public ToeReason TryTakeListener(out TableEntry? entry)
    {
        entry = null;
        lock (_lock)
        {
            if (_full || _listeners >= profile.Listeners)
                return ToeReasons.ResourceListeners.With($"{(_full ? profile.Listeners : _listeners)} of {profile.Listeners} entries used");
            _listeners++;
            _version++;
            entry = new TableEntry(this, _epoch, 0, 1, 0);
            return ToeReason.None;
        }
    }

    /// <summary>The card lost its memory: everything taken so far is gone.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _epoch++;
            _connections = 0;
            _listeners = 0;
            _memory = 0;
            _version++;
        }
    }

    /// <summary>Takes back; to be called by the entry.</summary>
    public void Return(int epoch, int connections, int listeners, long memory)
    {
        bool eased;
        lock (_lock)
        {
            if (epoch != _epoch)
                return;
            eased = (connections > 0 && _connections >= profile.Connections - (profile.Connections / 8))
                || (memory > 0 && _memory >= profile.Memory - (profile.Memory / 8))
                || (listeners > 0 && _listeners >= profile.Listeners - (profile.Listeners / 8));
            _connections -= connections;
            _listeners -= listeners;
            _memory -= memory;
            _version++;
        }

        if (eased)
            Eased?.Invoke();
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
}
