using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Toe.AspNetCore.Transport;

/// <summary>A listener of the stack as Kestrel drives it: accepts until it is unbound, and then answers null.</summary>
internal sealed class ToeTransportListener : IConnectionListener
{
    private readonly ToeListener _listener;
    private readonly ToeTransportOptions _options;
    private readonly ILogger _logger;
    private readonly TransportLane[] _lanes;
    private int _nextLane;

    public ToeTransportListener(ToeListener listener, ToeTransportOptions options, IMemoryPoolFactory<byte> memory, ILogger logger)
    {
        _listener = listener;
        _options = options;
        _logger = logger;
        _lanes = new TransportLane[Math.Max(1, options.IOQueueCount)];
        for (var i = 0; i < _lanes.Length; i++)
            _lanes[i] = new TransportLane(options, memory.Create(new MemoryPoolOptions { Owner = "kestrel" }));
        EndPoint = listener.LocalEndPoint;
    }

    public EndPoint EndPoint { get; }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            var accepted = await _listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
            var lane = _lanes[_nextLane];
            _nextLane = (_nextLane + 1) % _lanes.Length;
            var connection = new ToeTransportConnection(accepted, (IPEndPoint)EndPoint, lane, _options, _logger);
            connection.Start();
            return connection;
        }
        catch (ObjectDisposedException)
        {
            return null; // Unbound, or the stack is gone.
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => _listener.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync().ConfigureAwait(false);
        foreach (var lane in _lanes)
            lane.Dispose();
    }
}
