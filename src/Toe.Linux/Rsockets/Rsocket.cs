using System.Net;

namespace Toe.Linux;

/// <summary>
/// A stream socket over RDMA that speaks the rsockets protocol: on iWARP its TCP runs in the device. Both ends must speak it; librdmacm's own rsockets do. No call blocks. One receive and one send
/// may run at a time, beside each other.
/// </summary>
/// <remarks>
/// Built on librdmacm's connection manager and libibverbs, not on librdmacm's <c>rsocket()</c>: that one shares plain counters between threads and loses counts, hands each socket to a service
/// thread whose list it frees, has no room for the peer's grants, cannot refuse before it accepts, and lets nobody else wait for its descriptors (librdmacm/rsocket.c).
/// Whoever finds nothing to do takes completions himself, one at a time; only who waits has the device tell a <see cref="CompletionThread"/>.
/// </remarks>
public sealed unsafe partial class Rsocket : IDisposable, ICmOwner, ICompletionOwner
{
    private const int DataRequests = 188;               // With the control messages 384 requests, as librdmacm's.
    private const int Batch = 16;

    private readonly RsocketEngine _engine;
    private readonly RsocketOptions _options;
    private readonly CompletionThread _thread;
    private readonly nint _cookie;
    private readonly Lock _lock = new();                // Control only: never held over a data call, nor over an event's receiver.
    private RdmaIdentifier _identifier = null!;
    private RsocketBuffers _buffers = null!;            // both once its memory is there
    private RsocketStream _stream = null!;
    private IRsocketEvents? _events;
    private volatile RsocketState _state;
    private int _armed;
    private int _untold;                                // what became ready and nobody has been told
    private int _takeCalls;
    private int _wasTold;
    private bool _hasAsked;                             // the device, to tell of completions; of who takes them
    private bool _hasFailedSend;                        // the same one's

    private Rsocket(RsocketEngine engine, RsocketOptions options, bool isPassive)
    {
        _engine = engine;
        _options = options;
        _isPassive = isPassive;
        _thread = engine.NextThread();
        _cookie = engine.NextCookie();
    }

    /// <summary>The local endpoint; the any-address before it is known.</summary>
    public IPEndPoint LocalEndPoint { get; private set; } = new(IPAddress.Any, 0);

    /// <summary>The peer; the any-address before it is known.</summary>
    public IPEndPoint RemoteEndPoint { get; private set; } = new(IPAddress.Any, 0);

    /// <summary>Bytes that it has pinned.</summary>
    public long PinnedBytes => _buffers.SendSize + _buffers.WritableSize;

    /// <summary>Names who hears of it, once, after it is connected.</summary>
    /// <param name="events">The receiver.</param>
    public void Bind(IRsocketEvents events)
    {
        ArgumentNullException.ThrowIfNull(events);
        Volatile.Write(ref _events, events);
        Interlocked.MemoryBarrier(); // What became ready is told here, or by who finds the receiver there.
        TellUntold();
        _thread.Post(this); // It may be over already.
    }

    /// <summary>Asks for one announcement for each direction; what is ready already is announced at once, by this thread.</summary>
    /// <param name="interest">The directions.</param>
    public void Arm(Readiness interest)
    {
        Interlocked.Or(ref _armed, (int)interest); // A full fence: who takes completions now sees it and asks the device, or this thread does.
        Take();
        Announce(interest);
    }

    /// <summary>Takes what has arrived. With an empty span it tells whether something is there.</summary>
    /// <param name="buffer">Where to put it.</param>
    /// <param name="bytes">How many bytes.</param>
    public IoStatus Receive(Span<byte> buffer, out int bytes)
    {
        bytes = 0;
        do
        {
            var (error, hasEnded) = (_stream.Error, _stream.HasPeerEnded); // Before the bytes: what arrived before an end is received before it.
            if (_stream.HasBytes)
                return TryReceive(buffer, out bytes);
            if (hasEnded)
                return IoStatus.EndOfStream;
            if (error != 0)
                return StatusOf(error);
        }
        while (Take());

        return IoStatus.WouldBlock;
    }

    /// <summary>Copies what there is room for.</summary>
    /// <param name="buffer">What to send.</param>
    /// <param name="bytes">How many bytes were taken.</param>
    public IoStatus Send(ReadOnlySpan<byte> buffer, out int bytes)
    {
        bytes = 0;
        do
        {
            if (_stream.Error is var error && error != 0)
                return StatusOf(error);
            if (_stream.HasPeerLeft)
                return IoStatus.Reset;
            if (buffer.IsEmpty)
                return IoStatus.Done;
            if (!_identifier.TryKeep())
                return IoStatus.Reset;
            bytes = _stream.Send(buffer);
            Leave();
            if (bytes != 0)
                return IoStatus.Done;
        }
        while (Take());

        return IoStatus.WouldBlock;
    }

    /// <summary>Sends the end of the stream behind what was sent. Receiving goes on.</summary>
    public IoStatus EndSending()
    {
        if (_stream.Error is var error && error != 0)
            return StatusOf(error);
        if (!_stream.HasPeerLeft && _identifier.TryKeep())
        {
            _stream.EndSending();
            Leave();
        }

        return IoStatus.Done;
    }

    /// <summary>A reset is the peer's doing; what befell the device was told before.</summary>
    private static IoStatus StatusOf(int error) => error is ErrorNumber.ConnectionReset or ErrorNumber.Protocol ? IoStatus.Reset : IoStatus.Failed;

    private IoStatus TryReceive(Span<byte> buffer, out int bytes)
    {
        bytes = 0;
        if (!TryKeepBuffers())
            return IoStatus.Failed;
        var mayGrant = _identifier.TryKeep();
        bytes = _stream.Receive(buffer, mayGrant);
        if (mayGrant)
            Leave();
        _buffers.DangerousRelease();
        return IoStatus.Done;
    }

    /// <summary>Takes what was completed, by any thread; when another is at it, that one does it again. While somebody waits the device is asked to tell of more.</summary>
    /// <returns>True when this thread took something.</returns>
    private bool Take() => Take(out _);

    /// <summary>The same.</summary>
    /// <param name="isDone">False when another thread is at it; it gives the completions' thread a turn if need be.</param>
    private bool Take(out bool isDone)
    {
        isDone = false;
        if (_state is not (RsocketState.Connected or RsocketState.Lingering) || Interlocked.Increment(ref _takeCalls) != 1)
            return false;
        var (any, wasJoined, calls) = (false, false, 1);
        do
        {
            if (_identifier.TryKeep())
            {
                any |= TakeNow(_identifier.Pair!.Completions);
                _identifier.DangerousRelease();
            }

            calls = Interlocked.Add(ref _takeCalls, -calls);
            wasJoined |= calls != 0;
        }
        while (calls != 0);

        isDone = true;
        if ((any || wasJoined) && HasNews)
            _thread.Post(this); // Others wait for what this one took.
        return any;
    }

    /// <summary>Whether somebody waits for completions: a caller, the last of a socket that was disposed, or what is held back until the peer's first message.</summary>
    private bool IsAwaited => Volatile.Read(ref _armed) != 0 || _state == RsocketState.Lingering || _stream.IsHeld;

    private bool HasNews => Ready((Readiness)Volatile.Read(ref _armed)) != Readiness.None || IsEnding || _state == RsocketState.Lingering;

    private bool IsEnding => _stream.IsBroken || _stream.Error != 0 || _stream.HasPeerLeft || Volatile.Read(ref _managerError) != 0;

    private bool TakeNow(CompletionQueue* completions)
    {
        if (Interlocked.Exchange(ref _wasTold, 0) != 0)
            _hasAsked = false;
        var any = TakeBatches(completions);
        while (!_hasAsked && IsAwaited)
        {
            if (Ibverbs.RequestNotification(completions) != 0)
                Break();
            _hasAsked = true;
            _thread.Doubt(this);
            any |= TakeBatches(completions); // What came before it was asked tells nobody.
        }

        return any;
    }

    private bool TakeBatches(CompletionQueue* completions)
    {
        var batch = stackalloc WorkCompletion[Batch];
        var any = false;
        int count;
        while ((count = Ibverbs.Poll(completions, Batch, batch)) > 0)
        {
            any = true;
            for (var i = 0; i < count; i++)
                Take(batch[i]);
        }

        if (count < 0)
            Break();
        return any;
    }

    private void Take(WorkCompletion completion)
    {
        var tag = new RequestTag(completion.Tag);
        var isDone = completion.Status == WorkCompletion.Success;
        if (!tag.IsReceive)
            _stream.Complete(tag);
        else if (isDone)
            _stream.Arrive(tag.Value, completion.Length);
        if (isDone)
            return;
        _hasFailedSend |= !tag.IsReceive;
        Break(); // In order: what arrived before was taken before.
    }

    private void Break()
    {
        if (_stream.Break())
            _thread.Post(this);
    }

    private Readiness Ready(Readiness interest)
    {
        var ready = Readiness.None;
        if ((interest & Readiness.Receive) != Readiness.None && _stream.CanReceive)
            ready |= Readiness.Receive;
        if ((interest & Readiness.Send) != Readiness.None && _stream.CanSend)
            ready |= Readiness.Send;
        return ready;
    }

    /// <summary>Tells of what is ready and armed. Behind a full fence.</summary>
    private void Announce(Readiness directions)
    {
        var ready = Ready((Readiness)Volatile.Read(ref _armed) & directions);
        if (ready == Readiness.None)
            return;
        var mine = (Readiness)Interlocked.And(ref _armed, ~(int)ready) & ready; // Another thread may have told some of it.
        if (mine == Readiness.None)
            return;
        Interlocked.Or(ref _untold, (int)mine);
        TellUntold();
    }

    private void TellUntold()
    {
        if (Volatile.Read(ref _events) is not { } events)
            return; // It is told when it is there.
        var what = (Readiness)Interlocked.Exchange(ref _untold, 0);
        if (what == Readiness.None || _state != RsocketState.Connected)
            return;
        try
        {
            events.OnReady(what);
        }
        catch (Exception)
        {
            Abort(); // The thread serves many connections.
        }
    }

    /// <summary>Behind a call that may have posted.</summary>
    private void Leave()
    {
        _identifier.DangerousRelease();
        if (_stream.IsBroken)
            _thread.Post(this); // Nobody else may find out.
    }

    private bool TryKeepBuffers()
    {
        try
        {
            var kept = false;
            _buffers.DangerousAddRef(ref kept);
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }
}
