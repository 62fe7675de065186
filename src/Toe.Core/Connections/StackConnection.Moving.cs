using System.Runtime.CompilerServices;
using Toe.Moving;

namespace Toe.Connections;

/// <summary>Changing carriers under data calls: those under way leave the old carrier, wait, and go on where the connection is then.</summary>
internal sealed partial class StackConnection
{
    private ConnectionMove? _move;
    private volatile bool _leftHost; // The host's connection tracking has seen it, and sees no end that an adapter makes.

    /// <summary>True while an adapter carries it and the host's connection tracking knows it from before.</summary>
    public bool IsAwayFromHost => _leftHost && Carrier.Adapter is not null;

    /// <summary>Completes when the carrier that the last move left has forgotten the connection: only then can it take it again.</summary>
    public Task LeftBehind { get; set; } = Task.CompletedTask;

    public override ValueTask<ToeReason> MoveAsync(string? adapterId, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        return _owner.MoveAsync(this, new MoveOrder(adapterId, ToeReasons.OperatorMoved) { IsAsked = true }, cancellationToken);
    }

    /// <summary>Keeps the connection from being closed, and data calls from its carrier. Ends with <see cref="EndMove"/>.</summary>
    /// <param name="cancellationToken">Ends the wait for a move under way.</param>
    /// <exception cref="ObjectDisposedException">The connection was closed.</exception>
    public async ValueTask<ConnectionMove> BeginMoveAsync(CancellationToken cancellationToken)
    {
        var move = new ConnectionMove();
        while (Interlocked.CompareExchange(ref _move, move, null) is { } other)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            await other.Finished.WaitAsync(cancellationToken).ConfigureAwait(false);
            await Task.Yield(); // The other has finished, and gives its place up within a few instructions.
        }

        Interlocked.Increment(ref _users);
        if (!IsDisposed)
            return move;
        EndMove(move);
        throw new ObjectDisposedException(nameof(StackConnection));
    }

    /// <summary>Sends data calls away from the carrier. <see cref="ConnectionMove.Quiet"/> completes when none is left on it.</summary>
    public void Suspend(ConnectionMove move, IMovableCarrier carrier)
    {
        carrier.Suspend();
        move.Suspended();
        CheckQuiet(move);
    }

    /// <summary>The connection runs on the new carrier from now on.</summary>
    /// <returns>The old carrier, which no data call touches any more.</returns>
    public Carrier Continue(Carrier carrier)
    {
        var onOld = _owner.Time.GetElapsedTime(PlacedAt);
        (PlacedAt, BytesWhenPlaced) = (_owner.Time.GetTimestamp(), BytesMoved); // First: whoever sees the new carrier reads this as its time.
        var old = Interlocked.Exchange(ref _carrier, carrier);
        _leftHost |= old.Adapter is null;
        Listen(carrier);
        _owner.Moved(this, old, onOld);
        var state = Volatile.Read(ref _state);
        if (state == Aborted)
            carrier.Abort(); // Whoever aborted meanwhile may have met the old carrier.
        else if (state == Closing)
            carrier.Interrupt();
        return old;
    }

    /// <summary>What did not come along with a move. One move at a time: no other writer.</summary>
    public void Add(IReadOnlyList<ToeReason> downgrades)
    {
        if (downgrades.Count > 0)
            Volatile.Write(ref _downgrades, [.. _downgrades.Union(downgrades)]);
    }

    /// <summary>The connection is lost in the middle of a move; its calls hear of it when the carrier resumes.</summary>
    public void Lose(ToeReason reason) => Carrier.Lose(reason);

    /// <summary>Lets the calls that wait go on, and the connection be closed.</summary>
    public void EndMove(ConnectionMove move)
    {
        Interlocked.CompareExchange(ref _move, null, move);
        move.Finish();
        ReleaseOwnUse();
    }

    private void CheckQuiet(ConnectionMove move)
    {
        Interlocked.MemoryBarrier(); // Whoever leaves writes its direction and looks for a move; whoever moves does it the other way round.
        if (!move.IsSuspended)
            return;
        if ((Volatile.Read(ref _receiving) == 0 || move.IsReceiveParked) && (Volatile.Read(ref _sending) == 0 || move.IsSendParked))
            move.BecameQuiet();
    }

    private async ValueTask ParkReceiveAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _move) is { } move)
        {
            move.ParkReceive(true);
            try
            {
                CheckQuiet(move);
                await move.Finished.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                move.ParkReceive(false); // Cancelled: the next call of this direction is not parked.
            }
        }

        ThrowIfClosedByUs();
    }

    private async ValueTask ParkSendAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _move) is { } move)
        {
            move.ParkSend(true);
            try
            {
                CheckQuiet(move);
                await move.Finished.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                move.ParkSend(false);
            }
        }

        ThrowIfClosedByUs();
    }

    /// <summary>A parked call ends with the closing, as a pending one does.</summary>
    private void ThrowIfClosedByUs()
    {
        if (IsDisposed)
            throw ClosedByUs();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReceiveAgainAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            await ParkReceiveAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await _carrier.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (CarrierSuspendedException)
            {
                // Another move began.
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendAgainAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            await ParkSendAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await _carrier.SendAsync(buffer, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (CarrierSuspendedException suspended)
            {
                buffer = buffer[^suspended.Unsent..];
            }
        }
    }
}
