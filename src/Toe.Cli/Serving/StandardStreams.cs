namespace Toe.Cli.Serving;

/// <summary>Connects standard input and output to a connection.</summary>
internal static class StandardStreams
{
    private const int BufferSize = 64 * 1024;

    /// <summary>Ends when the peer has sent its FIN and all of it is written; the end of standard input sends ours.</summary>
    public static async Task PumpAsync(ToeConnection connection, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = SendAsync(connection, stopping.Token);
        await ReceiveAsync(connection, cancellationToken).ConfigureAwait(false);
        await stopping.CancelAsync().ConfigureAwait(false);
        _ = sending; // A read of standard input cannot always be cancelled; the process ends behind us.
    }

    private static async Task ReceiveAsync(ToeConnection connection, CancellationToken cancellationToken)
    {
        var output = Console.OpenStandardOutput();
        await using (output.ConfigureAwait(false))
        {
            var buffer = new byte[BufferSize];
            while (await connection.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var received)
            {
                await output.WriteAsync(buffer.AsMemory(0, received), cancellationToken).ConfigureAwait(false);
                await output.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task SendAsync(ToeConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            var input = Console.OpenStandardInput();
            await using (input.ConfigureAwait(false))
            {
                var buffer = new byte[BufferSize];
                while (await input.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
                    await connection.SendAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                await connection.CompleteSendingAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The receiving side reports how the connection ended.
        }
    }
}
