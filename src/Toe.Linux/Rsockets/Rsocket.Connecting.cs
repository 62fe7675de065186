using System.Runtime.InteropServices;
using System.Net;

namespace Toe.Linux;

/// <content>From nothing to a connection. The connection manager's thread only hands on; what may block runs on threads of <see cref="RdmaCalls"/>, which keep the identifier meanwhile.</content>
public sealed unsafe partial class Rsocket
{
    private const int ResolveMilliseconds = 60_000;     // The caller's time is shorter, and counts.

    private readonly bool _isPassive;
    private RsocketListener? _listener;                 // until it is accepted
    private Action<int>? _connected;
    private RsocketGreeting _peer;
    private byte _responderResources;                   // of a request
    private byte _initiatorDepth;

    /// <summary>Makes a socket that is to be connected.</summary>
    /// <param name="engine">Carries it.</param>
    /// <param name="options">What it is made with.</param>
    /// <returns>The socket; ENODEV where the kernel's side is missing; ENOMEM.</returns>
    public static HostAnswer<Rsocket> Create(RsocketEngine engine, RsocketOptions options)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(options);
        var socket = new Rsocket(engine, options, isPassive: false);
        if (!socket.TryAllocate())
            return HostAnswers.Failed<Rsocket>(ErrorNumber.NoMemory, "an rsocket's buffers");
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
    /// <param name="done">Called once, on a thread of the engine's or this one: 0, or the error number: ECONNREFUSED nobody listens, ENODEV no device leads there, EPROTO the peer speaks no rsockets,
    /// ECANCELED it was disposed meanwhile.</param>
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
                    EndConnecting(LastError());
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

    private bool TryAllocate()
    {
        try
        {
            var credits = (ushort)Math.Clamp(_options.Credits, 16, short.MaxValue);
            _buffers = new RsocketBuffers(_options.SendBuffer, _options.ReceiveBuffer, credits + RsocketStream.ControlSlots);
            _stream = new RsocketStream(_buffers, credits, DataRequests);
            return true;
        }
        catch (OutOfMemoryException)
        {
            return false;
        }
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
            return RdmaCm.rdma_resolve_addr(_identifier.Pointer, sourceBytes, destinationBytes, ResolveMilliseconds) == 0 ? 0 : LastError();
        }
    }

    private int SetTypeOfService()
    {
        if (_options.TypeOfService is not { } service)
            return 0;
        return RdmaCm.rdma_set_option(_identifier.Pointer, RdmaCm.OptionsOfIdentifier, RdmaCm.TypeOfService, &service, 1) == 0 ? 0 : LastError();
    }

    private void ConnectOnDevice() => OnDevice(() =>
    {
        if (SetUp() is var error && error != 0)
            return error;
        var greeting = stackalloc byte[RsocketGreeting.Size];
        var parameters = Greet(greeting);
        parameters.InitiatorDepth = 1; // iWARP reads once from the peer while it connects.
        return RdmaCm.rdma_connect(_identifier.Pointer, &parameters) == 0 ? 0 : LastError();
    });

    private void AcceptOnDevice() => OnDevice(() =>
    {
        var error = TryAllocateForRequest() ? SetUp() : ErrorNumber.NoMemory;
        if (error != 0)
        {
            _ = RdmaCm.rdma_reject(_identifier.Pointer, null, 0);
            return error;
        }

        var greeting = stackalloc byte[RsocketGreeting.Size];
        var parameters = Greet(greeting);
        (parameters.ResponderResources, parameters.InitiatorDepth) = (_responderResources, _initiatorDepth);
        return RdmaCm.rdma_accept(_identifier.Pointer, &parameters) == 0 ? 0 : LastError();
    });

    /// <summary>Makes a call that may block, with the identifier kept.</summary>
    private void OnDevice(Func<int> call)
    {
        if (!_identifier.TryKeep())
            return;
        var error = ErrorNumber.InputOutput;
        try
        {
            error = call();
        }
        finally
        {
            _identifier.DangerousRelease();
            if (error != 0)
                EndConnecting(error);
        }
    }

    /// <summary>It may have been let go meanwhile, without memory to give back.</summary>
    private bool TryAllocateForRequest()
    {
        lock (_lock)
            return _state == RsocketState.Connecting && TryAllocate();
    }

    /// <summary>A library that fails without saying why has failed all the same.</summary>
    private static int LastError() => Marshal.GetLastPInvokeError() is var error && error != 0 ? error : ErrorNumber.InputOutput;

    private int SetUp()
    {
        if (!TryKeepBuffers())
            return ErrorNumber.Cancelled;
        var error = QueuePair.Create(_identifier.Pointer, _buffers, DataRequests, _thread, _cookie, out var pair);
        _identifier.Pair = pair;
        _buffers.DangerousRelease();
        return error;
    }

    private CmParameters Greet(byte* greeting)
    {
        _stream.Greeting(_identifier.Pair!.WritableKey).Write(new Span<byte>(greeting, RsocketGreeting.Size));
        return new CmParameters { PrivateData = greeting, PrivateLength = RsocketGreeting.Size, FlowControl = 1, Retries = 7, ReceiverNotReadyRetries = 7 };
    }

    private void Establish(ReadOnlySpan<byte> answer)
    {
        if (!_isPassive && !RsocketGreeting.TryParse(answer, out _peer))
        {
            EndConnecting(ErrorNumber.Protocol);
            return;
        }

        if (!_identifier.TryKeep())
            return;
        var (connected, listener, isConnected) = Begin();
        _identifier.DangerousRelease();
        if (!isConnected)
            return;
        _thread.Post(this);
        connected?.Invoke(0);
        listener?.Deliver(this);
    }

    private (Action<int>? Connected, RsocketListener? Listener, bool IsConnected) Begin()
    {
        _stream.Start(_identifier.Pair!, _peer, _identifier.Pair!.WritableKey, _isPassive);
        lock (_lock)
        {
            if (_state != RsocketState.Connecting)
                return (null, null, false); // Disposed meanwhile.
            LocalEndPoint = _identifier.ReadLocal();
            RemoteEndPoint = _identifier.ReadRemote();
            _thread.Add(_cookie, this);
            _connectedSince = TimeProvider.System.GetTimestamp();
            _state = RsocketState.Connected;
            StartKeepAlive();
            var answer = (_connected, _listener, true);
            (_connected, _listener) = (null, null);
            return answer;
        }
    }

    /// <summary>The connection manager or the device says that it cannot be made.</summary>
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

    private static int ErrorOf(CmEvent* happened) => happened->Status switch
    {
        < 0 and var error => -error,
        _ when happened->Kind == CmEventKind.Unreachable => ErrorNumber.TimedOut,
        _ => ErrorNumber.ConnectionRefused,
    };
}
