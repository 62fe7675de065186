using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Toe.AspNetCore.Transport;

/// <summary>Kestrel asks the transport that was registered last first: its own, registered after ours, would take every endpoint in silence.</summary>
internal sealed class RegistrationOrderCheck(IEnumerable<IConnectionListenerFactory> transports) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next)
    {
        if (transports.SkipWhile(static transport => transport is not ToeTransportFactory).Any(static transport => transport is SocketTransportFactory))
            throw new InvalidOperationException("UseToe() was called before Kestrel was chosen, so Kestrel's own transport would serve every endpoint. Call it after UseKestrel() or UseSockets().");
        return next;
    }
}
