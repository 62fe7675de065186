using System.Net;
using System.Net.Sockets;
using Toe.Emulated.Links;
using Toe.Emulated.Tcp;

namespace Toe.Emulated;

/// <summary>The in-process fabric: every peer that somebody claims is reachable, and both ends may share an address.</summary>
internal sealed class FabricNetwork(Fabric fabric, IReadOnlyList<FabricPort> ports, IReadOnlyList<ILink> links, FlowSharding sharding) : ICardNetwork
{
    /// <summary>The one that claims for all.</summary>
    private readonly FabricPort _port = ports[0];

    public IReadOnlyList<ILink> Links => links;

    public FlowSharding Sharding => sharding;

    public AddressModel Addresses => AddressModel.Fabric;

    public AdapterFeatures Families => AdapterFeatures.IPv4 | AdapterFeatures.IPv6;

    public string Location => "in-process fabric";

    public ToeReason Reaches(IPAddress? local, IPEndPoint remote, HostRoute? host) =>
        fabric.IsClaimed(remote) ? ToeReason.None : ToeReasons.RouteNotOnFabric;

    public ToeReason Serves(IPAddress local) => ToeReason.None;

    public IPAddress SourceFor(IPAddress remote) => remote;

    public int? NeighbourCount(int shard) => null;

    public ToeReason Prepare(int shard, IPAddress remote) => ToeReason.None;

    /// <summary>Both ends of a connection have the same address here: with the same port, too, one would be connected with itself.</summary>
    public bool TryClaim(IPEndPoint local, IPEndPoint? remote = null) => !local.Equals(remote) && _port.TryClaim(Claimed(local), remote);

    public ToeReason TryDivert(IPEndPoint local, IPEndPoint remote, out Action? undo)
    {
        if (_port.TryDivert(local, remote) is not { } from)
        {
            undo = null;
            return ToeReasons.RouteNotOnFabric.With($"no card has {local} to {remote}");
        }

        undo = () => _port.GiveBack(local, remote, from);
        return ToeReason.None;
    }

    public void Release(IPEndPoint local, IPEndPoint? remote = null) => _port.Release(Claimed(local), remote);

    public void SetLinkUp(bool up)
    {
        foreach (var port in ports)
            port.SetUp(up);
    }

    /// <summary>The any-address is the host's addresses; of those the fabric carries the loopback, or it would take connections to strangers.</summary>
    private static IPEndPoint Claimed(IPEndPoint local)
    {
        if (local.Address.Equals(IPAddress.Any))
            return new IPEndPoint(IPAddress.Loopback, local.Port);
        return local.AddressFamily == AddressFamily.InterNetworkV6 && local.Address.Equals(IPAddress.IPv6Any)
            ? new IPEndPoint(IPAddress.IPv6Loopback, local.Port)
            : local;
    }
}
