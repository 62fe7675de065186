using System.Net;
using System.Net.Sockets;

namespace Toe.Conformance;

/// <summary>A kernel's listener.</summary>
internal sealed class SocketPeerListener(Socket socket) : IPeerListener
{
    public IPEndPoint EndPoint => (IPEndPoint)socket.LocalEndPoint!;

    public bool IsPending => socket.Poll(0, SelectMode.SelectRead);

    public async ValueTask<IPeerConnection> AcceptAsync(CancellationToken cancellationToken) =>
        new SocketPeerConnection(await socket.AcceptAsync(cancellationToken));

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
