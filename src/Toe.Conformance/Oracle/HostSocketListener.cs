using System.Net;
using System.Net.Sockets;

namespace Toe.Conformance;

/// <summary>A listening host socket.</summary>
internal sealed class HostSocketListener : IToeAdapterListener
{
    private readonly Socket _socket;
    private readonly IAdapterListenerEvents _events;
    private readonly SocketWatch _watch;
    private readonly bool _isNoDelay;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _accepting;
    private int _isDisposed;

    public HostSocketListener(Socket socket, bool isNoDelay, IAdapterListenerEvents events, SocketWatch watch)
    {
        (_socket, _isNoDelay, _events, _watch) = (socket, isNoDelay, events, watch);
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
        _accepting = AcceptAsync();
    }

    public IPEndPoint LocalEndPoint { get; }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        await _closing.CancelAsync();
        await _accepting;
        _socket.Dispose();
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var accepted = await _socket.AcceptAsync(_closing.Token);
                accepted.NoDelay = _isNoDelay;
                var socket = new HostSocket(accepted, (IPEndPoint)accepted.RemoteEndPoint!, events: null, _watch);
                _events.OnAccepted(socket, new IncomingConnection(socket.LocalEndPoint, socket.RemoteEndPoint), out var events);
                socket.Install(events);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // Disposed.
        }
    }
}
