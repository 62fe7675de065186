using System.Net;
using Toe.Emulated.Tcp;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Links;

/// <summary>One card's place on a <see cref="Fabric"/>.</summary>
public sealed class FabricPort : ILink
{
    private readonly Fabric _fabric;
    private readonly PacketQueue _arrived;
    private readonly LinkCounters _counters = new();
    private readonly Lock _claimsLock = new();
    private readonly Dictionary<FourTuple, int> _claims = [];
    private volatile bool _up = true;
    private (FabricPort[] Ports, FlowSharding Sharding)? _spread;
    private bool _disposed;

    internal FabricPort(Fabric fabric, int queueBytes)
    {
        _fabric = fabric;
        _arrived = new PacketQueue(queueBytes);
    }

    /// <inheritdoc/>
    public event Action<bool>? StateChanged;

    /// <inheritdoc/>
    public int Mtu => _fabric.Mtu;

    /// <inheritdoc/>
    public LinkOffloads Offloads => _fabric.Offloads;

    /// <inheritdoc/>
    public bool IsUp => _up;

    /// <inheritdoc/>
    public LinkStatistics Statistics => _counters.Snapshot();

    /// <summary>
    /// Claims the packets to an endpoint, or those of one connection when the remote endpoint is given. Claims of the same port are
    /// counted: each needs its <see cref="Release"/>.
    /// </summary>
    /// <param name="local">The endpoint; the address may be an any-address, which covers its family.</param>
    /// <param name="remote">The peer's endpoint, or null for all peers.</param>
    /// <returns>False when another port has the same claim.</returns>
    /// <exception cref="ObjectDisposedException">The port was disposed.</exception>
    public bool TryClaim(IPEndPoint local, IPEndPoint? remote = null)
    {
        var key = Fabric.KeyOf(local, remote);
        lock (_claimsLock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_fabric.TryOwn(key, this))
                return false;
            _claims[key] = _claims.GetValueOrDefault(key) + 1;
            return true;
        }
    }

    /// <summary>Gives one claim back; without such a claim nothing happens.</summary>
    /// <param name="local">The endpoint that was claimed.</param>
    /// <param name="remote">The peer's endpoint that was claimed, or null.</param>
    public void Release(IPEndPoint local, IPEndPoint? remote = null)
    {
        var key = Fabric.KeyOf(local, remote);
        lock (_claimsLock)
        {
            if (!_claims.TryGetValue(key, out var count))
                return;
            if (count > 1)
            {
                _claims[key] = count - 1;
                return;
            }

            _claims.Remove(key);
            _fabric.Disown(key, this);
        }
    }

    /// <summary>Takes over the claim to one connection's packets from the port that has it.</summary>
    /// <returns>That port; null when none has it, or this one does.</returns>
    internal FabricPort? TryDivert(IPEndPoint local, IPEndPoint remote)
    {
        var key = Fabric.KeyOf(local, remote);
        lock (_claimsLock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_fabric.TryReplaceOwner(key, this) is not { } from)
                return null;
            _claims[key] = 1;
            return from;
        }
    }

    /// <summary>Gives the claim back to the port that had it, if it still wants it.</summary>
    internal void GiveBack(IPEndPoint local, IPEndPoint remote, FabricPort to)
    {
        var key = Fabric.KeyOf(local, remote);
        lock (_claimsLock)
            _claims.Remove(key);
        _fabric.Disown(key, this);
        to.TakeBack(key);
    }

    private void TakeBack(in FourTuple key)
    {
        lock (_claimsLock)
        {
            if (_claims.ContainsKey(key))
                _fabric.TryOwn(key, this);
        }
    }

    /// <summary>Pulls or plugs the cable. While it is out, packets in both directions are dropped; claims stay.</summary>
    /// <param name="up">The new state.</param>
    public void SetUp(bool up)
    {
        if (_up == up)
            return;
        _up = up;
        StateChanged?.Invoke(up);
        _arrived.Wake();
    }

    /// <inheritdoc/>
    public void Send(in OutgoingPacket packet)
    {
        if (!_up)
            _counters.Dropped(LinkDropCause.LinkDown);
        else if (packet.Length > Mtu)
            _counters.Dropped(LinkDropCause.TooLarge);
        else
        {
            _counters.Sent(packet.Length);
            _fabric.Carry(packet, _counters);
        }
    }

    /// <inheritdoc/>
    public bool TryReceive(Span<byte> buffer, out ReceivedPacket packet)
    {
        if (buffer.Length < Mtu)
            throw new ArgumentException("The buffer is shorter than the MTU.", nameof(buffer));
        if (!_arrived.TryTake(buffer, out packet))
            return false;
        _counters.Received(packet.Length);
        return true;
    }

    /// <inheritdoc/>
    public void Wait(TimeSpan timeout) => _arrived.Wait(timeout);

    /// <inheritdoc/>
    public void Wake() => _arrived.Wake();

    /// <summary>Detaches: claims are freed, waiting packets are dropped, and the link is down for good.</summary>
    public void Dispose()
    {
        lock (_claimsLock)
        {
            _disposed = true;
            foreach (var key in _claims.Keys)
                _fabric.Disown(key, this);
            _claims.Clear();
        }

        SetUp(false);
        _arrived.Clear();
        _arrived.Wake();
    }

    /// <summary>Gives what this port claims to several, itself among them. Before anything is claimed.</summary>
    internal void Spread(FabricPort[] ports, FlowSharding sharding) => _spread = (ports, sharding);

    /// <summary>The port that gets a flow which this one claims.</summary>
    internal FabricPort PortOf(in FourTuple flow) => _spread is { } spread ? spread.Ports[spread.Sharding.Of(flow)] : this;

    internal void Deliver(in OutgoingPacket packet)
    {
        if (!_up)
            _counters.Dropped(LinkDropCause.LinkDown);
        else if (!_arrived.TryAdd(packet))
            _counters.Dropped(LinkDropCause.QueueFull);
    }
}
