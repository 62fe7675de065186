using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Toe.Moving;
using Toe.Placing;
using Toe.Telemetry;

namespace Toe.Connections;

/// <summary>The table of a stack's connections, and what they report to.</summary>
internal sealed class ConnectionOwner
{
    private static long _lastId;

    private readonly TimeProvider _time;
    private readonly ToeMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Mover _mover;
    private readonly ConcurrentDictionary<long, StackConnection> _connections = new();
    private readonly Dictionary<string, long> _endedRetransmits = new(StringComparer.Ordinal);
    private readonly Lock _counting = new(); // A connection's retransmits are counted as open or as ended, never both or neither.

    public ConnectionOwner(IOptionsMonitor<ToeOptions> options, TimeProvider time, ToeMetrics metrics, ILogger logger, Mover mover)
    {
        _time = time;
        _metrics = metrics;
        _logger = logger;
        _mover = mover;
        Moves = new AutomaticMoves(this, mover, options, time, logger);
        metrics.ReadRetransmits = ReadRetransmits;
    }

    /// <summary>Raised when a connection came to an adapter, by an open or by a move.</summary>
    public event Action<StackConnection>? CameToAdapter;

    public TimeProvider Time => _time;

    /// <summary>Its connections' moves that nobody asks for.</summary>
    public AutomaticMoves Moves { get; }

    /// <summary>The connections, as they come and go.</summary>
    public IEnumerable<StackConnection> All => _connections.Select(static pair => pair.Value);

    public IReadOnlyCollection<ToeConnection> Connections => [.. _connections.Values];

    public static long NextId() => Interlocked.Increment(ref _lastId);

    public void Add(StackConnection connection)
    {
        _connections[connection.Id] = connection;
        _metrics.ConnectionOpened(connection.Carrier.Adapter?.Provider);
        _metrics.Downgraded(connection.Downgrades);
    }

    /// <summary>What the carrier has sent again; null when nobody counts, or it does not tell.</summary>
    public long? ReadRetransmits(StackConnection connection) => _metrics.CountsRetransmits ? connection.Carrier.GetInfo().Retransmits : null;

    public void Remove(StackConnection connection, long? retransmits)
    {
        lock (_counting)
        {
            if (!_connections.TryRemove(connection.Id, out _))
                return;
            Count(connection.Carrier, retransmits, _endedRetransmits);
        }

        Moves.Forget(connection);
        _metrics.ConnectionClosed(connection.Carrier.Adapter?.Provider, _time.GetElapsedTime(connection.PlacedAt));
    }

    public void Moved(StackConnection connection, Carrier before, TimeSpan onBefore)
    {
        if (!_connections.ContainsKey(connection.Id))
            return;
        _metrics.ConnectionMoved(before.Adapter?.Provider, connection.Carrier.Adapter?.Provider, onBefore);
        if (!_metrics.CountsRetransmits)
            return;
        lock (_counting)
            Count(before, before.GetInfo().Retransmits, _endedRetransmits);
    }

    /// <summary>Moves, and says so.</summary>
    public async ValueTask<ToeReason> MoveAsync(StackConnection connection, MoveOrder order, CancellationToken cancellationToken)
    {
        var refusal = await _mover.MoveAsync(connection, order, cancellationToken).ConfigureAwait(false);
        if (!refusal.IsNone)
            return refusal;
        StackLog.ConnectionMoved(_logger, connection.Id, connection.Placement);
        if (order.AdapterId is not null)
            Arrived(connection);
        return refusal;
    }

    /// <summary>A connection came to an adapter.</summary>
    public void Arrived(StackConnection connection) => CameToAdapter?.Invoke(connection);

    public void Count(string direction, Carrier carrier, int bytes)
    {
        if (_metrics.CountsBytes)
            _metrics.Bytes(direction, carrier.Adapter?.Provider, bytes);
    }

    public void Lost(StackConnection connection, ToeReason reason)
    {
        _metrics.ConnectionLost(connection.Carrier.Adapter?.Provider, reason);
        StackLog.ConnectionLost(_logger, connection.Id, connection.RemoteEndPoint, connection.Carrier.Adapter?.Id ?? "host", reason);
    }

    /// <summary>The host stack made a connection for an adapter that takes established ones: hands it over, or says why it stays.</summary>
    public async void OffloadSoon(StackConnection connection, string adapterId, Action<ToeReason> stayed)
    {
        try
        {
            var refusal = await MoveAsync(connection, new MoveOrder(adapterId, ToeReason.None) { IsDecided = true }, CancellationToken.None).ConfigureAwait(false);
            if (refusal.IsNone)
                return;
            connection.ChangePlacement(connection.Placement with { Reason = refusal });
            stayed(refusal);
        }
        catch (ObjectDisposedException)
        {
            // Closed meanwhile.
        }
        catch (Exception exception)
        {
            StackLog.MoveFailed(_logger, connection.Id, exception); // Nobody awaits this.
        }
    }

    /// <summary>A connection that had left the host stack ended on an adapter.</summary>
    public void EndedElsewhere(StackConnection connection) => _mover.Ended(connection.Tuple);

    public void HandlerFailed(Exception exception) => StackLog.PlacementHandlerFailed(_logger, exception);

    private Dictionary<string, long> ReadRetransmits()
    {
        lock (_counting)
        {
            var sums = new Dictionary<string, long>(_endedRetransmits, StringComparer.Ordinal);
            foreach (var connection in _connections.Values)
                Count(connection.Carrier, connection.Carrier.GetInfo().Retransmits, sums);
            return sums;
        }
    }

    private static void Count(Carrier carrier, long? segments, Dictionary<string, long> retransmits)
    {
        if (segments is { } count)
            CollectionsMarshal.GetValueRefOrAddDefault(retransmits, carrier.Adapter?.Provider ?? "host", out _) += count;
    }
}
