using System.Net;
using System.Net.Sockets;
using Toe.Connecting;
using Toe.Hosting;
using Toe.Policy;
using Toe.Telemetry;

namespace Toe.Listening;

/// <summary>The host's listening socket. Bound before any adapter is asked, so that all take the same port.</summary>
internal sealed class HostListener : IAsyncDisposable
{
    private const int LevelSocket = 1;      // SOL_SOCKET, asm-generic/socket.h
    private const int ReusePort = 15;       // SO_REUSEPORT

    private readonly StackContext _context;
    private readonly ToeListenRequest _request;
    private readonly Socket _socket;
    private Task? _accepting;

    private HostListener(StackContext context, ToeListenRequest request, Socket socket, ToeReason uncontrolled)
    {
        _context = context;
        _request = request;
        _socket = socket;
        Uncontrolled = uncontrolled;
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    public IPEndPoint LocalEndPoint { get; }

    /// <summary>Why the kernel may offload what the host accepts; <see cref="ToeReason.None"/> when it does not.</summary>
    public ToeReason Uncontrolled { get; }

    /// <summary>Binds, and listens unless only adapters may accept: then the port is only kept, and the host answers RST.</summary>
    public static HostListener Bind(StackContext context, ToeListenRequest request, PolicyDecision policy)
    {
        var socket = new Socket(request.Local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            var uncontrolled = HostSockets.KeepOff(socket, context.Supervisor.Adapters);
            if (!uncontrolled.IsNone && policy.Mode == ToeMode.Forbid)
                throw new ToeOffloadRequiredException(context.Traces.Share(new Decision(policy).Nowhere(uncontrolled)));
            socket.Bind(request.Local);
            if (policy.Mode != ToeMode.Require)
                socket.Listen(request.Backlog);
            AllowKernelManaged(context, socket);
            return new HostListener(context, request, socket, uncontrolled);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Accepts from now on. One caller at a time; again does nothing.</summary>
    public void Start(Func<Socket, List<ToeReason>, Task> accepted, CancellationToken cancellationToken)
    {
        if (_accepting is not null || cancellationToken.IsCancellationRequested)
            return;
        _socket.Listen(_request.Backlog);
        _accepting = Task.Run(() => AcceptAsync(accepted, cancellationToken), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        if (_accepting is not null)
            await _accepting.ConfigureAwait(false);
    }

    /// <summary>
    /// A listener for a kernel module's card is a socket of its own on the same port. Set after the port is bound: until then somebody else's listener on it is found,
    /// and from then on only those who ask for it, as our adapters do, may share it.
    /// </summary>
    private static void AllowKernelManaged(StackContext context, Socket socket)
    {
        if (OperatingSystem.IsLinux() && context.Supervisor.Adapters.Any(static adapter =>
            adapter.View.Status.Capabilities is { Model: OffloadModel.KernelManaged } capabilities && capabilities.Has(AdapterFeatures.PassiveOpen)))
            socket.SetRawSocketOption(LevelSocket, ReusePort, BitConverter.GetBytes(1));
    }

    private List<ToeReason> Configure(Socket socket)
    {
        var downgrades = new List<ToeReason>();
        try
        {
            HostSockets.Apply(socket, _request.Options, downgrades);
            return downgrades;
        }
        catch
        {
            socket.Dispose(); // The peer was gone before its options could be set.
            throw;
        }
    }

    private async Task AcceptAsync(Func<Socket, List<ToeReason>, Task> accepted, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var socket = await _socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
                await accepted(socket, Configure(socket)).ConfigureAwait(false);
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                return; // Closed: whatever it was, it was that.
            }
            catch (Exception exception)
            {
                // One connection's failure, or no descriptors left: the listener goes on, and lets others run first.
                StackLog.AcceptFailed(_context.Logger, LocalEndPoint, exception);
                await Task.Delay(TimeSpan.FromMilliseconds(10), _context.Time, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
