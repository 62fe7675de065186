using System.Net;
using System.Net.Sockets;

namespace Toe.Conformance;

/// <summary>
/// Lends this machine's sockets to a kit that runs on another one, as the peer of the adapter that is tried there. Whoever reaches the control endpoint can open connections from here: bind it to a
/// network that is trusted.
/// </summary>
public sealed class RemotePeerServer : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly IConformancePeer _peer;
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Begins to listen for kits.</summary>
    /// <param name="control">Where.</param>
    /// <param name="peer">Whose sockets are lent. Owned by the caller.</param>
    /// <exception cref="SocketException">It cannot be listened there.</exception>
    public RemotePeerServer(IPEndPoint control, IConformancePeer peer)
    {
        ArgumentNullException.ThrowIfNull(control);
        _peer = peer;
        _listener = new Socket(control.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _listener.Bind(control);
            _listener.Listen();
        }
        catch
        {
            _listener.Dispose();
            throw;
        }
    }

    /// <summary>Where kits connect.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Serves kits, several at once, until it is stopped. What a kit leaves open when it goes is closed.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        var sessions = new List<Task>();
        while (await AcceptAsync(stopping.Token) is { } socket)
        {
            socket.NoDelay = true;
            sessions.RemoveAll(static session => session.IsCompleted);
            sessions.Add(RemotePeerSession.RunAsync(new RemoteWire(socket), _peer, stopping.Token));
        }

        await Task.WhenAll(sessions);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
    }

    /// <summary>The next kit; null when it is stopped. No descriptors left, or a kit that went again, is no end.</summary>
    private async Task<Socket?> AcceptAsync(CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                return await _listener.AcceptAsync(stopping);
            }
            catch (SocketException) when (!stopping.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return null;
            }
        }
    }
}
