using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Toe.Adapters;
using Toe.Moving;

namespace Toe.Connections;

/// <summary>A connection on an adapter: waiting and cancellation over the adapter socket's non-blocking calls. The provider's exceptions end the connection and stay inside.</summary>
internal sealed class AdapterCarrier : Carrier, IAdapterConnection, IMovableCarrier
{
    private readonly SupervisedAdapter _adapter;
    private readonly AdapterLife _life;
    private readonly IToeAdapterSocket _socket;
    private readonly CarrierEvents _events;
    private readonly ReadinessWaiter _receive;
    private readonly ReadinessWaiter _send;
    private CarrierEnd? _end;
    private CarrierEnd? _lossInSuspension;
    private int _freezing; // 1 while a freeze runs, however late it is.
    private volatile bool _interrupted;
    private volatile bool _suspended;
    private volatile bool _isGivenUp;

    public AdapterCarrier(AdapterBinding binding, SupervisionContext context)
    {
        (_adapter, _life, _socket, _events, _) = binding;
        var inline = context.Options.PreferInlineScheduling;
        _receive = new ReadinessWaiter(inline);
        _send = new ReadinessWaiter(inline);
        LocalEndPoint = _socket.LocalEndPoint;
        RemoteEndPoint = _socket.RemoteEndPoint;
    }

    public override IPEndPoint LocalEndPoint { get; }

    public override IPEndPoint RemoteEndPoint { get; }

    public override AdapterIdentity Adapter => _adapter.Identity;

    public override void Attach()
    {
        _life.Attach(this);
        _events.Bind(this);
    }

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

    public void Suspend()
    {
        _suspended = true;
        Interlocked.MemoryBarrier(); // A waiter that begins now sees the flag, or is woken here.
        Wake(Readiness.Receive | Readiness.Send);
    }

    public void Resume()
    {
        LoseIfLost(); // Before a data call may touch what may be frozen for good.
        _suspended = false;
        Interlocked.MemoryBarrier(); // A loss that comes now sees the flag, or is seen here.
        LoseIfLost();

        void LoseIfLost()
        {
            if (Volatile.Read(ref _lossInSuspension) is { } loss && Finish(loss))
                RaiseLost(loss.Reason);
        }
    }

    public ToeReason GiveUpRefusal =>
        _socket is IExportsState ? ToeReason.None : ToeReasons.CapabilityMove.With($"{_adapter.Identity.Id} does not give connections up");

    public ToeReason PrepareToGiveUp(IConnectionTracking tracking) => ToeReason.None;

    public ToeReason CheckFrozen(IMoveSource source) => ToeReason.None; // What arrives is kept.

    public async Task<IMoveSource> FreezeAsync(CancellationToken cancellationToken)
    {
        // A second freeze beside one that hangs would be undone by the first one's late resume.
        if (Interlocked.Exchange(ref _freezing, 1) != 0)
            throw new AdapterFaultException(ToeReasons.InternalProviderLate.With("the last freeze hangs still"));
        var source = await _adapter.CallAsync(FreezeSocketAsync, late => _ = ThawLateAsync(late), cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _freezing, 0);
        return source;
    }

    public async Task ThawAsync(IMoveSource source)
    {
        try
        {
            await _adapter.CallAsync(
                async _ =>
                {
                    await source.ResumeAsync().ConfigureAwait(false);
                    return source;
                },
                static _ => { }, CancellationToken.None).ConfigureAwait(false);
        }
        catch (AdapterFaultException fault)
        {
            Lose(fault.Reason); // Frozen for good: better an end than silence.
        }
    }

    public Task GiveUp(IMoveSource source)
    {
        _isGivenUp = true;
        _life.Detach(this);
        return _adapter.CloseInBackground(async () =>
        {
            await source.ReleaseAsync().ConfigureAwait(false);
            await _socket.DisposeAsync().ConfigureAwait(false);
        });
    }

    public override ValueTask CloseAsync()
    {
        if (_isGivenUp)
            return ValueTask.CompletedTask;
        _life.Detach(this);
        _ = _adapter.CloseInBackground(_socket.DisposeAsync);
        return ValueTask.CompletedTask;
    }

    public override void Lose(ToeReason reason)
    {
        if (_isGivenUp)
            return;
        var loss = new CarrierEnd(SocketError.ConnectionAborted, reason);
        Interlocked.CompareExchange(ref _lossInSuspension, loss, null);
        if (_suspended)
            return; // Its connection may be on its way elsewhere already; if it stays here, Resume ends it.
        if (Finish(loss))
            RaiseLost(reason);
    }

    public override void Leave(ToeReason reason)
    {
        if (GiveUpRefusal.IsNone && CurrentEnd is null)
            WantUpload(reason, mandatory: true);
        else
            Lose(reason);
    }

    public void Wake(Readiness what)
    {
        if ((what & Readiness.Receive) != Readiness.None) // HasFlag boxes until the method is compiled again.
            _receive.Set();
        if ((what & Readiness.Send) != Readiness.None)
            _send.Set();
    }

    public void Ended(CarrierEnd end) => Wake(Readiness.Receive | Readiness.Send); // The next try finds the end behind what can still be received.

    public void WantUpload(ToeReason reason, bool mandatory) => ThreadPool.UnsafeQueueUserWorkItem(_ => RaiseUploadWanted(reason, mandatory), null);

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

    private async ValueTask<IMoveSource> FreezeSocketAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ((IExportsState)_socket).FreezeAsync(cancellationToken).ConfigureAwait(false)
                ?? throw new AdapterFaultException(ToeReasons.InternalContractViolation.With("FreezeAsync answered null"));
        }
        catch (Exception exception)
        {
            Volatile.Write(ref _freezing, 0);
            if (_events.End is { Reason.IsNone: true } end)
                throw new AdapterFaultException(ToeReasons.PeerAnswered.With(end.Error.ToString()), inner: exception); // There was nothing left to freeze.
            throw;
        }
    }

    private async Task ThawLateAsync(IMoveSource late)
    {
        await ThawAsync(late).ConfigureAwait(false);
        Volatile.Write(ref _freezing, 0);
    }

    private bool TryReceive(Span<byte> buffer, out int received)
    {
        ThrowIfEnded();
        if (_suspended)
            throw new CarrierSuspendedException();
        var endBefore = _events.End; // One that comes meanwhile may have bytes before it.
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
            IoStatus.WouldBlock => Blocked(endBefore),
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
            if (_suspended)
                throw new CarrierSuspendedException(buffer.Length - total); // Also between two parts: a long send makes way.
            var endBefore = _events.End;
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
                    Blocked(endBefore);
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
        if (_suspended)
            throw new CarrierSuspendedException();
        var endBefore = _events.End;
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
            IoStatus.WouldBlock => Blocked(endBefore),
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
        if (_interrupted || _suspended || CurrentEnd is not null)
            Wake(direction);
    }

    /// <summary>Nothing can move now. If the adapter had said before that the connection is over, it never will.</summary>
    private bool Blocked(CarrierEnd? endBefore) => endBefore is { } end && Volatile.Read(ref _end) is null ? throw ExceptionFor(end) : false;

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
            status == IoStatus.Reset ? ToeReason.None : _adapter.WhatBefell("the adapter failed a data call")));

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

    private bool Finish(CarrierEnd end)
    {
        if (Interlocked.CompareExchange(ref _end, end, null) is not null)
            return false;
        Wake(Readiness.Receive | Readiness.Send);
        return true;
    }
}
