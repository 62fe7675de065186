using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Toe.AspNetCore.Transport;

/// <summary>A connection of the stack as Kestrel sees it: two pipes, and between them and the carrier one loop for each direction. Neither loop throws what the carrier, the peer or the application does.</summary>
internal sealed partial class ToeTransportConnection : ConnectionContext
{
    private const int SmallestRead = 2048; // Half a block of Kestrel's memory pool.

    private readonly ToeConnection _connection;
    private readonly ToeTransportOptions _options;
    private readonly ILogger _logger;
    private readonly Pipe _input;
    private readonly Pipe _output;
    private readonly DuplexPipe _application; // What Kestrel began with: middleware may have put another pipe in its place.
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously); // The carrier's closing has come to its end.
    private Exception? _ending; // Why this side ended the connection; null while it has not.
    private Task _receiving = Task.CompletedTask;
    private Task _sending = Task.CompletedTask;

    public ToeTransportConnection(ToeConnection connection, IPEndPoint listener, TransportLane lane, ToeTransportOptions options, ILogger logger)
    {
        _connection = connection;
        _options = options;
        _logger = logger;
        MemoryPool = lane.Memory;
        _input = lane.CreateInput();
        _output = lane.CreateOutput();
        Transport = _application = new DuplexPipe(_input.Reader, _output.Writer);
        LocalEndPoint = SeenBy(listener, connection.LocalEndPoint);
        RemoteEndPoint = SeenBy(listener, connection.RemoteEndPoint);
        ConnectionClosed = _closed.Token;
        Features = CreateFeatures();
    }

    /// <summary>Begins to move bytes.</summary>
    public void Start()
    {
        if (_logger.IsEnabled(LogLevel.Debug))
            Log.Accepted(_logger, ConnectionId, RemoteEndPoint, LocalEndPoint, _connection.Placement);
        _receiving = ReceiveAsync();
        _sending = SendAsync();
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        End(abortReason);
        _output.Reader.CancelPendingRead();
    }

    public override async ValueTask DisposeAsync()
    {
        // Kestrel leaves its output open behind the last response: nobody else would tell the loops that it is over.
        await _application.Input.CompleteAsync().ConfigureAwait(false);
        await _application.Output.CompleteAsync().ConfigureAwait(false);
        await _receiving.ConfigureAwait(false);
        await _sending.ConfigureAwait(false);
        await _closing.Task.ConfigureAwait(false);
        _closed.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>A listener of both families has IPv6 endpoints only (RFC 4291 §2.5.5.2), as a dual-mode socket has.</summary>
    private static IPEndPoint SeenBy(IPEndPoint listener, IPEndPoint endpoint) =>
        listener.AddressFamily == AddressFamily.InterNetworkV6 && endpoint.AddressFamily == AddressFamily.InterNetwork
            ? new IPEndPoint(endpoint.Address.MapToIPv6(), endpoint.Port)
            : endpoint;

    private async Task ReceiveAsync()
    {
        Exception? error = null;
        try
        {
            await ReceiveToTheEndAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            error = ErrorOf(exception);
        }
        finally
        {
            await _input.Writer.CompleteAsync(Volatile.Read(ref _ending) ?? error).ConfigureAwait(false);
            await AnnounceClosedAsync().ConfigureAwait(false);
        }
    }

    private async Task ReceiveToTheEndAsync()
    {
        var input = _input.Writer;
        while (true)
        {
            if (_options.WaitForDataBeforeAllocatingBuffer)
                await _connection.ReceiveAsync(Memory<byte>.Empty).ConfigureAwait(false);
            var received = await _connection.ReceiveAsync(input.GetMemory(SmallestRead)).ConfigureAwait(false);
            if (received == 0)
                break;
            input.Advance(received);
            var flushed = await input.FlushAsync().ConfigureAwait(false);
            if (flushed.IsCompleted || flushed.IsCanceled)
                return; // The application reads no more.
        }

        if (_logger.IsEnabled(LogLevel.Debug))
            Log.PeerFinished(_logger, ConnectionId);
    }

    private async Task SendAsync()
    {
        Exception? error = null;
        try
        {
            await SendToTheEndAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            error = ErrorOf(exception);
        }
        finally
        {
            End(error);
            await _output.Reader.CompleteAsync(error is ConnectionResetException or ConnectionAbortedException ? null : error).ConfigureAwait(false);
            _input.Writer.CancelPendingFlush(); // Nobody reads on.
        }
    }

    private async Task SendToTheEndAsync()
    {
        var output = _output.Reader;
        while (true)
        {
            var read = await output.ReadAsync().ConfigureAwait(false);
            if (read.IsCanceled)
                return;
            var data = read.Buffer;
            if (!data.IsSingleSegment)
                await SendTogetherAsync(data).ConfigureAwait(false);
            else if (!data.IsEmpty)
                await _connection.SendAsync(data.First).ConfigureAwait(false);
            output.AdvanceTo(data.End);
            if (read.IsCompleted)
                return;
        }
    }

    /// <summary>One call for many blocks: copying costs less than a call, and less than a segment, for each.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendTogetherAsync(ReadOnlySequence<byte> data)
    {
        const int Most = 64 * 1024;
        var together = ArrayPool<byte>.Shared.Rent((int)Math.Min(data.Length, Most));
        try
        {
            while (!data.IsEmpty)
            {
                var part = data.Slice(0, Math.Min(data.Length, together.Length));
                part.CopyTo(together);
                await _connection.SendAsync(together.AsMemory(0, (int)part.Length)).ConfigureAwait(false);
                data = data.Slice(part.End);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(together);
        }
    }

    /// <summary>Ends the connection, once: with FIN behind what was sent, and with RST where something went wrong.</summary>
    /// <param name="reason">What went wrong; null when all was sent.</param>
    private void End(Exception? reason)
    {
        // The reading side of the application gets it, whatever the carrier says of a call that this ends.
        var ending = reason ?? new ConnectionAbortedException("All was sent, and the connection closed.");
        if (Interlocked.CompareExchange(ref _ending, ending, null) is not null)
            return;
        if (reason is not null && !_options.FinOnError)
            _connection.Abort();
        _ = CloseAsync();
        if (_logger.IsEnabled(LogLevel.Debug))
            SayEnding(reason, ending);
    }

    private async Task CloseAsync()
    {
        try
        {
            await _connection.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _closing.SetResult(); // Whatever became of it: Kestrel forgets the connection.
        }
    }

    private void SayEnding(Exception? reason, Exception ending)
    {
        if (reason is null)
            Log.Closing(_logger, ConnectionId, ending.Message);
        else
            Log.Aborting(_logger, ConnectionId, _options.FinOnError ? "FIN" : "RST", reason.Message);
    }

    /// <summary>What the application is told of a loop's error.</summary>
    private Exception ErrorOf(Exception exception)
    {
        var isEnding = Volatile.Read(ref _ending) is not null;
        switch (exception)
        {
            case SocketException { SocketErrorCode: SocketError.OperationAborted or SocketError.Interrupted } or ObjectDisposedException:
                return new ConnectionAbortedException("The connection was closed on this side.", exception);
            case SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown } reset:
                // A connection that was lost with its adapter is to HTTP what a reset is; the reason is the inner exception's.
                if (!isEnding && _logger.IsEnabled(LogLevel.Debug))
                    Log.Reset(_logger, ConnectionId, reset.Message);
                return new ConnectionResetException(reset.Message, reset);
            default:
                if (!isEnding && _logger.IsEnabled(LogLevel.Debug))
                    Log.Failed(_logger, ConnectionId, exception);
                return exception;
        }
    }

    /// <summary>On the thread pool: what the application does in its callbacks must not hold the loop.</summary>
    private async Task AnnounceClosedAsync()
    {
        try
        {
            await _closed.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException exception)
        {
            Log.CallbackThrew(_logger, ConnectionId, exception);
        }
    }
}
