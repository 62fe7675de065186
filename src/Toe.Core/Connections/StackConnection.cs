using System.IO.Pipelines;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Toe.Moving;
using Toe.Placing;
using Toe.Policy;

namespace Toe.Connections;

/// <summary>A connection of the stack: counts, guards and closes what its carrier carries.</summary>
internal sealed partial class StackConnection : ToeConnection
{
    private const int Open = 0;
    private const int Closing = 1;
    private const int Aborted = 2;

    private readonly ConnectionOwner _owner;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _facadeLock = new();
    private Carrier _carrier; // Changes while a connection moves; a call that meets the old one is sent on.
    private MoveAllowance? _allowance;
    private ToeStream? _stream;
    private ConnectionPipe? _pipe;
    private PlacementBox _placement;
    private IReadOnlyList<ToeReason> _downgrades;
    private ReasonBox? _closedBecause; // Null: its owner closed it.
    private int _state;
    private int _users = 1; // The open connection itself; each pending call adds one; the last one out closes the carrier.
    private int _receiving;
    private int _sending;
    private int _sendingCompleted;
    private int _carrierClosed;
    private long _bytesSent;
    private long _bytesReceived;

    public StackConnection(ConnectionOwner owner, Carrier carrier, Placement placement, DecisionTrace trace, IReadOnlyList<ToeReason> downgrades)
    {
        _owner = owner;
        _carrier = carrier;
        _placement = new PlacementBox(placement);
        Trace = trace;
        _downgrades = downgrades;
        Id = ConnectionOwner.NextId();
        PlacedAt = owner.Time.GetTimestamp();
        owner.Add(this);
        Listen(carrier);
    }

    public override event Action<ToeConnection, Placement>? PlacementChanged
    {
        add => ChangePlacementHandlers(value, add: true);
        remove => ChangePlacementHandlers(value, add: false);
    }

    public override long Id { get; }

    public override IPEndPoint LocalEndPoint => _carrier.LocalEndPoint;

    public override IPEndPoint RemoteEndPoint => _carrier.RemoteEndPoint;

    public override Placement Placement => Volatile.Read(ref _placement).Value;

    public override DecisionTrace Trace { get; }

    public override IReadOnlyList<ToeReason> Downgrades => Volatile.Read(ref _downgrades);

    /// <summary>When its carrier took the connection, as the owner's clock counts.</summary>
    public long PlacedAt { get; private set; }

    /// <summary>The bytes that it had moved then, both ways.</summary>
    public long BytesWhenPlaced { get; private set; }

    /// <summary>True once it was disposed or aborted.</summary>
    public bool IsDisposed => Volatile.Read(ref _state) != Open;

    /// <summary>Which way it was opened, for the policy that a move asks again.</summary>
    public PolicyDirection Direction { get; init; } = PolicyDirection.Connect;

    /// <summary>The mode that its request brought; null when it brought none, or somebody has moved it since.</summary>
    public ToeMode? Requested { get; set; }

    /// <summary>Its moves that nobody asks for.</summary>
    public MoveAllowance Allowance => LazyInitializer.EnsureInitialized(ref _allowance, () => new MoveAllowance(_owner.Time));

    /// <summary>What it moves; null while nobody looks.</summary>
    public Traffic? Traffic { get; set; }

    /// <summary>What changes while bytes move, also in the middle of a long send.</summary>
    public (long Bytes, long? Acknowledged) Progress => (BytesMoved, IsDisposed ? null : Carrier.GetInfo().BytesAcknowledged);

    /// <summary>Bytes of the application, both ways.</summary>
    public long BytesMoved => Volatile.Read(ref _bytesSent) + Volatile.Read(ref _bytesReceived);

    public Carrier Carrier => Volatile.Read(ref _carrier);

    public TcpTuple Tuple => ConnectionTuple.Of(Carrier);

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Enter(ref _receiving, "receive");
        ValueTask<int> receiving;
        try
        {
            receiving = _carrier.ReceiveAsync(buffer, cancellationToken);
        }
        catch (CarrierSuspendedException)
        {
            receiving = ReceiveAgainAsync(buffer, cancellationToken);
        }
        catch (Exception exception)
        {
            Leave(ref _receiving);
            return ValueTask.FromException<int>(Translate(exception));
        }

        if (!receiving.IsCompletedSuccessfully)
            return FinishReceiveAsync(receiving, buffer, cancellationToken);
        var received = receiving.Result;
        if (received == 0 && !buffer.IsEmpty && ErrorBehindEnd() is { } error)
        {
            Leave(ref _receiving);
            return ValueTask.FromException<int>(error);
        }

        Received(received);
        Leave(ref _receiving);
        return new ValueTask<int>(received);
    }

    public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Enter(ref _sending, "send");
        ValueTask sending;
        try
        {
            ThrowIfSendingCompleted();
            sending = _carrier.SendAsync(buffer, cancellationToken);
        }
        catch (CarrierSuspendedException suspended)
        {
            sending = SendAgainAsync(buffer[^suspended.Unsent..], cancellationToken);
        }
        catch (Exception exception)
        {
            Leave(ref _sending);
            return ValueTask.FromException(Translate(exception));
        }

        if (!sending.IsCompletedSuccessfully)
            return FinishSendAsync(sending, buffer, cancellationToken);
        Sent(buffer.Length);
        Leave(ref _sending);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask CompleteSendingAsync(CancellationToken cancellationToken = default)
    {
        Enter(ref _sending, "send");
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Volatile.Read(ref _sendingCompleted) != 0)
                return;
            await CompleteOnCarrierAsync(cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _sendingCompleted, 1);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw Translate(exception);
        }
        finally
        {
            Leave(ref _sending);
        }
    }

    public override void Abort()
    {
        var before = Interlocked.Exchange(ref _state, Aborted);
        if (before == Aborted || Volatile.Read(ref _carrierClosed) != 0)
            return;
        var retransmits = _owner.ReadRetransmits(this); // An aborted carrier has forgotten them.
        Volatile.Read(ref _carrier).Abort();
        Volatile.Read(ref _move)?.Finish();
        if (before == Closing)
            return; // The disposal under way has given up the connection's own use.
        try
        {
            _owner.Remove(this, retransmits); // Runs whoever listens to the meter.
        }
        finally
        {
            ReleaseOwnUse();
        }
    }

    public override ToeConnectionInfo GetInfo()
    {
        var info = IsDisposed ? new AdapterSocketInfo(TcpState.Closed, OffloadConfidence.Unknown) : _carrier.GetInfo();
        return new ToeConnectionInfo
        {
            Id = Id,
            Local = LocalEndPoint,
            Remote = RemoteEndPoint,
            State = info.State,
            Placement = Placement,
            BytesSent = Volatile.Read(ref _bytesSent),
            BytesReceived = Volatile.Read(ref _bytesReceived),
            RoundTripTime = info.RoundTripTime,
            Retransmits = info.Retransmits,
            Memory = info.Memory,
        };
    }

    public override Stream AsStream()
    {
        lock (_facadeLock)
            return _stream ??= new ToeStream(this);
    }

    public override IDuplexPipe AsPipe()
    {
        lock (_facadeLock)
            return _pipe ??= new ConnectionPipe(this);
    }

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.CompareExchange(ref _state, Closing, Open) == Open)
        {
            if (Volatile.Read(ref _receiving) != 0 || Volatile.Read(ref _sending) != 0)
                _carrier.Interrupt();
            Volatile.Read(ref _move)?.Finish();
            try
            {
                _owner.Remove(this, _owner.ReadRetransmits(this)); // Runs whoever listens to the meter.
            }
            finally
            {
                ReleaseOwnUse();
            }
        }

        await _closed.Task.ConfigureAwait(false);
    }

    /// <summary>Closes the connection although its owner has not: its pending calls are told why. In the middle of a send with RST: the peer must not take a part for the whole.</summary>
    public ValueTask CloseAsync(ToeReason because)
    {
        Interlocked.CompareExchange(ref _closedBecause, new ReasonBox(because), null);
        if (Volatile.Read(ref _sending) != 0)
            Abort();
        return DisposeAsync();
    }

    private static void ThrowBusy(string what) => throw new InvalidOperationException($"Another {what} on this connection is pending.");

    private void Enter(ref int direction, string what)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (Interlocked.Exchange(ref direction, 1) != 0)
            ThrowBusy(what);
        Interlocked.Increment(ref _users);
        if (!IsDisposed)
            return;
        Leave(ref direction); // Disposed in between: the disposer may not have seen this call.
        ObjectDisposedException.ThrowIf(condition: true, this);
    }

    private void Leave(ref int direction)
    {
        Volatile.Write(ref direction, 0);
        if (Interlocked.Decrement(ref _users) == 0)
            Close();
        if (Volatile.Read(ref _move) is { } move)
            CheckQuiet(move);
    }

    private void Listen(Carrier carrier)
    {
        carrier.Lost += reason => _owner.Lost(this, reason);
        carrier.UploadWanted += (reason, mandatory) => _owner.Moves.UploadWanted(this, carrier, reason, mandatory);
        carrier.Attach();
    }

    private async ValueTask CompleteOnCarrierAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await _carrier.CompleteSendingAsync(cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (CarrierSuspendedException)
            {
                await ParkSendAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private void ReleaseOwnUse()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            Close();
    }

    private void Close()
    {
        // A call that enters just now raises the count from zero and takes it back when it finds the state closed: only the first zero counts.
        if (Interlocked.Exchange(ref _carrierClosed, 1) == 0)
            _ = CloseAsync();
    }

    private async Task CloseAsync()
    {
        try
        {
            await _carrier.CloseAsync().ConfigureAwait(false);
            if (IsAwayFromHost)
                _owner.EndedElsewhere(this);
        }
        finally
        {
            _closed.TrySetResult();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> FinishReceiveAsync(ValueTask<int> receiving, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            int received;
            try
            {
                received = await receiving.ConfigureAwait(false);
            }
            catch (CarrierSuspendedException)
            {
                received = await ReceiveAgainAsync(buffer, cancellationToken).ConfigureAwait(false);
            }

            if (received == 0 && !buffer.IsEmpty && ErrorBehindEnd() is { } error)
                throw error;
            Received(received);
            return received;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw Translate(exception);
        }
        finally
        {
            Leave(ref _receiving);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FinishSendAsync(ValueTask sending, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            try
            {
                await sending.ConfigureAwait(false);
            }
            catch (CarrierSuspendedException suspended)
            {
                await SendAgainAsync(buffer[^suspended.Unsent..], cancellationToken).ConfigureAwait(false);
            }

            Sent(buffer.Length);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw Translate(exception);
        }
        finally
        {
            Leave(ref _sending);
        }
    }

    /// <summary>A call that our own closing ended reports that, whatever the carrier made of it.</summary>
    private Exception Translate(Exception exception)
    {
        if (exception is not (SocketException or ObjectDisposedException))
            return exception;
        if (IsDisposed)
            return ClosedByUs();
        return _carrier.Loss is { IsNone: false } loss ? new ToeConnectionLostException(loss, bytesAcknowledged: null) : exception;
    }

    /// <summary>An end of the stream that our own shutdown made, and not the peer, is none.</summary>
    private SocketException? ErrorBehindEnd()
    {
        if (IsDisposed)
            return ClosedByUs();
        var error = _carrier.ErrorBehindEnd();
        return error == SocketError.Success ? null : new SocketException((int)error);
    }

    private SocketException ClosedByUs() => Volatile.Read(ref _closedBecause) is { } because
        ? new ToeConnectionLostException(because.Reason, bytesAcknowledged: null)
        : new SocketException((int)SocketError.OperationAborted);

    private void ThrowIfSendingCompleted()
    {
        if (Volatile.Read(ref _sendingCompleted) != 0)
            throw new SocketException((int)SocketError.Shutdown);
    }

    private void Received(int bytes)
    {
        if (bytes == 0)
            return;
        Volatile.Write(ref _bytesReceived, _bytesReceived + bytes); // One receive at a time: no other writer.
        _owner.Count("receive", _carrier, bytes);
    }

    private void Sent(int bytes)
    {
        if (bytes == 0)
            return;
        Volatile.Write(ref _bytesSent, _bytesSent + bytes); // One send at a time: no other writer.
        _owner.Count("transmit", _carrier, bytes);
    }

    private sealed record ReasonBox(ToeReason Reason);
}
