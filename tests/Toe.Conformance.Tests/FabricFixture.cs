using System.Net;
using Toe.Emulated;
using Toe.Emulated.Links;

namespace Toe.Conformance.Tests;

/// <summary>The software TOE on a fabric of its own; the peer is its second card.</summary>
internal sealed class FabricFixture(CardProfile? profile = null) : ConformanceFixture
{
    public override string Substrate => "fabric";

    public override ValueTask<IToeProvider> CreateProviderAsync(CancellationToken cancellationToken)
    {
        var fabric = new Fabric();
        return ValueTask.FromResult<IToeProvider>(new EmulatedProvider(
        [
            new EmulatedFabricOptions { Fabric = fabric, Card = new EmulatedCardOptions { Name = "tried", Profile = profile ?? CardProfile.Default } },
            new EmulatedFabricOptions { Fabric = fabric, Card = new EmulatedCardOptions { Name = "peer" } },
        ]));
    }

    public override ValueTask<IConformancePeer> CreatePeerAsync(IReadOnlyList<IToeAdapter> adapters, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IConformancePeer>(new AdapterPeer(adapters[1], IPAddress.Loopback, IPAddress.Loopback, cancellationToken));
}
