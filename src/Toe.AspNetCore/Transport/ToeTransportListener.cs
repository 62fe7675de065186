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
    private uint _nextLane;

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
        while (true)
        {
            ToeConnection accepted;
            try
            {
                accepted = await _listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                return null; // Unbound, or the stack is gone.
            }

            try
            {
                var connection = new ToeTransportConnection(accepted, (IPEndPoint)EndPoint, NextLane(), _options, _logger);
                connection.Start();
                return connection;
            }
            catch (Exception exception)
            {
                accepted.Abort(); // One connection's failure: an exception from here would end all accepting.
                Log.AcceptFailed(_logger, EndPoint, exception);
            }
        }
    }

    /// <summary>Kestrel tells connections to end only when all are unbound: an adapter that hangs must not take the time from them. <see cref="DisposeAsync"/> waits to the end.</summary>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default) =>
        await _listener.DisposeAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync().ConfigureAwait(false);
        foreach (var lane in _lanes)
            lane.Dispose();
    }

    private TransportLane NextLane() => _lanes[_nextLane++ % _lanes.Length];
}
