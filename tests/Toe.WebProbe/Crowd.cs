using System.Text;

namespace Toe.WebProbe;

/// <summary>Many clients of a site: most keep an idle connection, some never finish their request, some never read their answer.</summary>
/// <param name="connect">Opens a connection to the site.</param>
public sealed class Crowd(Func<CancellationToken, Task<Stream>> connect) : IAsyncDisposable
{
    private const int AtOnce = 64;
    private static readonly byte[] Whole = Encoding.ASCII.GetBytes("GET /bytes?size=1 HTTP/1.1\r\nHost: site\r\n\r\n");
    private static readonly byte[] Unfinished = Whole[..^4];
    private static readonly byte[] ForMuch = Encoding.ASCII.GetBytes("GET /bytes?size=20000000 HTTP/1.1\r\nHost: site\r\n\r\n");

    private readonly List<Stream> _idle = [];
    private readonly List<Stream> _others = [];

    /// <summary>Connects so many of each.</summary>
    /// <param name="idle">Connections that are served once, and kept.</param>
    /// <param name="unfinished">Connections that send a part of their request's head.</param>
    /// <param name="unread">Connections that ask for 20 MB and read nothing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ComeAsync(int idle, int unfinished, int unread, CancellationToken cancellationToken)
    {
        await OpenAsync(idle, _idle, stream => AskAsync(stream, cancellationToken), cancellationToken);
        await OpenAsync(unfinished, _others, stream => stream.WriteAsync(Unfinished, cancellationToken).AsTask(), cancellationToken);
        await OpenAsync(unread, _others, stream => stream.WriteAsync(ForMuch, cancellationToken).AsTask(), cancellationToken);
    }

    /// <summary>Is served once more on each idle connection.</summary>
    public Task AskAgainAsync(CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(_idle, Options(cancellationToken), async (stream, _) => await AskAsync(stream, cancellationToken));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var stream in _idle.Concat(_others))
            await stream.DisposeAsync();
    }

    private static async Task AskAsync(Stream stream, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Whole, cancellationToken);
        var answer = new byte[1024];
        var length = 0;
        do
        {
            var received = await stream.ReadAsync(answer.AsMemory(length), cancellationToken);
            if (received == 0)
                throw new EndOfStreamException("The site closed a connection that was idle.");
            length += received;
        }
        while (answer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) is not (>= 0 and var end) || length < end + 5);
    }

    private static ParallelOptions Options(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };

    private async Task OpenAsync(int count, List<Stream> list, Func<Stream, Task> begin, CancellationToken cancellationToken) =>
        await Parallel.ForAsync(0, count, Options(cancellationToken), async (_, token) =>
        {
            var stream = await connect(token);
            lock (list)
                list.Add(stream);
            await begin(stream);
        });
}
