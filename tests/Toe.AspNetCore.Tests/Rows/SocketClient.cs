using System.Net.Sockets;

namespace Toe.AspNetCore.Tests.Rows;

/// <summary>A client on the kernel.</summary>
internal sealed class SocketClient(Socket socket) : ClientConnection
{
    public override Stream Stream { get; } = new NetworkStream(socket, ownsSocket: true);

    public override Task FinishAsync()
    {
        socket.Shutdown(SocketShutdown.Send);
        return Task.CompletedTask;
    }

    public override void Reset()
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
    }
}
