using System.Net;
using System.Net.Sockets;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Modelling;

/// <summary>Says back what it hears, and ends when the other side does: over a scripted wire or a host socket.</summary>
internal static class EchoPeer
{
    public static async Task RunAsync(ScriptedPeer peer)
    {
        try
        {
            while (await peer.ReceiveAsync() is { Length: > 0 } heard)
                await peer.SendAsync(heard);
            peer.Finish();
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // A connection that its card dropped in silence.
        }
    }

    public static async Task RunAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                var buffer = new byte[8192];
                while (await socket.ReceiveAsync(buffer) is > 0 and var heard)
                {
                    for (var said = 0; said < heard;)
                        said += await socket.SendAsync(buffer.AsMemory(said, heard - said));
                }
            }
            catch (SocketException)
            {
                // Reset.
            }
        }
    }

    public static async Task ServeAsync(TcpListener server)
    {
        try
        {
            while (true)
                _ = RunAsync(await server.AcceptSocketAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    /// <summary>A peer that connects, and echoes.</summary>
    public static async Task ConnectAsync(IPEndPoint remote)
    {
        var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(remote);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return;
        }

        await RunAsync(socket);
    }
}
