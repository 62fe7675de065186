using System.Net;
using Toe.Emulated.Links;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Card;

/// <summary>A fabric's link that throws from every call of the loop's while it is broken.</summary>
internal sealed class BrokenNetwork : ICardNetwork, ILink
{
    private readonly FabricNetwork _fabric;
    private int _calls;
    private int _asked;
    private int _waits;

    public BrokenNetwork()
    {
        var fabric = new Fabric();
        var port = fabric.Attach();
        _fabric = new FabricNetwork(fabric, [port], [port], Sharding);
    }

    public event Action<bool>? StateChanged
    {
        add => _fabric.Links[0].StateChanged += value;
        remove => _fabric.Links[0].StateChanged -= value;
    }

    public bool Broken { get; set; }

    /// <summary>How often the loop asked the broken link.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>How often the loop asked for a packet.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>How often it went to sleep.</summary>
    public int Waits => Volatile.Read(ref _waits);

    public IReadOnlyList<ILink> Links => [this];

    public FlowSharding Sharding { get; } = new(count: 1);

    public AddressModel Addresses => _fabric.Addresses;

    public AdapterFeatures Families => _fabric.Families;

    public string Location => _fabric.Location;

    public int? NeighbourCount(int shard) => null;

    public int Mtu => _fabric.Links[0].Mtu;

    public LinkOffloads Offloads => _fabric.Links[0].Offloads;

    public bool IsUp => _fabric.Links[0].IsUp;

    public LinkStatistics Statistics => _fabric.Links[0].Statistics;

    public ToeReason Reaches(IPAddress? local, IPEndPoint remote, HostRoute? host) => _fabric.Reaches(local, remote, host);

    public ToeReason TryDivert(IPEndPoint local, IPEndPoint remote, out Action? undo) => _fabric.TryDivert(local, remote, out undo);

    public ToeReason Serves(IPAddress local) => _fabric.Serves(local);

    public IPAddress SourceFor(IPAddress remote) => _fabric.SourceFor(remote);

    public ToeReason Prepare(int shard, IPAddress remote) => _fabric.Prepare(shard, remote);

    public bool TryClaim(IPEndPoint local, IPEndPoint? remote = null) => _fabric.TryClaim(local, remote);

    public void Release(IPEndPoint local, IPEndPoint? remote = null) => _fabric.Release(local, remote);

    public void SetLinkUp(bool up) => _fabric.SetLinkUp(up);

    public void Send(in OutgoingPacket packet)
    {
        ThrowIfBroken();
        _fabric.Links[0].Send(packet);
    }

    public bool TryReceive(Span<byte> buffer, out ReceivedPacket packet)
    {
        ThrowIfBroken();
        Interlocked.Increment(ref _asked);
        return _fabric.Links[0].TryReceive(buffer, out packet);
    }

    public void Wait(TimeSpan timeout)
    {
        ThrowIfBroken();
        Interlocked.Increment(ref _waits);
        _fabric.Links[0].Wait(timeout);
    }

    public void Wake() => _fabric.Links[0].Wake();

    public void Dispose() => _fabric.Links[0].Dispose();

    private void ThrowIfBroken()
    {
        if (!Broken)
            return;
        Interlocked.Increment(ref _calls);
        throw new IOException("the link is broken");
    }
}
