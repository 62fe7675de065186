namespace Toe.Cli.Serving;

/// <summary>Sends a number of bytes (a counting pattern) and closes.</summary>
internal sealed class SourceService(long bytes) : IService
{
    public async Task ServeAsync(ToeConnection connection, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        for (var i = 0; i < buffer.Length; i++)
            buffer[i] = (byte)i;
        for (var left = bytes; left > 0;)
        {
            var next = (int)Math.Min(left, buffer.Length);
            await connection.SendAsync(buffer.AsMemory(0, next), cancellationToken).ConfigureAwait(false);
            left -= next;
        }

        await connection.CompleteSendingAsync(cancellationToken).ConfigureAwait(false);
        while (await connection.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false) > 0)
        {
            // Unread data at the end would turn our FIN into RST.
        }
    }
}
