namespace Toe;

/// <summary>Lets <see cref="HttpClient"/> connect through a stack.</summary>
public static class ToeHttp
{
    /// <summary>A connect callback for <see cref="SocketsHttpHandler.ConnectCallback"/>. TLS, if any, runs above the connection.</summary>
    /// <param name="stack">The stack; not disposed by the handler.</param>
    /// <param name="mode">The mode of its connections; null leaves it to the policy.</param>
    public static Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> ConnectCallback(IToeStack stack, ToeMode? mode = null)
    {
        ArgumentNullException.ThrowIfNull(stack);
        return async (context, cancellationToken) =>
        {
            var connection = await stack.ConnectAsync(new ToeConnectRequest(context.DnsEndPoint) { Mode = mode }, cancellationToken).ConfigureAwait(false);
            return connection.AsStream();
        };
    }
}
