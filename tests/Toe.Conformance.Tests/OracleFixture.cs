using System.Net;

namespace Toe.Conformance.Tests;

/// <summary>This host's own sockets, on loopback.</summary>
public sealed class OracleFixture : ConformanceFixture
{
    public override string Substrate => "host sockets";

    public override ValueTask<IToeProvider> CreateProviderAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IToeProvider>(new HostSocketProvider());

    public override ValueTask<IConformancePeer> CreatePeerAsync(IReadOnlyList<IToeAdapter> adapters, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IConformancePeer>(new SocketPeer(IPAddress.Loopback, IPAddress.Loopback)
        {
            Second = new PeerAddresses(IPAddress.IPv6Loopback, IPAddress.IPv6Loopback),
        });
}
