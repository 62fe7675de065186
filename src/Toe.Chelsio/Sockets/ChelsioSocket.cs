using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Toe.Linux;

namespace Toe.Chelsio.Sockets;

/// <summary>A kernel socket that the TOE module may take. The stack drives the kernel's socket itself; the data calls here serve those who do not know <see cref="ISocketBacked"/>. Owns the socket.</summary>
internal sealed class ChelsioSocket : IToeAdapterSocket, ISocketBacked
{
    private const int LevelTcp = 6;         // SOL_TCP
    private const int TcpInformation = 11;  // TCP_INFO: of an offloaded socket only the state means something

    private readonly IPEndPoint? _bind;
    private readonly bool _probes;
    private readonly bool _canKeepOff;
    private readonly IPEndPoint _remote;
    private IAdapterSocketEvents? _events;
    private IPEndPoint _local;
    private OffloadConfidence _confidence = OffloadConfidence.Unknown;
    private volatile bool _ended;

    private ChelsioSocket(Socket socket, IPEndPoint local, IPEndPoint remote, ToeSocketOptions socketOptions, ChelsioOptions options)
    {
        Socket = socket;
        SendDeadline = socketOptions.UserTimeout ?? options.SendDeadline;
        _local = local;
        _remote = remote;
        _probes = options.ProbeConnections;
    }

    /// <summary>A socket that is to be connected.</summary>
    public ChelsioSocket(Socket socket, OpenRequest request, IAdapterSocketEvents events, ChelsioOptions options, bool canKeepOff)
        : this(socket, request.Local ?? new IPEndPoint(AnyOf(request.Remote), 0), request.Remote, request.Options, options)
    {
        _bind = request.Local;
        _events = events;
        _canKeepOff = canKeepOff;
    }

    /// <inheritdoc/>
    public Socket Socket { get; }

    /// <inheritdoc/>
    public TimeSpan? SendDeadline { get; }

    /// <inheritdoc/>
    public IPEndPoint LocalEndPoint => Volatile.Read(ref _local);

    /// <inheritdoc/>
    public IPEndPoint RemoteEndPoint => _remote;

    /// <summary>A connection that a listener accepted.</summary>
    public static ChelsioSocket Accepted(Socket socket, ToeSocketOptions socketOptions, ChelsioOptions options)
    {
        var accepted = new ChelsioSocket(socket, (IPEndPoint)socket.LocalEndPoint!, (IPEndPoint)socket.RemoteEndPoint!, socketOptions, options);
        accepted.Probe();
        return accepted;
    }

    /// <summary>Names the receiver of an accepted connection's events.</summary>
    public void Bind(IAdapterSocketEvents events) => Volatile.Write(ref _events, events);

    /// <inheritdoc/>
    public async ValueTask<ConnectResult> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_bind is not null)
                Socket.Bind(_bind);
            await Socket.ConnectAsync(_remote, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _local, (IPEndPoint)Socket.LocalEndPoint!);
            Probe();
            return ConnectResult.Connected;
        }
        catch (SocketException exception) when (IsOfTheCard(exception) && _canKeepOff)
        {
            // EIO is what the module answers for everything that is the card's own: the host stack tries once, on a socket that the module leaves alone.
            return ConnectResult.RefusedBecause(ToeReasons.HealthFailed.With($"the card could not connect: {exception.Message}"));
        }
        catch (SocketException exception)
        {
            return ConnectResult.Answered(exception.SocketErrorCode == SocketError.Success ? SocketError.SocketError : exception.SocketErrorCode);
        }
        catch (ObjectDisposedException)
        {
            return ConnectResult.Answered(SocketError.OperationAborted);
        }
    }

    /// <inheritdoc/>
    public IoStatus TryReceive(Span<byte> buffer, out int bytes)
    {
        bytes = 0;
        try
        {
            if (!Socket.Poll(0, SelectMode.SelectRead))
                return IoStatus.WouldBlock;
            if (buffer.IsEmpty)
                return Socket.Available > 0 ? IoStatus.Done : IoStatus.EndOfStream;
            bytes = Socket.Receive(buffer, SocketFlags.None, out var error);
            return error == SocketError.Success ? bytes == 0 ? IoStatus.EndOfStream : IoStatus.Done : StatusOf(error);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return IoStatus.Failed;
        }
    }

    /// <inheritdoc/>
    public IoStatus TrySend(ReadOnlySpan<byte> buffer, out int bytes)
    {
        bytes = 0;
        try
        {
            if (!Socket.Poll(0, SelectMode.SelectWrite))
                return IoStatus.WouldBlock;
            bytes = Socket.Send(buffer, SocketFlags.None, out var error);
            return error == SocketError.Success ? IoStatus.Done : StatusOf(error);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return IoStatus.Failed;
        }
    }

    /// <inheritdoc/>
    public IoStatus TryCompleteSending()
    {
        try
        {
            Socket.Shutdown(SocketShutdown.Send);
            return IoStatus.Done;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return IoStatus.Failed;
        }
    }

    /// <inheritdoc/>
    public void Arm(Readiness interest)
    {
        if (interest.HasFlag(Readiness.Receive))
            _ = AnnounceAsync(Readiness.Receive, () => Socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None));
        if (interest.HasFlag(Readiness.Send))
            _ = AnnounceAsync(Readiness.Send, () => Socket.SendAsync(ReadOnlyMemory<byte>.Empty, SocketFlags.None));
    }

    /// <inheritdoc/>
    public void Abort()
    {
        _ended = true;
        try
        {
            Socket.LingerState = new LingerOption(enable: true, seconds: 0); // Close then sends RST (RFC 9293 §3.10.5).
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Ended already.
        }

        Socket.Dispose();
    }

    /// <inheritdoc/>
    public AdapterSocketInfo GetInfo() => new(ReadState(), _confidence);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _ended = true;
        Socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private static IPAddress AnyOf(IPEndPoint remote) => remote.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;

    /// <summary>.NET has no name for EIO; refused, unreachable and timed out are the network's and have one.</summary>
    private static bool IsOfTheCard(SocketException exception) => exception.SocketErrorCode == SocketError.SocketError;

    private static IoStatus StatusOf(SocketError error) => error switch
    {
        SocketError.WouldBlock => IoStatus.WouldBlock,
        SocketError.ConnectionReset or SocketError.ConnectionAborted => IoStatus.Reset,
        _ => IoStatus.Failed,
    };

    private void Probe()
    {
        if (_probes)
            _confidence = ConnectionProbe.Ask(Socket);
    }

    private async Task AnnounceAsync(Readiness what, Func<ValueTask<int>> wait)
    {
        try
        {
            await wait().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The data call tells what it was.
        }

        if (!_ended)
            Volatile.Read(ref _events)?.OnReady(what);
    }

    private TcpState ReadState()
    {
        Span<byte> info = stackalloc byte[8];
        try
        {
            return Socket.GetRawSocketOption(LevelTcp, TcpInformation, info) < 1 ? TcpState.Unknown : KernelTcpState.From(info[0]);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return TcpState.Closed;
        }
    }
}
