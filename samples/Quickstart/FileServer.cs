using System.Globalization;
using System.Net;
using System.Text;
using Toe;

namespace Quickstart;

/// <summary>Answers every HTTP request with one file, until it is disposed: a server as an application would write it, without a word about offload.</summary>
internal sealed class FileServer(ToeListener listener, string path) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _accepting = Task.CompletedTask;

    public IPEndPoint EndPoint => listener.LocalEndPoint;

    public void Start() => _accepting = AcceptAsync();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        await listener.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(ToeConnection connection)
    {
        await using var owned = connection;
        var stream = connection.AsStream();
        try
        {
            using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
            while (await reader.ReadLineAsync(_stopping.Token) is { Length: > 0 })
            {
                // The request's head; its content does not matter here.
            }

            await using var file = File.OpenRead(path);
            var head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: {file.Length}\r\nConnection: close\r\n\r\n");
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), _stopping.Token);
            await file.CopyToAsync(stream, 256 * 1024, _stopping.Token);
            await connection.CompleteSendingAsync(_stopping.Token);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or System.Net.Sockets.SocketException)
        {
            // The client, the card or we ourselves ended the transfer; the client's side tells the story.
        }
    }
}
