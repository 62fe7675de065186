using System.Net;
using Toe.Emulated.Links;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Card;

/// <summary>A fabric's link that throws from every call of the loop's while it is broken.</summary>
internal sealed class BrokenNetwork : ICardNetwork, ILink
{
    private readonly FabricNetwork _fabric;
    private int _calls;

    public BrokenNetwork()
    {
        var fabric = new Fabric();
        var port = fabric.Attach();
        _fabric = new FabricNetwork(fabric, port, port);
    }

    public event Action<bool>? StateChanged
    {
        add => _fabric.Link.StateChanged += value;
        remove => _fabric.Link.StateChanged -= value;
    }

    public bool Broken { get; set; }

    /// <summary>How often the loop asked the broken link.</summary>
    public int Calls => Volatile.Read(ref _calls);

    public ILink Link => this;

    public AddressModel Addresses => _fabric.Addresses;

    public AdapterFeatures Families => _fabric.Families;

    public string Location => _fabric.Location;

    public int? NeighbourCount => null;

    public int Mtu => _fabric.Link.Mtu;

    public LinkOffloads Offloads => _fabric.Link.Offloads;

    public bool IsUp => _fabric.Link.IsUp;

    public LinkStatistics Statistics => _fabric.Link.Statistics;

    public ToeReason Reaches(IPAddress? local, IPEndPoint remote) => _fabric.Reaches(local, remote);

    public ToeReason Serves(IPAddress local) => _fabric.Serves(local);

    public IPAddress SourceFor(IPAddress remote) => _fabric.SourceFor(remote);

    public ToeReason Prepare(IPAddress remote) => _fabric.Prepare(remote);

    public bool TryClaim(IPEndPoint local, IPEndPoint? remote = null) => _fabric.TryClaim(local, remote);

    public void Release(IPEndPoint local, IPEndPoint? remote = null) => _fabric.Release(local, remote);

    public void SetLinkUp(bool up) => _fabric.SetLinkUp(up);

    public void Send(in OutgoingPacket packet)
    {
        ThrowIfBroken();
        _fabric.Link.Send(packet);
    }

    public bool TryReceive(Span<byte> buffer, out ReceivedPacket packet)
    {
        ThrowIfBroken();
        return _fabric.Link.TryReceive(buffer, out packet);
    }

    public void Wait(TimeSpan timeout)
    {
        ThrowIfBroken();
        _fabric.Link.Wait(timeout);
    }

    public void Wake() => _fabric.Link.Wake();

    public void Dispose() => _fabric.Link.Dispose();

    private void ThrowIfBroken()
    {
        if (!Broken)
            return;
        Interlocked.Increment(ref _calls);
        throw new IOException("the link is broken");
    }
}
