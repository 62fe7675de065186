using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.NetworkInformation;
using Toe.Conformance;
using Toe.Emulated;

namespace Toe.Cli.Conforming;

/// <summary>An emulated card on a TAP device, whose peer is the host's kernel.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The kit disposes the providers.")]
internal sealed class TapFixture(EmulatedTapOptions link) : ConformanceFixture
{
    private readonly IPAddress _card = link.Addresses.First(static address => address.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork).Address;

    private EmulatedProvider? _last;

    public override string Substrate => $"TAP {link.TapDevice}";

    public override ConformanceFaults? Faults => _last is { Cards: [var card] } ? new CardFaults(card) : null;

    public override ValueTask<IToeProvider> CreateProviderAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IToeProvider>(_last = new EmulatedProvider([link]));

    public override ValueTask<IToeProvider> CreateSmallProviderAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IToeProvider>(_last = new EmulatedProvider([link with { Card = SmallTables.Of(link.Card) }]));

    public override ValueTask<IConformancePeer> CreatePeerAsync(IReadOnlyList<IToeAdapter> adapters, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IConformancePeer>(new SocketPeer(KernelAddress(), _card));

    /// <summary>The kernel's own address on the device.</summary>
    private IPAddress KernelAddress() =>
        NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(one => one.Name == link.TapDevice)?.GetIPProperties().UnicastAddresses
            .Select(static one => one.Address).FirstOrDefault(address => address.AddressFamily == _card.AddressFamily)
        ?? throw new InvalidOperationException($"{link.TapDevice} has no {_card.AddressFamily} address of the kernel's: ip address add … dev {link.TapDevice}");
}
