using System.Net;
using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>Listens for rsockets on one address and port. iWARP listens with TCP: a plain listener of the same address and port excludes it. Disposing ends it; accepted sockets live on. Only an asynchronous disposal waits until the port is free.</summary>
public sealed unsafe class RsocketListener : IDisposable, IAsyncDisposable, ICmOwner
{
    private readonly RsocketEngine _engine;
    private readonly IRsocketListenerEvents _events;
    private readonly Lock _announcing = new();
    private RdmaIdentifier _identifier = null!;
    private bool _isClosed;

    private RsocketListener(RsocketEngine engine, RsocketOptions options, IRsocketListenerEvents events) => (_engine, Options, _events) = (engine, options, events);

    /// <summary>Where it listens.</summary>
    public IPEndPoint LocalEndPoint { get; private set; } = new(IPAddress.Any, 0);

    internal RsocketOptions Options { get; }

    /// <summary>Binds and listens.</summary>
    /// <param name="engine">Carries it and its sockets.</param>
    /// <param name="local">The address decides the device: one of its interface's. Port 0 takes any.</param>
    /// <param name="backlog">Peers that may wait to be heard.</param>
    /// <param name="options">What accepted sockets are made with.</param>
    /// <param name="events">Hears of them.</param>
    /// <returns>The listener; EADDRINUSE also where a plain TCP listener has the port; ENODEV or EADDRNOTAVAIL where no device has the address.</returns>
    public static HostAnswer<RsocketListener> Listen(RsocketEngine engine, IPEndPoint local, int backlog, RsocketOptions options, IRsocketListenerEvents events)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(local);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(events);
        var listener = new RsocketListener(engine, options, events);
        var made = engine.Manager.Create(listener);
        if (made.Value is not { } identifier)
            return HostAnswers.Failed<RsocketListener>(made.ErrorNumber, made.Text);
        listener._identifier = identifier;
        var error = listener.Begin(local, backlog);
        if (error == 0)
            return HostAnswers.Found(listener);
        identifier.Dispose();
        return HostAnswers.Failed<RsocketListener>(error, $"an rsocket on {local}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_announcing)
            _isClosed = true;
        _identifier.Dispose();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return new ValueTask(_identifier.Destroyed);
    }

    void ICmOwner.OnEvent(CmEvent* happened)
    {
        if (happened->Kind == CmEventKind.ConnectRequest)
            TakeRequest(happened);
        else if (happened->Kind == CmEventKind.DeviceRemoval)
            Stop(ErrorNumber.NoDevice);
    }

    /// <summary>A socket is connected.</summary>
    internal void Deliver(Rsocket socket)
    {
        IRsocketEvents? events;
        lock (_announcing)
            events = _isClosed ? null : TryAnnounce(socket);
        if (events is null)
            socket.Abort();
        else
            socket.Bind(events); // It may tell at once, and without the lock.
    }

    private int Begin(IPEndPoint local, int backlog)
    {
        var yes = 1;
        if (Options.ReuseAddress)
            _ = RdmaCm.rdma_set_option(_identifier.Pointer, RdmaCm.OptionsOfIdentifier, RdmaCm.ReuseAddress, &yes, sizeof(int));
        if (local.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)
            _ = RdmaCm.rdma_set_option(_identifier.Pointer, RdmaCm.OptionsOfIdentifier, RdmaCm.OnlyThisFamily, &yes, sizeof(int));
        var address = local.Serialize();
        fixed (byte* bytes = address.Buffer.Span)
        {
            if (RdmaCm.rdma_bind_addr(_identifier.Pointer, bytes) != 0)
                return Marshal.GetLastPInvokeError();
        }

        if (_identifier.Pointer->Context is null)
            return ErrorNumber.NoDevice; // Bound to no device: the any-address, or the loopback.
        _identifier.HoldDevice();
        if (RdmaCm.rdma_listen(_identifier.Pointer, backlog) != 0)
            return Marshal.GetLastPInvokeError();
        LocalEndPoint = _identifier.ReadLocal();
        return 0;
    }

    /// <summary>A stranger, and what speaks no rsockets, is turned away before anything is spent on it.</summary>
    private void TakeRequest(CmEvent* happened)
    {
        var data = new ReadOnlySpan<byte>(happened->PrivateData, happened->PrivateData is null ? 0 : happened->PrivateLength);
        var identifier = happened->Identifier;
        var (local, remote) = (RdmaIdentifier.ReadLocal(identifier), RdmaIdentifier.ReadRemote(identifier));
        var isAdmitted = RsocketGreeting.TryParse(data, out var peer);
        lock (_announcing)
        {
            if (isAdmitted)
                isAdmitted = !_isClosed && TryAsk(local, remote);
        }

        if (isAdmitted)
            Rsocket.Accept(_engine, this, happened, peer);
        else
            _engine.Manager.Refuse(identifier);
    }

    private void Stop(int error)
    {
        lock (_announcing)
        {
            if (_isClosed)
                return;
            _isClosed = true;
        }

        _identifier.Dispose();
        _events.OnStopped(error); // What it throws stays on the connection manager's thread, which goes on.
    }

    private bool TryAsk(IPEndPoint local, IPEndPoint remote)
    {
        try
        {
            return _events.Admit(local, remote);
        }
        catch (Exception)
        {
            return false; // The thread serves other listeners.
        }
    }

    private IRsocketEvents? TryAnnounce(Rsocket socket)
    {
        try
        {
            return _events.OnAccepted(socket);
        }
        catch (Exception)
        {
            return null;
        }
    }
}
