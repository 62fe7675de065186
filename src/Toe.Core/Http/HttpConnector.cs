namespace Toe.Http;

/// <summary>Connects what an HTTP handler wants connected: to the server, or to the proxy before it.</summary>
internal sealed class HttpConnector(IToeStack stack, ToeMode? mode)
{
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var request = new ToeConnectRequest(context.DnsEndPoint) { Mode = mode };
        return (await stack.ConnectAsync(request, cancellationToken).ConfigureAwait(false)).AsStream();
    }
}
