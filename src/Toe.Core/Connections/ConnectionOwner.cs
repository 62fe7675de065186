using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Toe.Telemetry;

namespace Toe.Connections;

/// <summary>The table of a stack's connections, and what they report to.</summary>
internal sealed class ConnectionOwner(TimeProvider time, ToeMetrics metrics, ILogger logger)
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
            metrics.ConnectionClosed(connection.Carrier.Adapter?.Provider, time.GetElapsedTime(connection.OpenedAt));
    }

    public void Count(string direction, Carrier carrier, int bytes)
    {
        if (metrics.CountsBytes)
            metrics.Bytes(direction, carrier.Adapter?.Provider, bytes);
    }

    public void Lost(StackConnection connection, ToeReason reason) =>
        StackLog.ConnectionLost(logger, connection.Id, connection.RemoteEndPoint, connection.Carrier.Adapter?.Id ?? "host", reason);

    public void UploadWanted(StackConnection connection, ToeReason reason, bool mandatory) =>
        StackLog.UploadWanted(logger, connection.Carrier.Adapter?.Id ?? "host", connection.Id, mandatory, reason);

    public void HandlerFailed(Exception exception) => StackLog.PlacementHandlerFailed(logger, exception);
}
