using System.Net;

namespace Toe.Connecting;

/// <summary>For operating systems whose routing table we do not ask: adapters that need the route then refuse with their own reason.</summary>
internal sealed class NoHostRoutes : IHostRoutes
{
    public HostRoute? Find(IPAddress? local, IPAddress remote) => null;
}
