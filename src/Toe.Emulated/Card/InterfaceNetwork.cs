using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Toe.Emulated.Links;
using Toe.Emulated.Tcp;

namespace Toe.Emulated;

/// <summary>An interface shared with the host: its routes say who is reachable, and what the card claims is steered to it and kept from the host's own sockets.</summary>
[SupportedOSPlatform("linux")]
internal sealed class InterfaceNetwork(string name, InterfaceLink shared, IReadOnlyList<ILink> links, FlowSharding sharding) : ICardNetwork
{
    private const int AnyPort = 9;

    private readonly SteeredFlows _flows = new(shared);
    private ImmutableHashSet<IPAddress> _hosts = []; // Addresses that the host had when it was asked.

    public event Action<IPEndPoint, IPEndPoint> FragmentArrived
    {
        add => shared.FragmentArrived += value;
        remove => shared.FragmentArrived -= value;
    }

    public IReadOnlyList<ILink> Links => links;

    public FlowSharding Sharding => sharding;

    public AddressModel Addresses => AddressModel.SharedWithHost;

    public AdapterFeatures Families => AdapterFeatures.IPv4 | AdapterFeatures.IPv6;

    public string Location => $"interface {name}";

    public int? NeighbourCount(int shard) => null;

    public ToeReason Prepare(int shard, IPAddress remote) => ToeReason.None; // The host resolves its neighbours.

    public ToeReason Reaches(IPAddress? local, IPEndPoint remote, HostRoute? host)
    {
        if (remote.Address.IsIPv6LinkLocal || local is { IsIPv6LinkLocal: true })
            return ToeReasons.RouteLocalAddress.With("link-local addresses are the host's alone");
        if (host is null)
            return ToeReasons.RouteNone.With($"the host has no route to {remote.Address}");
        if (host.IsLocal)
            return ToeReasons.RouteLoopback;
        return host.InterfaceIndex == shared.InterfaceIndex
            ? ToeReason.None
            : ToeReasons.RouteNotThroughAdapter.With($"the host sends to {remote.Address} through {host.Interface}");
    }

    public ToeReason Serves(IPAddress local)
    {
        if (IPAddress.IsLoopback(local))
            return ToeReasons.RouteLoopback;
        if (local.Equals(IPAddress.Any) || local.Equals(IPAddress.IPv6Any) || _hosts.Contains(local))
            return ToeReason.None;
        if (!IsHosts(local))
            return ToeReasons.RouteLocalAddress.With($"{local} is no address of the host");
        ImmutableInterlocked.Update(ref _hosts, static (set, address) => set.Add(address), local); // Asked at each SYN; one that the host has lost since gets none.
        return ToeReason.None;
    }

    public IPAddress? SourceFor(IPAddress remote)
    {
        using var socket = new Socket(remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Connect(remote, AnyPort); // Sends nothing: the host picks the address.
        }
        catch (SocketException)
        {
            return null; // The route went since it was asked for.
        }

        return ((IPEndPoint)socket.LocalEndPoint!).Address;
    }

    public bool TryClaim(IPEndPoint local, IPEndPoint? remote = null) => remote is null ? shared.TrySteerListener(local) : _flows.TryOpen(local, remote);

    public void Release(IPEndPoint local, IPEndPoint? remote = null)
    {
        if (remote is null)
            shared.UnsteerListener(local);
        else
            _flows.Release(local, remote);
    }

    public ToeReason TryDivert(IPEndPoint local, IPEndPoint remote, out Action? undo)
    {
        undo = null;
        if (_flows.TryDivert(local, remote) is { IsNone: false } refusal)
            return refusal;
        undo = () => _flows.Release(local, remote);
        return ToeReason.None;
    }

    public bool TryAdmit(IPEndPoint local, IPEndPoint remote) => _flows.TryAdmit(local, remote);

    public void HandshakeOver(IPEndPoint local, IPEndPoint remote) => _flows.Release(local, remote);

    public void GiveToHost(int shard, ReadOnlySpan<byte> packet) => shared.GiveToHost(packet);

    public void SetLinkUp(bool up) => throw new NotSupportedException($"The state of {name} is the kernel's: ip link set {name} {(up ? "up" : "down")}");

    private static bool IsHosts(IPAddress local)
    {
        const byte FirstMulticast = 224; // RFC 5771 §3, with what is reserved above it and the broadcast.
        if (local.IsIPv6Multicast || (local.AddressFamily == AddressFamily.InterNetwork && local.GetAddressBytes()[0] >= FirstMulticast))
            return false;
        try
        {
            using var socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(local, 0)); // The kernel knows, in this namespace.
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
