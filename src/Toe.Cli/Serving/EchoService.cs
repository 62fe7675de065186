namespace Toe.Cli.Serving;

/// <summary>Sends back what comes.</summary>
internal sealed class EchoService : IService
{
    public async Task ServeAsync(ToeConnection connection, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        while (await connection.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var received)
            await connection.SendAsync(buffer.AsMemory(0, received), cancellationToken).ConfigureAwait(false);
    }
}
