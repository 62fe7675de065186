using System.Net;
using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>
/// A stream socket over RDMA that speaks the rsockets protocol: on iWARP its TCP runs in the device. Both ends must speak it; librdmacm's own rsockets do. No call blocks. One receive and one send
/// may run at a time, beside each other.
/// </summary>
/// <remarks>
/// Built on librdmacm's connection manager and libibverbs, not on librdmacm's <c>rsocket()</c>: that one shares plain counters between threads and loses counts, hands each socket to a service
/// thread whose list it frees, has no room for the peer's grants, cannot refuse before it accepts, and lets nobody else wait for its descriptors (librdmacm/rsocket.c, the same from version
/// 15 to 64). Sends belong to the caller's thread, completions to a <see cref="CompletionThread"/>.
/// </remarks>
public sealed unsafe class Rsocket : IDisposable, ICmOwner, ICompletionOwner
{
    private const int DataRequests = 188;               // With the control messages 384 requests, as librdmacm's.
    private const int ResolveMilliseconds = 60_000;     // The caller's time is shorter, and counts.
    private const int Batch = 16;
    private static readonly TimeSpan LingerLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ManagerLimit = TimeSpan.FromMilliseconds(500);     // The connection manager says why a device failed a request, a little before or after.

    private readonly RsocketEngine _engine;
    private readonly RsocketOptions _options;
    private readonly RsocketBuffers _buffers;
    private readonly RsocketStream _stream;
    private readonly CompletionThread _thread;
    private readonly nint _cookie;
    private readonly Lock _lock = new();                // Control only: never held over a data call, nor over an event's receiver.
    private readonly bool _isPassive;
    private RdmaIdentifier _identifier = null!;
    private RsocketListener? _listener;                 // until it is accepted
    private IRsocketEvents? _events;
    private Action<int>? _connected;
    private ITimer? _keepAlive;
    private RsocketGreeting _peer;                      // of a request
    private byte _responderResources;
    private byte _initiatorDepth;
    private RsocketState _state;
    private long _lingersSince;
    private long _brokenSince;                          // the completions' thread's
    private int _armed;
    private int _early;                                 // what became ready before anybody heard
    private int _hasAnnouncedEnd;
    private int _cmError;                               // what the connection manager said; taken in by the completions' thread

    private Rsocket(RsocketEngine engine, RsocketOptions options, bool isPassive)
    {
        _engine = engine;
        _options = options;
        _isPassive = isPassive;
        var credits = (ushort)Math.Clamp(options.Credits, 16, short.MaxValue);
        _buffers = new RsocketBuffers(options.SendBuffer, options.ReceiveBuffer, credits + RsocketStream.ControlSlots);
        _stream = new RsocketStream(_buffers, credits, DataRequests);
        _thread = engine.NextThread();
        _cookie = engine.NextCookie();
    }

    /// <summary>The local endpoint; the any-address before it is known.</summary>
    public IPEndPoint LocalEndPoint { get; private set; } = new(IPAddress.Any, 0);

    /// <summary>The peer; the any-address before it is known.</summary>
    public IPEndPoint RemoteEndPoint { get; private set; } = new(IPAddress.Any, 0);

    /// <summary>Bytes that the device is done with.</summary>
    public long BytesSent => _stream.SentBytes;

    /// <summary>Makes a socket that is to be connected.</summary>
    /// <param name="engine">Carries it.</param>
    /// <param name="options">What it is made with.</param>
    /// <returns>The socket; ENODEV where the kernel's side is missing.</returns>
    public static HostAnswer<Rsocket> Create(RsocketEngine engine, RsocketOptions options)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(options);
        var socket = new Rsocket(engine, options, isPassive: false);
        var made = engine.Manager.Create(socket);
        if (made.Value is not { } identifier)
        {
            socket._buffers.Dispose();
            return HostAnswers.Failed<Rsocket>(made.ErrorNumber, made.Text);
        }

        socket._identifier = identifier;
        return HostAnswers.Found(socket);
    }

    /// <summary>Connects, once, in the background.</summary>
    /// <param name="local">Where from; null leaves it to the routes.</param>
    /// <param name="remote">The peer.</param>
    /// <param name="done">Called once, on a thread of the engine's: 0, or the error number: ECONNREFUSED nobody listens, ENODEV no device leads there, EPROTO the peer speaks no rsockets, ECANCELED
    /// it was disposed meanwhile.</param>
    public void Connect(IPEndPoint? local, IPEndPoint remote, Action<int> done)
    {
        ArgumentNullException.ThrowIfNull(remote);
        ArgumentNullException.ThrowIfNull(done);
        var error = ErrorNumber.Cancelled;
        lock (_lock)
        {
            if (_state == RsocketState.Made)
            {
                (_state, _connected) = (RsocketState.Connecting, done);
                error = BeginConnect(local, remote);
                if (error == 0)
                    return;
                _connected = null;
            }
        }

        done(error);
    }

    /// <summary>Names who hears of it, once, after it is connected.</summary>
    /// <param name="events">The receiver.</param>
    public void Bind(IRsocketEvents events)
    {
        ArgumentNullException.ThrowIfNull(events);
        Volatile.Write(ref _events, events);
        if ((Readiness)Interlocked.Exchange(ref _early, 0) is not Readiness.None and var early)
            events.OnReady(early);
        _thread.Post(this); // It may be over already.
    }

    /// <summary>Asks for one announcement for each direction; what is ready already is announced at once, by this thread.</summary>
    /// <param name="interest">The directions.</param>
    public void Arm(Readiness interest)
    {
        Interlocked.Or(ref _armed, (int)interest); // A full fence: a completion that is taken now sees it, or what it brought is seen here.
        Announce();
    }

    /// <summary>Takes what has arrived. With an empty span it tells whether something is there.</summary>
    /// <param name="buffer">Where to put it.</param>
    /// <param name="bytes">How many bytes.</param>
    public IoStatus Receive(Span<byte> buffer, out int bytes)
    {
        bytes = 0;
        if (!TryKeepBuffers())
            return IoStatus.Failed;
        try
        {
            if (_stream.HasBytes)
            {
                bytes = _identifier.TryKeep() ? ReceiveAndGrant(buffer) : _stream.Receive(buffer, mayGrant: false);
                return IoStatus.Done;
            }
        }
        finally
        {
            _buffers.DangerousRelease();
        }

        return StatusWithoutBytes();
    }

    /// <summary>Copies what there is room for.</summary>
    /// <param name="buffer">What to send.</param>
    /// <param name="bytes">How many bytes were taken.</param>
    public IoStatus Send(ReadOnlySpan<byte> buffer, out int bytes)
    {
        bytes = 0;
        if (_stream.Error != 0 || _stream.HasPeerLeft)
            return IoStatus.Reset;
        if (buffer.IsEmpty)
            return IoStatus.Done;
        if (!_identifier.TryKeep())
            return IoStatus.Reset;
        bytes = _stream.Send(buffer);
        Leave();
        if (bytes != 0)
            return IoStatus.Done;
        return _stream.Error != 0 || _stream.HasPeerLeft ? IoStatus.Reset : IoStatus.WouldBlock;
    }

    /// <summary>Sends the end of the stream behind what was sent. Receiving goes on.</summary>
    public IoStatus EndSending()
    {
        if (_stream.Error != 0)
            return IoStatus.Reset;
        if (!_stream.HasPeerLeft && _identifier.TryKeep())
        {
            _stream.EndSending();
            Leave();
        }

        return IoStatus.Done;
    }

    /// <summary>Cuts the connection off: what is on its way may be lost, and a peer of this implementation sees a reset. No event comes afterwards.</summary>
    public void Abort() => Close(mayLinger: false);

    /// <summary>Closes: the peer gets the end of the stream behind what was sent, in the background; with bytes unread it is cut off, as with TCP. No event comes afterwards.</summary>
    public void Dispose() => Close(mayLinger: true);

    /// <summary>Takes over what a peer asks of a listener.</summary>
    /// <param name="engine">Carries it.</param>
    /// <param name="listener">Whose it will be.</param>
    /// <param name="happened">The request.</param>
    /// <param name="peer">The peer's greeting.</param>
    internal static void Accept(RsocketEngine engine, RsocketListener listener, CmEvent* happened, in RsocketGreeting peer)
    {
        var socket = new Rsocket(engine, listener.Options, isPassive: true)
        {
            _listener = listener,
            _peer = peer,
            _responderResources = happened->ResponderResources,
            _initiatorDepth = happened->InitiatorDepth,
            _state = RsocketState.Connecting,
        };
        socket._identifier = engine.Manager.Own(happened->Identifier, socket);
        socket._identifier.HoldDevice();
        RdmaCalls.Opening.Run(socket.AcceptOnDevice);
    }

    void ICmOwner.OnEvent(CmEvent* happened)
    {
        switch (happened->Kind)
        {
            case CmEventKind.AddressResolved:
                _identifier.HoldDevice();
                if (RdmaCm.rdma_resolve_route(happened->Identifier, ResolveMilliseconds) != 0)
                    EndConnecting(Marshal.GetLastPInvokeError());
                break;
            case CmEventKind.RouteResolved:
                RdmaCalls.Opening.Run(ConnectOnDevice);
                break;
            case CmEventKind.Established:
                Establish(new ReadOnlySpan<byte>(happened->PrivateData, happened->PrivateData is null ? 0 : happened->PrivateLength));
                break;
            case CmEventKind.AddressError or CmEventKind.RouteError or CmEventKind.ConnectError or CmEventKind.Unreachable or CmEventKind.Rejected:
                EndConnecting(ErrorOf(happened));
                break;
            case CmEventKind.Disconnected:
                EndByManager(ErrorNumber.ConnectionReset);
                break;
            case CmEventKind.DeviceRemoval:
                EndByManager(ErrorNumber.NoDevice);
                break;
            default:
                break;
        }
    }

    bool ICompletionOwner.TakeCompletions(bool isTold)
    {
        if (!_identifier.TryKeep())
            return false;
        try
        {
            var hasAsked = TakeAll(isTold, _identifier.Pair!.Completions);
            if (!IsEndKnown())
                _thread.Linger(this);
            if (IsLeaving())
                return hasAsked;
            Announce();
            AnnounceEnd();
            return hasAsked;
        }
        finally
        {
            _identifier.DangerousRelease();
        }
    }

    bool ICompletionOwner.IsLingering()
    {
        lock (_lock)
        {
            if (_state == RsocketState.Lingering)
            {
                if (!HasLeft && TimeProvider.System.GetElapsedTime(_lingersSince) < LingerLimit)
                    return true;
                LetGo();
            }

            if (_state != RsocketState.Connected)
                return false;
        }

        if (!IsEndKnown())
            return true;
        Announce();
        AnnounceEnd();
        return false;
    }

    /// <summary>True when nothing is left to be sent, or nobody to send it to.</summary>
    private bool HasLeft => _stream.IsDrained || _stream.IsBroken || _stream.Error != 0 || _stream.HasPeerLeft;

    /// <summary>Whether it is known how a connection that is over ended. A device that is taken away fails its requests too, and that is no reset by the peer.</summary>
    private bool IsEndKnown()
    {
        if (_stream.HasPeerLeft || _stream.Error != 0)
            return true;
        var said = Volatile.Read(ref _cmError);
        if (said == 0)
        {
            if (!_stream.IsBroken)
                return true; // It is not over.
            if (_brokenSince == 0)
                _brokenSince = TimeProvider.System.GetTimestamp();
            if (TimeProvider.System.GetElapsedTime(_brokenSince) < ManagerLimit)
                return false;
            said = ErrorNumber.ConnectionReset;
        }

        _stream.Fail(said); // Behind what had arrived before.
        return true;
    }

    private int BeginConnect(IPEndPoint? local, IPEndPoint remote)
    {
        var error = SetTypeOfService();
        if (error != 0)
            return error;
        var source = local?.Serialize();
        var destination = remote.Serialize();
        fixed (byte* sourceBytes = source is null ? default : source.Buffer.Span)
        fixed (byte* destinationBytes = destination.Buffer.Span)
        {
            return RdmaCm.rdma_resolve_addr(_identifier.Pointer, sourceBytes, destinationBytes, ResolveMilliseconds) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    private int SetTypeOfService()
    {
        if (_options.TypeOfService is not { } service)
            return 0;
        return RdmaCm.rdma_set_option(_identifier.Pointer, RdmaCm.OptionsOfIdentifier, RdmaCm.TypeOfService, &service, 1) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    private void ConnectOnDevice()
    {
        if (!_identifier.TryKeep())
            return;
        var error = SetUp();
        if (error == 0)
        {
            var greeting = stackalloc byte[RsocketGreeting.Size];
            _stream.Greeting(_identifier.Pair!.WritableKey).Write(new Span<byte>(greeting, RsocketGreeting.Size));
            var parameters = new CmParameters
            {
                PrivateData = greeting, PrivateLength = RsocketGreeting.Size, FlowControl = 1, Retries = 7, ReceiverNotReadyRetries = 7,
                InitiatorDepth = 1, // iWARP reads once from the peer while it connects.
            };
            error = RdmaCm.rdma_connect(_identifier.Pointer, &parameters) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }

        _identifier.DangerousRelease();
        if (error != 0)
            EndConnecting(error);
    }

    private void AcceptOnDevice()
    {
        if (!_identifier.TryKeep())
            return;
        var error = SetUp();
        if (error == 0)
        {
            var greeting = stackalloc byte[RsocketGreeting.Size];
            _stream.Greeting(_identifier.Pair!.WritableKey).Write(new Span<byte>(greeting, RsocketGreeting.Size));
            var parameters = new CmParameters
            {
                PrivateData = greeting, PrivateLength = RsocketGreeting.Size, FlowControl = 1, Retries = 7, ReceiverNotReadyRetries = 7,
                ResponderResources = _responderResources, InitiatorDepth = _initiatorDepth,
            };
            error = RdmaCm.rdma_accept(_identifier.Pointer, &parameters) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        else
        {
            _ = RdmaCm.rdma_reject(_identifier.Pointer, null, 0);
        }

        _identifier.DangerousRelease();
        if (error != 0)
            EndConnecting(error);
    }

    private int SetUp()
    {
        var error = QueuePair.Create(_identifier.Pointer, _buffers, DataRequests, _thread, _cookie, out var pair);
        _identifier.Pair = pair;
        return error;
    }

    private void Establish(ReadOnlySpan<byte> answer)
    {
        if (!_isPassive && !RsocketGreeting.TryParse(answer, out _peer))
        {
            EndConnecting(ErrorNumber.Protocol);
            return;
        }

        Action<int>? connected;
        RsocketListener? listener;
        lock (_lock)
        {
            if (_state != RsocketState.Connecting)
                return;
            _state = RsocketState.Connected;
            (connected, _connected) = (_connected, null);
            (listener, _listener) = (_listener, null);
            LocalEndPoint = _identifier.ReadLocal();
            RemoteEndPoint = _identifier.ReadRemote();
            if (_options.KeepAlive is { } idle)
                _keepAlive = TimeProvider.System.CreateTimer(static socket => ((Rsocket)socket!).AskPeer(), this, idle, idle);
        }

        _stream.Start(_identifier.Pair!, _peer, _identifier.Pair!.WritableKey, _isPassive);
        _thread.Add(_cookie, this);
        _thread.Post(this);
        connected?.Invoke(0);
        listener?.Deliver(this);
    }

    /// <summary>The connection manager says that it could not be made.</summary>
    private void EndConnecting(int error)
    {
        Action<int>? connected;
        lock (_lock)
        {
            (connected, _connected) = (_connected, null);
            _listener = null;
            if (_state is RsocketState.Made or RsocketState.Connecting)
                LetGo();
        }

        connected?.Invoke(error);
    }

    private void EndByManager(int error)
    {
        bool isConnected;
        lock (_lock)
            isConnected = _state is RsocketState.Connected or RsocketState.Lingering;
        if (!isConnected)
        {
            EndConnecting(error);
            return;
        }

        Interlocked.CompareExchange(ref _cmError, error, 0);
        _thread.Post(this);
    }

    private bool TakeAll(bool isTold, CompletionQueue* completions)
    {
        var hasAsked = false;
        var taken = TakeBatches(completions);
        while (isTold || taken)
        {
            if (Ibverbs.RequestNotification(completions) is var error && error != 0)
                _stream.Fail(error);
            hasAsked = true;
            isTold = false;
            taken = TakeBatches(completions); // What came before it was asked tells nobody.
        }

        return hasAsked;
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
            _stream.Fail(ErrorNumber.InputOutput);
        return any;
    }

    private void Take(WorkCompletion completion)
    {
        var tag = new RequestTag(completion.Tag);
        if (completion.Status == WorkCompletion.Success && tag.IsReceive)
            _stream.Arrive(tag.Value, completion.Length);
        else if (!tag.IsReceive)
            _stream.Complete(tag);
        if (completion.Status != WorkCompletion.Success)
            _stream.Break(); // In order: what arrived before was taken before.
    }

    /// <summary>Nobody hears of a socket that was disposed; it leaves when the device is done.</summary>
    private bool IsLeaving()
    {
        lock (_lock)
        {
            if (_state == RsocketState.Lingering && HasLeft)
                LetGo();
            else if (_state == RsocketState.Lingering)
                _thread.Linger(this);
            return _state != RsocketState.Connected;
        }
    }

    private void Announce()
    {
        while ((Readiness)Volatile.Read(ref _armed) is not Readiness.None and var armed)
        {
            var ready = Readiness.None;
            if ((armed & Readiness.Receive) != Readiness.None && _stream.CanReceive)
                ready |= Readiness.Receive;
            if ((armed & Readiness.Send) != Readiness.None && _stream.CanSend)
                ready |= Readiness.Send;
            if (ready == Readiness.None)
                return;
            var mine = (Readiness)Interlocked.And(ref _armed, ~(int)ready) & ready; // Another thread may have announced some of it.
            if (mine != Readiness.None)
                Tell(mine);
        }
    }

    private void Tell(Readiness what)
    {
        if (Volatile.Read(ref _events) is not { } events)
        {
            Interlocked.Or(ref _early, (int)what);
            return;
        }

        try
        {
            events.OnReady(what);
        }
        catch (Exception)
        {
            Abort(); // The thread serves many connections.
        }
    }

    /// <summary>What the device has of a connection that is over is given back at once; what had arrived can still be received.</summary>
    private void AnnounceEnd()
    {
        var error = _stream.Error;
        if (error == 0 && !_stream.HasPeerLeft)
            return;
        if (Volatile.Read(ref _events) is not { } events)
            return; // It hears when it is there.
        if (Interlocked.Exchange(ref _hasAnnouncedEnd, 1) != 0)
            return;
        _thread.Remove(_cookie);
        _identifier.Dispose();
        if (error == 0)
            return;
        try
        {
            events.OnOver(error);
        }
        catch (Exception)
        {
            Abort();
        }
    }

    private int ReceiveAndGrant(Span<byte> buffer)
    {
        var bytes = _stream.Receive(buffer, mayGrant: true);
        Leave();
        return bytes;
    }

    /// <summary>Behind a call that may have posted.</summary>
    private void Leave()
    {
        _identifier.DangerousRelease();
        if (_stream.IsBroken)
            _thread.Post(this); // Nobody else may find out.
    }

    private IoStatus StatusWithoutBytes()
    {
        if (_stream.HasPeerEnded)
            return _stream.HasBytes ? IoStatus.WouldBlock : IoStatus.EndOfStream;
        if (_stream.Error != 0)
            return _stream.Error == ErrorNumber.ConnectionReset ? IoStatus.Reset : IoStatus.Failed;
        return IoStatus.WouldBlock;
    }

    private void AskPeer()
    {
        if (!_identifier.TryKeep())
            return;
        if (_stream.Error == 0 && !_stream.HasPeerLeft && _stream.IsDrained)
            _stream.KeepAlive();
        Leave();
    }

    private void Close(bool mayLinger)
    {
        Action<int>? connected;
        lock (_lock)
        {
            if (_state is RsocketState.Closed or RsocketState.Lingering)
                return;
            Interlocked.Exchange(ref _armed, 0);
            _keepAlive?.Dispose();
            (connected, _connected) = (_connected, null);
            if (mayLinger && _state == RsocketState.Connected && _stream.Error == 0 && !_stream.HasBytes && !_stream.HasPeerLeft && _identifier.TryKeep())
            {
                _state = RsocketState.Lingering;
                _lingersSince = TimeProvider.System.GetTimestamp();
                _stream.Leave();
                _identifier.DangerousRelease();
                _thread.Post(this);
            }
            else
            {
                LetGo();
            }
        }

        connected?.Invoke(ErrorNumber.Cancelled);
    }

    /// <summary>Under the lock. Whoever is inside goes on with what is kept.</summary>
    private void LetGo()
    {
        _state = RsocketState.Closed;
        _thread.Remove(_cookie);
        _identifier.Dispose();
        _buffers.Dispose();
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

    private static int ErrorOf(CmEvent* happened) => happened->Status switch
    {
        < 0 and var error => -error,
        _ when happened->Kind == CmEventKind.Unreachable => ErrorNumber.TimedOut,
        _ => ErrorNumber.ConnectionRefused,
    };
}
