namespace Toe.Cli.Serving;

/// <summary>Reads and forgets.</summary>
internal sealed class DiscardService : IService
{
    public async Task ServeAsync(ToeConnection connection, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        while (await connection.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false) > 0)
        {
        }
    }
}
