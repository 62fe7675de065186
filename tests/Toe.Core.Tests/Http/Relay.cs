using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Toe.Core.Tests.Http;

/// <summary>Stands between clients on the stack and servers of the host: one server where it is told which, else, as an HTTP proxy does, those that the clients name.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly ToeListener _listener;
    private readonly IPEndPoint? _server;
    private readonly Task _serving;
    private readonly List<string> _asked = [];

    public Relay(ToeListener listener, IPEndPoint? server = null)
    {
        _listener = listener;
        _server = server;
        _serving = Task.Run(ServeAsync);
    }

    public int Port => _listener.LocalEndPoint.Port;

    /// <summary>The first line of each connection, where it is a proxy's.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_asked)
                return [.. _asked];
        }
    }

    /// <summary>Where the accepted connections ran.</summary>
    public string? LastAdapter { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _serving;
    }

    private async Task ServeAsync()
    {
        var served = new List<Task>();
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptAsync();
                LastAdapter = connection.Placement.AdapterId;
                served.Add(ServeAsync(connection));
            }
        }
        catch (ObjectDisposedException)
        {
            await Task.WhenAll(served);
        }
    }

    private async Task ServeAsync(ToeConnection connection)
    {
        try
        {
            await using var client = connection.AsStream();
            using var socket = new TcpClient();
            if (_server is not null)
                await socket.ConnectAsync(_server);
            else
                await ConnectAsAskedAsync(client, socket);
            await PumpAsync(client, socket);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            // One of the two sides is gone.
        }
    }

    private async Task ConnectAsAskedAsync(Stream client, TcpClient socket)
    {
        var head = await ReadHeadAsync(client);
        var line = head[..head.IndexOf('\r', StringComparison.Ordinal)];
        lock (_asked)
            _asked.Add(line);
        var words = line.Split(' ');
        if (words[0] == "CONNECT")
        {
            var target = words[1].Split(':');
            await socket.ConnectAsync(target[0], int.Parse(target[1], CultureInfo.InvariantCulture));
            await client.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray());
            return;
        }

        var address = new Uri(words[1]); // A server takes the whole address as well (RFC 9112 §3.2.2).
        await socket.ConnectAsync(address.Host, address.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
    }

    /// <summary>Both ways, until either side ends.</summary>
    private static async Task PumpAsync(Stream client, TcpClient socket)
    {
        using var end = new CancellationTokenSource();
        var server = socket.GetStream();
        var (up, down) = (client.CopyToAsync(server, end.Token), server.CopyToAsync(client, end.Token));
        await Task.WhenAny(up, down);
        await end.CancelAsync();
        await Task.WhenAll(up, down).ContinueWith(static pumped => pumped.Exception, TaskScheduler.Default);
    }

    private static async Task<string> ReadHeadAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one);
            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
