using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Toe.Emulated.Links;
using Toe.Emulated.Tcp;

namespace Toe.Emulated;

/// <summary>A TAP link with addresses of its own: peers on its prefixes, and others through its gateways.</summary>
[SupportedOSPlatform("linux")]
internal sealed class TapNetwork(EmulatedTapOptions options, IReadOnlyList<TapLink> taps, IReadOnlyList<ILink> links, FlowSharding sharding) : ICardNetwork
{
    private readonly IReadOnlyList<InterfaceAddress> _addresses = options.Addresses;
    private readonly IReadOnlyList<IPAddress> _gateways = options.Gateways;

    public IReadOnlyList<ILink> Links => links;

    public FlowSharding Sharding => sharding;

    public AddressModel Addresses => AddressModel.Own;

    public AdapterFeatures Families { get; } = FamiliesOf(options.Addresses);

    public string Location => $"tap {options.TapDevice}, {string.Join(", ", _addresses)}";

    public int? NeighbourCount(int shard) => taps[shard].NeighborCount;

    public ToeReason Reaches(IPAddress? local, IPEndPoint remote, HostRoute? host)
    {
        var peer = remote.Address;
        if (Owns(peer))
            return ToeReasons.RouteLoopback;
        if (local is not null && !IsAny(local) && !Owns(local))
            return ToeReasons.RouteLocalAddress.With($"{local} is not one of {string.Join(", ", _addresses)}");
        foreach (var address in _addresses)
        {
            if (address.IsOnLink(peer))
                return ToeReason.None;
        }

        return _gateways.Any(gateway => gateway.AddressFamily == peer.AddressFamily) && _addresses.Any(address => address.Address.AddressFamily == peer.AddressFamily)
            ? ToeReason.None
            : ToeReasons.RouteNotThroughAdapter.With($"{peer} is on none of the link's prefixes and there is no gateway");
    }

    public ToeReason Serves(IPAddress local) => Owns(local)
        ? ToeReason.None
        : ToeReasons.RouteLocalAddress.With($"the link's own addresses are {string.Join(", ", _addresses)}");

    public IPAddress SourceFor(IPAddress remote)
    {
        foreach (var address in _addresses)
        {
            if (address.IsOnLink(remote))
                return address.Address;
        }

        return _addresses.First(address => address.Address.AddressFamily == remote.AddressFamily).Address;
    }

    public ToeReason Prepare(int shard, IPAddress remote) => taps[shard].TryPrepareNeighbor(remote)
        ? ToeReason.None
        : ToeReasons.ResourceNeighbours.With($"{taps[shard].NeighborCount} of {taps[shard].NeighborLimit} entries used");

    public bool TryClaim(IPEndPoint local, IPEndPoint? remote = null) => true; // The engine is alone on its addresses and keeps its own table.

    public ToeReason TryDivert(IPEndPoint local, IPEndPoint remote, out Action? undo)
    {
        undo = null;
        return ToeReasons.RouteLocalAddress.With($"{local.Address} is on one link alone"); // A connection elsewhere has another address.
    }

    public void Release(IPEndPoint local, IPEndPoint? remote = null)
    {
    }

    public void SetLinkUp(bool up) => throw new NotSupportedException($"The state of {options.TapDevice} is the kernel's: ip link set {options.TapDevice} {(up ? "up" : "down")}");

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static AdapterFeatures FamiliesOf(IReadOnlyList<InterfaceAddress> addresses)
    {
        var families = AdapterFeatures.None;
        foreach (var address in addresses)
            families |= address.Address.AddressFamily == AddressFamily.InterNetworkV6 ? AdapterFeatures.IPv6 : AdapterFeatures.IPv4;
        return families;
    }

    private bool Owns(IPAddress address) => _addresses.Any(own => own.Address.Equals(address));
}
