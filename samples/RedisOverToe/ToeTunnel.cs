using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;
using Toe;

namespace RedisOverToe;

/// <summary>All that StackExchange.Redis needs to connect through a stack. TLS, if the options ask for it, runs above.</summary>
internal sealed class ToeTunnel(IToeStack stack) : Tunnel
{
    /// <summary>No endpoint: the client makes no socket of its own.</summary>
    public override ValueTask<EndPoint?> GetSocketConnectEndpointAsync(EndPoint endpoint, CancellationToken cancellationToken) => default;

    public override async ValueTask<Stream?> BeforeAuthenticateAsync(EndPoint endpoint, ConnectionType connectionType, Socket? socket, CancellationToken cancellationToken) =>
        (await stack.ConnectAsync(new ToeConnectRequest(endpoint), cancellationToken)).AsStream();
}
