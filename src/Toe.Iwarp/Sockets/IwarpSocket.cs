using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Toe.Linux;

namespace Toe.Iwarp.Sockets;

/// <summary>One connection by rsockets. Owns its rsocket.</summary>
internal sealed class IwarpSocket : IToeAdapterSocket, IRsocketEvents
{
    private readonly Rsocket _socket;
    private readonly IPEndPoint? _bind;
    private IAdapterSocketEvents? _events;
    private IPEndPoint _local;

    private IwarpSocket(Rsocket socket, IPEndPoint local, IPEndPoint remote, IPEndPoint? bind, IAdapterSocketEvents? events)
    {
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
    public static OpenResult Open(RsocketEngine engine, OpenRequest request, IAdapterSocketEvents events)
    {
        var options = IwarpSocketOptions.Of(request.Options);
        var made = Rsocket.Create(engine, options.Options);
        if (made.Value is not { } socket)
            return OpenResult.Refused(IwarpErrors.ReasonOf(made.ErrorNumber, made.Reason));
        var any = request.Remote.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;
        return OpenResult.Opened(new IwarpSocket(socket, request.Local ?? new IPEndPoint(any, 0), request.Remote, request.Local, events), options.Downgrades);
    }

    /// <summary>A connection that a listener accepted.</summary>
    public static IwarpSocket Accepted(Rsocket socket) => new(socket, socket.LocalEndPoint, socket.RemoteEndPoint, bind: null, events: null);

    /// <summary>Names the receiver of an accepted connection's events, before there are any.</summary>
    public void Hear(IAdapterSocketEvents events) => Volatile.Write(ref _events, events);

    /// <inheritdoc/>
    public async ValueTask<ConnectResult> ConnectAsync(CancellationToken cancellationToken)
    {
        var connected = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _socket.Connect(_bind, RemoteEndPoint, connected.SetResult); // It goes on alone when it is cancelled, until it is disposed.
        var error = await connected.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (error != 0)
            return IwarpErrors.OfConnect(error, new LinuxException($"rsocket to {RemoteEndPoint}", error).Message);
        Volatile.Write(ref _local, _socket.LocalEndPoint);
        _socket.Bind(this);
        return ConnectResult.Connected;
    }

    /// <inheritdoc/>
    public IoStatus TryReceive(Span<byte> buffer, out int bytes) => _socket.Receive(buffer, out bytes);

    /// <inheritdoc/>
    public IoStatus TrySend(ReadOnlySpan<byte> buffer, out int bytes) => _socket.Send(buffer, out bytes);

    /// <inheritdoc/>
    public IoStatus TryCompleteSending() => _socket.EndSending();

    /// <inheritdoc/>
    public void Arm(Readiness interest) => _socket.Arm(interest);

    /// <inheritdoc/>
    public void Abort() => _socket.Abort();

    /// <inheritdoc/>
    public AdapterSocketInfo GetInfo() => new(TcpState.Unknown, OffloadConfidence.Confirmed) { Memory = _socket.PinnedBytes };

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void OnReady(Readiness what) => Volatile.Read(ref _events)!.OnReady(what);

    /// <inheritdoc/>
    public void OnOver(int errorNumber)
    {
        var (error, reason) = IwarpErrors.OfLoss(errorNumber);
        Volatile.Read(ref _events)!.OnClosed(error, reason);
    }
}
