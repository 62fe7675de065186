using System.Globalization;
using System.Text;

namespace Toe.Core.Tests.Http;

/// <summary>An HTTP/1.1 server over a listener of the stack: echoes the body of a request, behind as many connections as come.</summary>
internal sealed class SmallHttpServer : IAsyncDisposable
{
    private readonly ToeListener _listener;
    private readonly Func<Stream, Task<Stream>>? _secure;
    private readonly Task _serving;
    private int _connections;

    public SmallHttpServer(ToeListener listener, Func<Stream, Task<Stream>>? secure = null)
    {
        _listener = listener;
        _secure = secure;
        _serving = Task.Run(ServeAsync);
    }

    public int Port => _listener.LocalEndPoint.Port;

    /// <summary>How many connections were accepted.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Where the accepted connections ran.</summary>
    public string? LastAdapter { get; private set; }

    /// <summary>Answers promise this many bytes more than they have, and end.</summary>
    public int Missing { get; set; }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _serving;
    }

    private async Task ServeAsync()
    {
        var served = new List<(ToeConnection Connection, Task Serving)>();
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptAsync();
                Interlocked.Increment(ref _connections);
                LastAdapter = connection.Placement.AdapterId;
                served.Add((connection, ServeAsync(connection)));
            }
        }
        catch (ObjectDisposedException)
        {
            served.ForEach(static one => one.Connection.Abort()); // Clients may keep them alive for longer than a test.
            await Task.WhenAll(served.Select(static one => one.Serving));
        }
    }

    private async Task ServeAsync(ToeConnection connection)
    {
        try
        {
            await using (connection)
            {
                var plain = connection.AsStream();
                await using var stream = _secure is null ? plain : await _secure(plain);
                while (await ReadRequestAsync(stream) is { } body)
                {
                    var head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length + Missing}\r\n\r\n");
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
                    await stream.WriteAsync(body);
                    if (Missing > 0)
                        return;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The client or the stack is gone.
        }
    }

    private static async Task<byte[]?> ReadRequestAsync(Stream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await stream.ReadAsync(one) == 0)
                return null;
            head.Add(one[0]);
        }

        var length = Encoding.ASCII.GetString([.. head]).Split("\r\n")
            .Where(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            .Select(line => int.Parse(line[15..], CultureInfo.InvariantCulture)).FirstOrDefault();
        var body = new byte[length];
        await stream.ReadExactlyAsync(body);
        return body;
    }
}
