using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Toe.Linux;

namespace Toe.Iwarp.Sockets;

/// <summary>One connection by rsockets. Owns its rsocket and its place in the poller.</summary>
internal sealed class IwarpSocket : IToeAdapterSocket, IRsocketEvents
{
    private readonly Rsocket _socket;
    private readonly RsocketPoller _poller;
    private readonly IPEndPoint? _bind;
    private readonly Lock _closing = new();
    private RsocketRegistration? _registration; // once connected
    private IAdapterSocketEvents? _events;
    private IPEndPoint _local;
    private bool _isClosed;
    private int _hasClosed;
    private int _earlyReady;

    private IwarpSocket(RsocketPoller poller, Rsocket socket, IPEndPoint local, IPEndPoint remote, IPEndPoint? bind, IAdapterSocketEvents? events)
    {
        _poller = poller;
        _socket = socket;
        _local = local;
        RemoteEndPoint = remote;
        _bind = bind;
        _events = events;
    }

    /// <inheritdoc/>
    public IPEndPoint LocalEndPoint => Volatile.Read(ref _local);

    /// <inheritdoc/>
    public IPEndPoint RemoteEndPoint { get; }

    /// <summary>Makes a socket that is to be connected.</summary>
    public static OpenResult Open(RsocketPoller poller, OpenRequest request, IAdapterSocketEvents events)
    {
        var options = IwarpSocketOptions.Of(request.Options, request.Remote.AddressFamily);
        var opened = Rsocket.Open(request.Remote.AddressFamily, options.Options);
        if (opened.Value is not { } socket)
            return OpenResult.Refused(IwarpErrors.ReasonOf(opened.ErrorNumber, opened.Reason));
        var any = request.Remote.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;
        var local = request.Local ?? new IPEndPoint(any, 0);
        return OpenResult.Opened(new IwarpSocket(poller, socket, local, request.Remote, request.Local, events), options.Downgrades);
    }

    /// <summary>A connection that a listener accepted.</summary>
    public static IwarpSocket Accepted(RsocketPoller poller, Rsocket socket)
    {
        var accepted = new IwarpSocket(poller, socket, socket.LocalEndPoint, socket.RemoteEndPoint, bind: null, events: null);
        accepted.Register();
        return accepted;
    }

    /// <summary>Names the receiver of an accepted connection's events.</summary>
    public void Bind(IAdapterSocketEvents events)
    {
        Volatile.Write(ref _events, events);
        if ((Readiness)Interlocked.Exchange(ref _earlyReady, 0) is not Readiness.None and var early)
            events.OnReady(early);
    }

    /// <inheritdoc/>
    public async ValueTask<ConnectResult> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            var error = _bind is null ? 0 : _socket.Bind(_bind);
            if (error == 0)
            {
                var connected = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
                _socket.Connect(RemoteEndPoint, connected.SetResult); // It goes on alone when it is cancelled: the socket lives until it is done.
                error = await connected.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            if (error != 0)
                return IwarpErrors.OfConnect(error, new LinuxException($"rsocket to {RemoteEndPoint}", error).Message);
            Volatile.Write(ref _local, _socket.LocalEndPoint);
            return Register() ? ConnectResult.Connected : ConnectResult.Answered(SocketError.OperationAborted);
        }
        catch (ObjectDisposedException)
        {
            return ConnectResult.Answered(SocketError.OperationAborted);
        }
    }

    /// <inheritdoc/>
    public IoStatus TryReceive(Span<byte> buffer, out int bytes)
    {
        try
        {
            return Told(_socket.Receive(buffer, out bytes));
        }
        catch (ObjectDisposedException)
        {
            bytes = 0;
            return IoStatus.Failed;
        }
    }

    /// <inheritdoc/>
    public IoStatus TrySend(ReadOnlySpan<byte> buffer, out int bytes)
    {
        try
        {
            return Told(_socket.Send(buffer, out bytes));
        }
        catch (ObjectDisposedException)
        {
            bytes = 0;
            return IoStatus.Failed;
        }
    }

    /// <inheritdoc/>
    public IoStatus TryCompleteSending()
    {
        _registration?.ShutdownSend(); // In the background: the library waits until the device has sent everything.
        return IoStatus.Done;
    }

    /// <inheritdoc/>
    public void Arm(Readiness interest) => _registration?.Arm(interest);

    /// <inheritdoc/>
    public void Abort() => Close();

    /// <inheritdoc/>
    public AdapterSocketInfo GetInfo() => new(TcpState.Unknown, OffloadConfidence.Confirmed) { Memory = RdmaLibrary.PinnedByConnection };

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void OnReady(Readiness what, bool hasFailed)
    {
        if (Volatile.Read(ref _events) is { } events)
            events.OnReady(what);
        else
            Interlocked.Or(ref _earlyReady, (int)what);
    }

    private bool Register()
    {
        lock (_closing)
        {
            if (!_isClosed)
                _registration = _poller.Register(_socket, this);
            return !_isClosed;
        }
    }

    private void Close()
    {
        lock (_closing)
            _isClosed = true;
        _registration?.Dispose();
        _socket.Dispose();
    }

    /// <summary>A connection that failed in the device says so before the call that found it returns.</summary>
    private IoStatus Told(IoStatus status)
    {
        if (status == IoStatus.Failed && Interlocked.Exchange(ref _hasClosed, 1) == 0)
            Volatile.Read(ref _events)?.OnClosed(SocketError.ConnectionReset, ToeReason.None);
        return status;
    }
}
