using System.Net;
using System.Net.Sockets;

namespace Toe.Core.Tests.Scripted;

/// <summary>A server of the host, at the loopback address, whose kernel answers no more: its backlog is full, and the next connect waits.</summary>
internal sealed class BusyServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _waiting = [];

    private BusyServer()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(0);
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<BusyServer> StartAsync()
    {
        var server = new BusyServer();
        while (true)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            server._waiting.Add(socket);
            var connecting = socket.ConnectAsync(server.EndPoint, Token).AsTask();
            if (await Task.WhenAny(connecting, Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Token)) != connecting)
            {
                _ = connecting.ContinueWith(static task => task.Exception, TaskScheduler.Default);
                return server;
            }

            await connecting;
        }
    }

    public void Dispose()
    {
        foreach (var socket in _waiting)
            socket.Dispose();
        _listener.Dispose();
    }
}
