using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Toe.Moving;
using Toe.Telemetry;

namespace Toe.Connections;

/// <summary>The table of a stack's connections, and what they report to.</summary>
internal sealed class ConnectionOwner(TimeProvider time, ToeMetrics metrics, ILogger logger, Mover mover)
{
    private static long _lastId;

    private readonly ConcurrentDictionary<long, StackConnection> _connections = new();

    public TimeProvider Time => time;

    public IReadOnlyCollection<ToeConnection> Connections => [.. _connections.Values];

    public static long NextId() => Interlocked.Increment(ref _lastId);

    public void Add(StackConnection connection)
    {
        _connections[connection.Id] = connection;
        metrics.ConnectionOpened(connection.Carrier.Adapter?.Provider);
    }

    public void Remove(StackConnection connection)
    {
        if (_connections.TryRemove(connection.Id, out _))
            metrics.ConnectionClosed(connection.Carrier.Adapter?.Provider, time.GetElapsedTime(connection.PlacedAt));
    }

    public void Moved(StackConnection connection, Carrier before, TimeSpan onBefore)
    {
        if (_connections.ContainsKey(connection.Id))
            metrics.ConnectionMoved(before.Adapter?.Provider, connection.Carrier.Adapter?.Provider, onBefore);
    }

    /// <summary>Moves, and says so.</summary>
    public async ValueTask<ToeReason> MoveAsync(StackConnection connection, string? adapterId, ToeReason cause, CancellationToken cancellationToken)
    {
        var refusal = await mover.MoveAsync(connection, adapterId, cause, cancellationToken).ConfigureAwait(false);
        if (refusal.IsNone)
            StackLog.ConnectionMoved(logger, connection.Id, connection.Placement);
        return refusal;
    }

    public void Count(string direction, Carrier carrier, int bytes)
    {
        if (metrics.CountsBytes)
            metrics.Bytes(direction, carrier.Adapter?.Provider, bytes);
    }

    public void Lost(StackConnection connection, ToeReason reason) =>
        StackLog.ConnectionLost(logger, connection.Id, connection.RemoteEndPoint, connection.Carrier.Adapter?.Id ?? "host", reason);

    /// <summary>An adapter wants to be rid of a connection: it goes to the host stack, or ends with the reason where it must go and cannot.</summary>
    public async void UploadWanted(StackConnection connection, Carrier carrier, ToeReason reason, bool mandatory)
    {
        try
        {
            StackLog.UploadWanted(logger, carrier.Adapter?.Id ?? "host", connection.Id, mandatory, reason);
            var refusal = await MoveAsync(connection, null, reason, CancellationToken.None).ConfigureAwait(false);
            if (!refusal.IsNone && mandatory)
                carrier.Lose(reason);
        }
        catch (ObjectDisposedException)
        {
            // Closed meanwhile.
        }
        catch (Exception exception)
        {
            StackLog.MoveFailed(logger, connection.Id, exception); // Nobody awaits this.
        }
    }

    /// <summary>The host stack made a connection for an adapter that takes established ones: hands it over, or says why it stays.</summary>
    public async void OffloadSoon(StackConnection connection, string adapterId, Action<ToeReason> stayed)
    {
        try
        {
            var refusal = await MoveAsync(connection, adapterId, ToeReason.None, CancellationToken.None).ConfigureAwait(false);
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
            StackLog.MoveFailed(logger, connection.Id, exception); // Nobody awaits this.
        }
    }

    public void HandlerFailed(Exception exception) => StackLog.PlacementHandlerFailed(logger, exception);
}
