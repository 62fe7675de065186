using System.Diagnostics.CodeAnalysis;
using System.Net;
using Toe.Conformance;
using Toe.Emulated;
using Toe.Emulated.Links;

namespace Toe.Cli.Conforming;

/// <summary>An emulated card on a fabric of its own, whose peer is a second card.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The kit disposes the providers.")]
internal sealed class FabricFixture(EmulatedFabricOptions link) : ConformanceFixture
{
    private EmulatedProvider? _last;

    public override string Substrate => "fabric";

    public override ConformanceFaults? Faults => _last is { Cards: [var card, ..] } ? new CardFaults(card) : null;

    public override ValueTask<IToeProvider> CreateProviderAsync(CancellationToken cancellationToken) => Create(link.Card);

    public override ValueTask<IToeProvider> CreateSmallProviderAsync(CancellationToken cancellationToken) => Create(SmallTables.Of(link.Card));

    private ValueTask<IToeProvider> Create(EmulatedCardOptions card)
    {
        var fabric = new Fabric();
        return ValueTask.FromResult<IToeProvider>(_last = new EmulatedProvider(
        [
            new EmulatedFabricOptions { Fabric = fabric, Card = card, Faults = link.Faults },
            new EmulatedFabricOptions { Fabric = fabric, Card = new EmulatedCardOptions { Name = "peer" } },
        ]));
    }

    public override ValueTask<IConformancePeer> CreatePeerAsync(IReadOnlyList<IToeAdapter> adapters, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IConformancePeer>(new AdapterPeer(adapters[1], IPAddress.Loopback, IPAddress.Loopback, cancellationToken)
        {
            Second = new PeerAddresses(IPAddress.IPv6Loopback, IPAddress.IPv6Loopback),
        });
}
