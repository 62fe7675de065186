using System.Collections.Concurrent;
using System.Net;
using Toe.Emulated.Tcp;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Links;

/// <summary>
/// A network inside the process: no privileges, any operating system. Ports, one per card, claim endpoints, and packets go to whoever
/// claims their destination, so several cards, and both ends of one connection, may share an address such as 127.0.0.1.
/// </summary>
/// <remarks>
/// The owner of the exact pair of endpoints comes first, then the owner of the local endpoint, then the owner of the any-address with
/// that port. A packet to an endpoint nobody claims goes nowhere, as to an address without a host: it is dropped and counted
/// (<see cref="LinkDropCause.Unclaimed"/>) and no reset comes back. All members are thread-safe.
/// </remarks>
public sealed class Fabric
{
    private readonly ConcurrentDictionary<FourTuple, FabricPort> _owners = new();
    private readonly FabricOptions _options;

    /// <summary>Makes a network of its own.</summary>
    /// <param name="options">The settings, or null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range; the parameter name is the setting's.</exception>
    public Fabric(FabricOptions? options = null) => _options = (options ?? new FabricOptions()).Validated();

    /// <summary>The network all cards of the process share unless they are given another. Tests should make their own.</summary>
    public static Fabric Shared { get; } = new();

    /// <summary>The largest IP packet in bytes.</summary>
    public int Mtu => _options.Mtu;

    internal LinkOffloads Offloads => new(!_options.VerifyChecksums, _options.Mtu);

    /// <summary>Attaches a card; disposing the port detaches it and frees its claims.</summary>
    public FabricPort Attach() => new(this, _options.QueueBytes);

    /// <summary>Attaches a card with several engines: a port for each. Claims are made with the first, for all of them.</summary>
    /// <param name="sharding">Which port gets a flow.</param>
    internal FabricPort[] AttachAll(FlowSharding sharding)
    {
        var ports = new FabricPort[sharding.Count];
        for (var index = 0; index < ports.Length; index++)
            ports[index] = new FabricPort(this, _options.QueueBytes);
        if (ports.Length > 1)
            ports[0].Spread(ports, sharding);
        return ports;
    }

    /// <summary>
    /// True when a packet to this endpoint would reach a port: what a route decision asks. An any-address claim covers every address of
    /// its family; claims that name a remote endpoint do not count, since they take no one else's packets.
    /// </summary>
    public bool IsClaimed(IPEndPoint endPoint)
    {
        var key = KeyOf(endPoint, remote: null);
        return _owners.ContainsKey(key) || _owners.ContainsKey(AnyLocal(key));
    }

    internal static FourTuple KeyOf(IPEndPoint local, IPEndPoint? remote)
    {
        ArgumentNullException.ThrowIfNull(local);
        return remote is null
            ? AnyRemote(FourTuple.Of(local, local))
            : FourTuple.Of(local, remote);
    }

    internal bool TryOwn(in FourTuple key, FabricPort port) => ReferenceEquals(_owners.GetOrAdd(key, port), port);

    /// <summary>Makes a port the owner of what another port owns; the other one, or null.</summary>
    internal FabricPort? TryReplaceOwner(in FourTuple key, FabricPort port) =>
        _owners.TryGetValue(key, out var owner) && owner != port && _owners.TryUpdate(key, port, owner) ? owner : null;

    internal void Disown(in FourTuple key, FabricPort port) => _owners.TryRemove(new(key, port));

    internal void Carry(in OutgoingPacket packet, LinkCounters counters)
    {
        if (!FlowReader.TryRead(packet.Header, packet.Length, out var flow, out var cause))
            counters.Dropped(cause);
        else if (Find(flow) is { } owner)
            owner.PortOf(flow).Deliver(packet);
        else
            counters.Dropped(LinkDropCause.Unclaimed);
    }

    private FabricPort? Find(in FourTuple flow) =>
        _owners.TryGetValue(flow, out var owner)
        || _owners.TryGetValue(AnyRemote(flow), out owner)
        || _owners.TryGetValue(AnyLocal(flow), out owner)
            ? owner
            : null;

    /// <summary>The claim to all peers' packets.</summary>
    private static FourTuple AnyRemote(in FourTuple flow) => flow with { Remote = default, RemotePort = 0 };

    /// <summary>The claim on all addresses of the family.</summary>
    private static FourTuple AnyLocal(in FourTuple flow) => AnyRemote(flow) with { Local = flow.Local.Any };
}
