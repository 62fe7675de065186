using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Toe.Diagnostics;

/// <summary>Whoever asks over the endpoint: one line comes in, and the answer must be taken in time.</summary>
internal sealed class DiagnosticAsker(Socket socket) : IDisposable
{
    private const int MaxLine = 256;
    private const int MaxDiscarded = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public PeerCredentials Who { get; } = PeerCredentials.Of(socket);

    /// <summary>Reads the question.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>It, and whether its end was there: what may be half of something else must change nothing.</returns>
    public async Task<(string Question, bool IsWhole)> ReadAsync(CancellationToken cancellationToken)
    {
        using var patience = Limit(Patience, cancellationToken);
        var line = new byte[MaxLine];
        var length = 0;
        while (length < MaxLine && !line.AsSpan(0, length).Contains((byte)'\n'))
        {
            var received = await socket.ReceiveAsync(line.AsMemory(length), patience.Token).ConfigureAwait(false);
            if (received == 0)
                break;
            length += received;
        }

        var end = line.AsSpan(0, length).IndexOf((byte)'\n');
        if (end < 0)
            await DiscardAsync(patience.Token).ConfigureAwait(false);
        return (Encoding.UTF8.GetString(line, 0, end < 0 ? length : end).Trim(), end >= 0);
    }

    public Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => WriteAsync(bytes, Patience, cancellationToken);

    /// <summary>Writes, and does not wait for ever.</summary>
    /// <exception cref="OperationCanceledException">The asker took it too slowly.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var patience = Limit(limit, cancellationToken);
        await socket.SendAsync(bytes, patience.Token).ConfigureAwait(false);
    }

    public Task WriteLineAsync<T>(T line, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(line, type), (byte)'\n'], cancellationToken);

    /// <summary>Completes when the asker closes its side, says something more, or is gone: all of them end what it asked for.</summary>
    public async Task LeavesAsync(CancellationToken cancellationToken)
    {
        try
        {
            await socket.ReceiveAsync(new byte[1], cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Gone, or nobody waits for it any more.
        }
    }

    /// <summary>That was the whole answer.</summary>
    public void Complete() => socket.Shutdown(SocketShutdown.Send);

    public void Dispose() => socket.Dispose();

    /// <summary>What is left unread when a socket closes costs the asker the answer.</summary>
    private async Task DiscardAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxLine];
        for (var discarded = 0; discarded < MaxDiscarded && socket.Available > 0;)
            discarded += await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    private static CancellationTokenSource Limit(TimeSpan limit, CancellationToken cancellationToken)
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(limit);
        return patience;
    }
}
