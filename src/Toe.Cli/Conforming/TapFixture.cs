using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Toe.Conformance;
using Toe.Emulated;

namespace Toe.Cli.Conforming;

/// <summary>An emulated card on a TAP device, whose peer is the host's kernel.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The kit disposes the providers.")]
internal sealed class TapFixture(EmulatedTapOptions link) : ConformanceFixture
{
    private EmulatedProvider? _last;

    public override string Substrate => $"TAP {link.TapDevice}";

    public override ConformanceFaults? Faults => _last is { Cards: [var card] } ? new CardFaults(card) : null;

    public override ValueTask<IToeProvider> CreateProviderAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IToeProvider>(_last = new EmulatedProvider([link]));

    public override ValueTask<IToeProvider> CreateSmallProviderAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IToeProvider>(_last = new EmulatedProvider([link with { Card = SmallTables.Of(link.Card) }]));

    public override ValueTask<IConformancePeer> CreatePeerAsync(IReadOnlyList<IToeAdapter> adapters, CancellationToken cancellationToken)
    {
        var pairs = link.Addresses.Select(static one => one.Address).DistinctBy(static address => address.AddressFamily).OrderBy(static address => address.AddressFamily)
            .Select(address => new PeerAddresses(KernelAddress(address.AddressFamily), address)).ToList();
        return ValueTask.FromResult<IConformancePeer>(new SocketPeer(pairs[0].Peer, pairs[0].Adapter) { Second = pairs.ElementAtOrDefault(1) });
    }

    /// <summary>The kernel's own address on the device.</summary>
    private IPAddress KernelAddress(AddressFamily family) =>
        NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(one => one.Name == link.TapDevice)?.GetIPProperties().UnicastAddresses
            .Select(static one => one.Address).FirstOrDefault(address => address.AddressFamily == family && !address.IsIPv6LinkLocal)
        ?? throw new InvalidOperationException($"{link.TapDevice} has no {family} address of the kernel's: ip address add … dev {link.TapDevice}");
}
