using Toe.Http;

namespace Toe;

/// <summary>Lets <see cref="HttpClient"/> connect through a stack.</summary>
public static class ToeSocketsHttpHandlerExtensions
{
    /// <summary>Makes the handler connect through a stack: HTTP/1.1 and HTTP/2, to servers and to proxies. TLS runs above the connection, and the handler's pool, time-outs and proxy
    /// work as before.</summary>
    /// <param name="handler">The handler, before its first request.</param>
    /// <param name="stack">The stack. The caller disposes it, after the handler.</param>
    /// <param name="mode">The mode of the handler's connections; null, the default, leaves it to the policy.</param>
    /// <returns>The same handler.</returns>
    /// <exception cref="InvalidOperationException">The handler has a connect callback of somebody else's, or has sent a request. Used again, this method changes stack and mode.</exception>
    /// <remarks>Requests fail as on host sockets: <see cref="HttpRequestException"/> around the <see cref="System.Net.Sockets.SocketException"/>, or around a
    /// <see cref="ToeOffloadRequiredException"/> where the mode requires an adapter. HTTP/3 does not run over TCP and stays with the host.</remarks>
    public static SocketsHttpHandler UseToe(this SocketsHttpHandler handler, IToeStack stack, ToeMode? mode = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(stack);
        if (handler.ConnectCallback is { Target: not HttpConnector })
            throw new InvalidOperationException("The handler has a ConnectCallback already; connect through the stack in there, or take it away.");
        handler.ConnectCallback = new HttpConnector(stack, mode).ConnectAsync;
        return handler;
    }
}
