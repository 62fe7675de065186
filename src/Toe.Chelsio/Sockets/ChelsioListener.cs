using System.Net;
using System.Net.Sockets;

namespace Toe.Chelsio.Sockets;

/// <summary>
/// Listening sockets for the card, one for each of its addresses that the host's listener has too. The kernel gives a SYN to the most exact address, so these get what
/// comes to the card's addresses, and the host's listener the rest. Owns its sockets; accepted ones live on.
/// </summary>
internal sealed class ChelsioListener : IToeAdapterListener
{
    private const int LevelSocket = 1;      // SOL_SOCKET
    private const int ReusePort = 15;       // SO_REUSEPORT: the host's listener has the port already, and allows it

    private readonly List<Socket> _sockets = [];
    private readonly IAdapterListenerEvents _events;
    private readonly ToeSocketOptions _socketOptions;
    private readonly ChelsioOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _closing = new();
    private readonly List<Task> _accepting = [];
    private int _disposed;

    private ChelsioListener(AdapterListenRequest request, IAdapterListenerEvents events, ChelsioOptions options, TimeProvider time)
    {
        LocalEndPoint = request.Local;
        _socketOptions = request.Options;
        _events = events;
        _options = options;
        _time = time;
    }

    /// <inheritdoc/>
    public IPEndPoint LocalEndPoint { get; }

    /// <summary>The endpoints it really listens on.</summary>
    public IEnumerable<IPEndPoint> Bound => _sockets.Select(static socket => (IPEndPoint)socket.LocalEndPoint!);

    /// <summary>Binds and listens; nothing is accepted before <see cref="Start"/>.</summary>
    /// <returns>The listener, or why there is none.</returns>
    public static (ChelsioListener? Listener, ToeReason Refusal, IReadOnlyList<ToeReason> Downgrades) Open(
        AdapterListenRequest request, IEnumerable<IPAddress> addresses, IAdapterListenerEvents events, ChelsioOptions options, TimeProvider time)
    {
        var listener = new ChelsioListener(request, events, options, time);
        var downgrades = new List<ToeReason>();
        try
        {
            foreach (var address in addresses)
            {
                var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                listener._sockets.Add(socket);
                downgrades = SocketOptions.Apply(socket, request.Options, options);
                if (SocketSteering.ToCard(socket, options) is { IsNone: false } refusal)
                {
                    listener.CloseSockets();
                    return (null, refusal, []);
                }

                socket.SetRawSocketOption(LevelSocket, ReusePort, BitConverter.GetBytes(1));
                socket.Bind(new IPEndPoint(address, request.Local.Port));
                socket.Listen(request.Backlog);
            }

            return (listener, ToeReason.None, downgrades);
        }
        catch (SocketException exception)
        {
            listener.CloseSockets();
            return (null, exception.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? ToeReasons.RouteTupleInUse.With(exception.Message)
                : ToeReasons.RouteLocalAddress.With(exception.Message), []);
        }
    }

    /// <summary>Accepts from now on.</summary>
    public void Start()
    {
        foreach (var socket in _sockets)
            _accepting.Add(Task.Run(() => AcceptAsync(socket)));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _closing.CancelAsync().ConfigureAwait(false);
        CloseSockets();
        await Task.WhenAll(_accepting).ConfigureAwait(false);
    }

    private void CloseSockets()
    {
        foreach (var socket in _sockets)
            socket.Dispose();
    }

    private async Task AcceptAsync(Socket socket)
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                var accepted = await socket.AcceptAsync(_closing.Token).ConfigureAwait(false);
                Deliver(accepted);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // One connection's failure, or no descriptors left: the listener goes on, and lets others run first.
                await Task.Delay(TimeSpan.FromMilliseconds(10), _time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Deliver(Socket socket)
    {
        ChelsioSocket accepted;
        try
        {
            accepted = ChelsioSocket.Accepted(socket, _socketOptions, _options);
        }
        catch (SocketException)
        {
            socket.Dispose(); // The peer was gone before its address could be read.
            return;
        }

        _events.OnAccepted(accepted, new IncomingConnection(accepted.LocalEndPoint, accepted.RemoteEndPoint), out var events);
        accepted.Bind(events);
    }
}
