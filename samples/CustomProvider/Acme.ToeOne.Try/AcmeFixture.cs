using System.Net;
using Toe;
using Toe.Conformance;

namespace Acme;

/// <summary>What the kit needs to know: how to make the provider, and whom its card reaches.</summary>
public sealed class AcmeFixture : ConformanceFixture
{
    private AcmeFaults? _faults;

    /// <inheritdoc/>
    public override string Substrate => "a ToeOne played by host sockets";

    /// <inheritdoc/>
    public override ConformanceFaults? Faults => _faults;

    /// <inheritdoc/>
    public override ValueTask<IToeProvider> CreateProviderAsync(CancellationToken cancellationToken)
    {
        var provider = new AcmeProvider();
        _faults = new AcmeFaults(provider.Card);
        return new(provider);
    }

    /// <inheritdoc/>
    public override ValueTask<IConformancePeer> CreatePeerAsync(IReadOnlyList<IToeAdapter> adapters, CancellationToken cancellationToken) =>
        new(new SocketPeer(IPAddress.Loopback, ToeOneCard.Address));
}
