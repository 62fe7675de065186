using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Toe.Adapters;

namespace Toe.Connections;

/// <summary>A connection on an adapter: waiting and cancellation over the adapter socket's non-blocking calls. The provider's exceptions end the connection and stay inside.</summary>
internal sealed class AdapterCarrier : Carrier, ILosable, IAdapterConnection
{
    private readonly SupervisedAdapter _adapter;
    private readonly IToeAdapterSocket _socket;
    private readonly CarrierEvents _events;
    private readonly ReadinessWaiter _receive;
    private readonly ReadinessWaiter _send;
    private CarrierEnd? _end;
    private volatile bool _interrupted;

    public AdapterCarrier(SupervisedAdapter adapter, IToeAdapterSocket socket, CarrierEvents events, SupervisionContext context)
    {
        _adapter = adapter;
        _socket = socket;
        _events = events;
        var inline = context.Options.PreferInlineScheduling;
        _receive = new ReadinessWaiter(inline);
        _send = new ReadinessWaiter(inline);
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        adapter.Attach(this);
        events.Bind(this);
    }

    /// <summary>Raised off the adapter's thread when the adapter wants to be rid of the connection.</summary>
    public event Action<ToeReason, bool>? UploadWanted;

    /// <summary>Raised once, off the adapter's thread, when the connection is lost with its adapter.</summary>
    public event Action<ToeReason>? Lost;

    public override IPEndPoint LocalEndPoint { get; }

    public override IPEndPoint RemoteEndPoint { get; }

    public override AdapterIdentity Adapter => _adapter.Identity;

    /// <summary>The socket, for moving.</summary>
    public IToeAdapterSocket Socket => _socket;

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<int>(cancellationToken);
        return TryReceive(buffer.Span, out var received) ? new ValueTask<int>(received) : WaitAndReceiveAsync(buffer, cancellationToken);
    }

    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellationToken);
        var sent = TrySend(buffer.Span);
        return sent == buffer.Length ? ValueTask.CompletedTask : WaitAndSendAsync(buffer[sent..], cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask CompleteSendingAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (!TryCompleteSending())
        {
            _send.Begin();
            Arm(Readiness.Send);
            await _send.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override AdapterSocketInfo GetInfo()
    {
        try
        {
            return _socket.GetInfo();
        }
        catch (Exception exception)
        {
            Fault(exception);
            return default;
        }
    }

    public override void Abort()
    {
        Finish(new CarrierEnd(SocketError.OperationAborted, ToeReason.None));
        try
        {
            _socket.Abort();
        }
        catch (Exception exception)
        {
            Fault(exception);
        }
    }

    public override void Interrupt()
    {
        _interrupted = true;
        Wake(Readiness.Receive | Readiness.Send);
    }

    public override ValueTask CloseAsync()
    {
        _adapter.Detach(this);
        _adapter.CloseInBackground(_socket.DisposeAsync);
        return ValueTask.CompletedTask;
    }

    /// <summary>The adapter failed: every pending and later call ends with the reason.</summary>
    public void Lose(ToeReason reason)
    {
        if (Finish(new CarrierEnd(SocketError.ConnectionAborted, reason)))
            Lost?.Invoke(reason);
    }

    public void Wake(Readiness what)
    {
        if (what.HasFlag(Readiness.Receive))
            _receive.Set();
        if (what.HasFlag(Readiness.Send))
            _send.Set();
    }

    public void Ended(CarrierEnd end) => Wake(Readiness.Receive | Readiness.Send); // The next try finds the end behind what can still be received.

    public void WantUpload(ToeReason reason, bool mandatory) => ThreadPool.UnsafeQueueUserWorkItem(_ => Upload(reason, mandatory), null);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitAndReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            _receive.Begin();
            Arm(Readiness.Receive);
            await _receive.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (TryReceive(buffer.Span, out var received))
                return received;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitAndSendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            _send.Begin();
            Arm(Readiness.Send);
            await _send.WaitAsync(cancellationToken).ConfigureAwait(false);
            buffer = buffer[TrySend(buffer.Span)..];
        }
    }

    private bool TryReceive(Span<byte> buffer, out int received)
    {
        ThrowIfEnded();
        IoStatus status;
        try
        {
            status = _socket.TryReceive(buffer, out received);
        }
        catch (Exception exception)
        {
            throw Fault(exception);
        }

        if ((uint)received > (uint)buffer.Length || (status != IoStatus.Done && received != 0))
            throw Violation($"TryReceive answered {status} with {received} bytes");
        return status switch
        {
            IoStatus.Done when received > 0 || buffer.IsEmpty => true,
            IoStatus.EndOfStream => true,
            IoStatus.WouldBlock => Blocked(),
            IoStatus.Reset or IoStatus.Failed => throw Ended(status),
            _ => throw Violation($"TryReceive answered {status} with {received} bytes"),
        };
    }

    private int TrySend(ReadOnlySpan<byte> buffer)
    {
        ThrowIfEnded();
        var total = 0;
        while (total < buffer.Length)
        {
            IoStatus status;
            int sent;
            try
            {
                status = _socket.TrySend(buffer[total..], out sent);
            }
            catch (Exception exception)
            {
                throw Fault(exception);
            }

            if ((uint)sent > (uint)(buffer.Length - total))
                throw Violation($"TrySend took {sent} of {buffer.Length - total} bytes");
            total += sent;
            switch (status)
            {
                case IoStatus.Done when sent > 0:
                    break;
                case IoStatus.WouldBlock:
                    Blocked();
                    return total;
                case IoStatus.Reset or IoStatus.Failed:
                    throw Ended(status);
                default:
                    throw Violation($"TrySend answered {status} with {sent} bytes");
            }
        }

        return total;
    }

    private bool TryCompleteSending()
    {
        ThrowIfEnded();
        IoStatus status;
        try
        {
            status = _socket.TryCompleteSending();
        }
        catch (Exception exception)
        {
            throw Fault(exception);
        }

        return status switch
        {
            IoStatus.Done => true,
            IoStatus.WouldBlock => Blocked(),
            IoStatus.Reset or IoStatus.Failed => throw Ended(status),
            _ => throw Violation($"TryCompleteSending answered {status}"),
        };
    }

    private void Arm(Readiness direction)
    {
        try
        {
            _socket.Arm(direction);
        }
        catch (Exception exception)
        {
            Fault(exception); // Its end wakes the waiter.
        }

        // An end or an interruption between the last try and the wait has nobody else to wake us.
        if (_interrupted || CurrentEnd is not null)
            Wake(direction);
    }

    /// <summary>Nothing can move now. If the adapter has said that the connection is over, it never will.</summary>
    private bool Blocked() => _events.End is { } end && Volatile.Read(ref _end) is null ? throw ExceptionFor(end) : false;

    private CarrierEnd? CurrentEnd => Volatile.Read(ref _end) ?? _events.End;

    private void ThrowIfEnded()
    {
        if (_interrupted)
            throw new SocketException((int)SocketError.OperationAborted);
        if (Volatile.Read(ref _end) is { } end)
            throw ExceptionFor(end);
    }

    private SocketException Ended(IoStatus status) => ExceptionFor(
        CurrentEnd ?? new CarrierEnd(
            status == IoStatus.Reset ? SocketError.ConnectionReset : SocketError.ConnectionAborted,
            status == IoStatus.Reset ? ToeReason.None : ToeReasons.HealthFailed.With("the adapter failed the call")));

    private SocketException ExceptionFor(CarrierEnd end) => end.Reason.IsNone
        ? new SocketException((int)end.Error)
        : new ToeConnectionLostException(end.Reason, BytesAcknowledged());

    private long? BytesAcknowledged()
    {
        try
        {
            return _socket.GetInfo().BytesAcknowledged;
        }
        catch (Exception)
        {
            return null; // A card that is lost need not be able to tell.
        }
    }

    private ToeConnectionLostException Fault(Exception exception)
    {
        var fault = AdapterFaultException.From(exception);
        _adapter.ReportFault(fault);
        Lose(fault.Reason);
        return new ToeConnectionLostException(fault.Reason, bytesAcknowledged: null);
    }

    private ToeConnectionLostException Violation(string what) => Fault(new AdapterFaultException(ToeReasons.InternalContractViolation.With(what)));

    /// <summary>Established connections are not moved yet, so that what the adapter cannot carry on ends with its reason instead of hanging.</summary>
    private void Upload(ToeReason reason, bool mandatory)
    {
        UploadWanted?.Invoke(reason, mandatory);
        if (mandatory)
            Lose(reason);
    }

    private bool Finish(CarrierEnd end)
    {
        if (Interlocked.CompareExchange(ref _end, end, null) is not null)
            return false;
        Wake(Readiness.Receive | Readiness.Send);
        return true;
    }
}
