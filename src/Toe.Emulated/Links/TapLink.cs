using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Runtime.Versioning;
using Toe.Emulated.Tcp;
using Toe.Emulated.Wire;
using Toe.Linux;

namespace Toe.Emulated.Links;

/// <summary>
/// A link with an address of its own on a TAP device: the kernel is its neighbour, or its router. It answers ARP, neighbour
/// solicitations and pings, resolves next hops, and hands TCP and ICMP errors to the engine. A packet whose next hop does not answer
/// comes back as an ICMP destination-unreachable.
/// </summary>
/// <remarks>
/// Other protocols, fragments and frames for other stations are dropped and counted. Source: RFC 826, RFC 5227, RFC 4861.
/// </remarks>
[SupportedOSPlatform("linux")]
public sealed class TapLink : ILink
{
    // What an IP header can say (RFC 791 §3.1).
    private const int LargestPacket = 65535;

    /// <summary>Bytes that wait here because another queue of the device got them.</summary>
    private const int HandedOverBytes = 4 * 1024 * 1024;

    /// <summary>Packets handed over before the owner thread has its timers looked after.</summary>
    private const int MostHandedOver = 64;

    /// <summary>What neighbours said to other queues; more is lost, as a frame may be.</summary>
    private const int MostNews = 1024;

    private readonly TapDevice _device;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly LinkCounters _counters = new();
    private readonly EthernetStation _station;
    private readonly NetlinkMonitor _monitor;
    private readonly Lock _stateLock = new();
    private readonly byte[] _header = new byte[EthernetStation.HeaderLength];
    private readonly byte[] _offload = new byte[VirtioNetHeader.Length];
    private readonly TapSiblings? _siblings;
    private readonly PacketQueue _handedOver = new(HandedOverBytes);
    private readonly ConcurrentQueue<NeighborNews> _news = new();
    private readonly bool _announces;
    private bool _prefersHandedOver;
    private volatile bool _up;
    private volatile bool _announce;
    private volatile bool _disposed;

    /// <summary>Puts a station on a TAP device, in the network namespace of the calling thread (the device's).</summary>
    /// <param name="device">The device; disposed with the link, or when the constructor fails.</param>
    /// <param name="options">Addresses and settings.</param>
    /// <param name="timeProvider">The clock of address resolution; null for the system's. A wait sleeps in real time.</param>
    /// <exception cref="ArgumentException">A setting is wrong; the parameter name is the setting's.</exception>
    /// <exception cref="LinuxException">The device is gone, or its state cannot be watched.</exception>
    public TapLink(TapDevice device, TapLinkOptions options, TimeProvider? timeProvider = null)
        : this(device, options, timeProvider, siblings: null, index: 0)
    {
    }

    private TapLink(TapDevice device, TapLinkOptions options, TimeProvider? timeProvider, TapSiblings? siblings, int index)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(options);
        _device = device;
        try
        {
            options.Validated();
            _time = timeProvider ?? TimeProvider.System;
            _start = _time.GetTimestamp();
            Mtu = device.Mtu;
            var kernel = HardwareAddressValue.From(device.HardwareAddress);
            var own = options.HardwareAddress is null ? HardwareAddressValue.Random() : HardwareAddressValue.From(options.HardwareAddress);
            if (own == kernel)
                throw new ArgumentException("HardwareAddress is the kernel's end of the device.", nameof(options));
            Offloads = options.Offloads && device.TrySetOffloads(true) ? new(Checksum: true, LargestPacket) : LinkOffloads.None(Mtu);
            _siblings = siblings;
            _announces = index == 0;
            _station = new EthernetStation(options, own, Mtu, Offloads, new Output(device, this), _counters);
            // The monitor first, then the look: a change between the two is not lost.
            _monitor = new NetlinkMonitor(NetlinkTopics.Links, OnChange);
            Refresh();
            siblings?.Join(this, index);
        }
        catch
        {
            _disposed = true;
            _monitor?.Dispose();
            device.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public event Action<bool>? StateChanged;

    /// <summary>The device's MTU when the link was made.</summary>
    public int Mtu { get; }

    /// <inheritdoc/>
    public LinkOffloads Offloads { get; }

    /// <summary>True while the interface exists and the administrator has it up.</summary>
    public bool IsUp => _up;

    /// <inheritdoc/>
    public LinkStatistics Statistics => _counters.Snapshot();

    /// <summary>The engine's own hardware address.</summary>
    public PhysicalAddress HardwareAddress => HardwareAddressValue.ToPhysical(_station.Hardware);

    /// <summary>
    /// The most entries of the neighbour table; any thread may change it. Entries above a lowered limit stay until they give way.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 0. 0 refuses every new neighbour.</exception>
    public int NeighborLimit
    {
        get => _station.Neighbors.Limit;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _station.Neighbors.Limit = value;
        }
    }

    /// <summary>The present entries of the neighbour table. To be read on the owner thread, or when it is at rest.</summary>
    public int NeighborCount => _station.Neighbors.Count;

    /// <summary>How often another station was seen to use one of the link's addresses. To be read as <see cref="NeighborCount"/>.</summary>
    public long AddressConflicts => _station.Conflicts;

    private bool HasWorkFromSiblings => !_handedOver.IsEmpty || !_news.IsEmpty;

    private TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Makes sure that packets to a peer will find an entry of the neighbour table. Owner thread.</summary>
    /// <returns>False when the table is full.</returns>
    internal bool TryPrepareNeighbor(IPAddress peer) => _station.TryPrepare(AddressValue.From(peer), Now);

    /// <summary>Puts one station on all queues of a device: a link for each, with an owner thread of its own.</summary>
    /// <param name="devices">The queues; disposed with the links, or when this fails.</param>
    /// <param name="options">Addresses and settings; the neighbour limit is each link's.</param>
    /// <param name="sharding">Which link carries a flow; as many as there are queues.</param>
    /// <param name="timeProvider">As the constructor's.</param>
    internal static TapLink[] CreateAll(IReadOnlyList<TapDevice> devices, TapLinkOptions options, FlowSharding sharding, TimeProvider timeProvider)
    {
        var links = new TapLink[devices.Count];
        var siblings = devices.Count > 1 ? new TapSiblings(sharding) : null;
        options = options with { HardwareAddress = options.HardwareAddress ?? HardwareAddressValue.ToPhysical(HardwareAddressValue.Random()) };
        try
        {
            for (var index = 0; index < links.Length; index++)
                links[index] = new TapLink(devices[index], options, timeProvider, siblings, index);
            return links;
        }
        catch
        {
            foreach (var link in links)
                link?.Dispose();
            foreach (var device in devices)
                device.Dispose();
            throw;
        }
    }

    /// <summary>Takes a packet of this link's that another queue of the device got. Any thread.</summary>
    internal void HandOver(in OutgoingPacket packet)
    {
        if (_disposed)
            return;
        if (!_handedOver.TryAdd(packet))
            _counters.Dropped(LinkDropCause.QueueFull);
        _device.Wake();
    }

    /// <summary>Takes what a neighbour said to another queue of the device. Any thread.</summary>
    internal void Hear(in NeighborNews news)
    {
        if (_news.Count >= MostNews)
            return;
        _news.Enqueue(news);
        _device.Wake();
    }

    /// <inheritdoc/>
    public void Send(in OutgoingPacket packet)
    {
        if (!_up)
            _counters.Dropped(LinkDropCause.LinkDown);
        else
            _station.Send(packet, Now);
        NoteRemoval();
    }

    /// <inheritdoc/>
    public bool TryReceive(Span<byte> buffer, out ReceivedPacket packet)
    {
        if (buffer.Length < Offloads.MaximumPacket)
            throw new ArgumentException("The buffer is shorter than the largest packet.", nameof(buffer));
        var now = Now;
        DoOwnWork(now);
        // In turns, so that neither waits for the other's end.
        _prefersHandedOver = !_prefersHandedOver;
        if (_prefersHandedOver && TryTakeHandedOver(buffer, out packet))
            return true;
        for (var handedOver = 0; handedOver < MostHandedOver && TryTake(buffer, now, out packet); handedOver++)
        {
            if (_siblings?.OwnerOf(packet.Bytes) is { } owner && owner != this)
            {
                owner.HandOver(new OutgoingPacket(packet.Bytes, default, default, segmentSize: 0, packet.ChecksumIsVerified));
                continue;
            }

            _counters.Received(packet.Length);
            return true;
        }

        NoteRemoval();
        return TryTakeHandedOver(buffer, out packet);
    }

    private bool TryTakeHandedOver(Span<byte> buffer, out ReceivedPacket packet)
    {
        if (!_handedOver.TryTake(buffer, out packet))
            return false;
        _counters.Received(packet.Length);
        return true;
    }

    /// <summary>The next packet for the engine, or for that of another queue.</summary>
    private bool TryTake(Span<byte> buffer, TimeSpan now, out ReceivedPacket packet)
    {
        if (_station.TryTakeLooped(buffer, out packet))
            return true;
        while (_device.TryRead(_offload, _header, buffer, out var length) == TapStatus.Done)
        {
            if (length < EthernetStation.HeaderLength)
            {
                _counters.Dropped(LinkDropCause.Malformed);
                continue;
            }

            if (!VirtioNetHeader.TryRead(_offload, out var offload) || offload.Segmentation is VirtioNetSegmentation.Udp or VirtioNetSegmentation.UdpFragments)
            {
                _counters.Dropped(LinkDropCause.UnsupportedProtocol);
                continue;
            }

            var bytes = _station.Receive(_header, buffer[..Math.Min(length - EthernetStation.HeaderLength, buffer.Length)], now);
            if (bytes == 0)
                continue;
            packet = new ReceivedPacket(buffer[..bytes], offload.ChecksumIsPartial || offload.ChecksumIsVerified);
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Wait(TimeSpan timeout)
    {
        if (_disposed)
            return;
        var now = Now;
        DoOwnWork(now);
        if (_station.HasLooped || HasWorkFromSiblings)
            timeout = TimeSpan.Zero;
        else if (_station.Neighbors.NextTimer is { } next)
        {
            var left = next > now ? next - now : TimeSpan.Zero;
            if (timeout == Timeout.InfiniteTimeSpan || left < timeout)
                timeout = left;
        }

        _device.Wait(timeout);
        NoteRemoval();
        DoOwnWork(Now);
    }

    /// <inheritdoc/>
    public void Wake() => _device.Wake();

    /// <summary>Stops watching, drops what waits and closes the device. To be called by the owner thread, or when it is at rest.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _monitor.Dispose();
        SetUp(false);
        _station.Neighbors.Clear();
        _handedOver.Clear();
        _device.Dispose();
    }

    private void DoOwnWork(TimeSpan now)
    {
        if (_announce)
        {
            _announce = false;
            if (_announces)
                _station.Announce();
        }

        while (_news.TryDequeue(out var news))
            _station.Hear(news, now);

        _station.Neighbors.RunTimers(now);
    }

    private void OnChange(NetlinkChange change)
    {
        if (change.Kind == NetlinkChangeKind.Resync || change.Link?.Index == _device.InterfaceIndex)
            Refresh();
    }

    private void Refresh()
    {
        if (!_disposed)
            SetUp(_device.IsUp);
    }

    private void NoteRemoval()
    {
        if (_device.IsRemoved && _up)
            SetUp(false);
    }

    private void SetUp(bool up)
    {
        lock (_stateLock)
        {
            if (_up == up)
                return;
            _up = up;
            _announce = up;
            StateChanged?.Invoke(up);
        }

        _device.Wake();
    }

    private sealed class Output(TapDevice device, TapLink link) : IFrameOutput
    {
        public void Tell(in NeighborNews news) => link._siblings?.Tell(link, news);

        public bool TryTransmit(ReadOnlySpan<byte> header, in OutgoingPacket payload, out LinkDropCause cause)
        {
            var status = device.TryWrite(LeftToDo(payload), header, payload.Header, payload.Payload, payload.PayloadContinued);
            cause = status switch
            {
                TapStatus.WouldBlock => LinkDropCause.QueueFull,
                TapStatus.Refused => LinkDropCause.Malformed,
                _ => LinkDropCause.LinkDown,
            };
            return status == TapStatus.Done;
        }

        private static VirtioNetHeader LeftToDo(in OutgoingPacket packet)
        {
            if (!packet.ChecksumIsPartial)
                return default;
            var isIPv4 = packet.Header[0] >> 4 == 4;
            var ipHeader = isIPv4 ? (packet.Header[0] & 0xF) * 4 : IpHeader.IPv6Length;
            var left = new VirtioNetHeader
            {
                ChecksumIsPartial = true,
                ChecksumStart = (ushort)(EthernetStation.HeaderLength + ipHeader),
                ChecksumOffset = TcpHeader.ChecksumOffset,
            };
            return packet.IsSegmented
                ? left with
                {
                    Segmentation = isIPv4 ? VirtioNetSegmentation.TcpV4 : VirtioNetSegmentation.TcpV6,
                    SegmentSize = (ushort)packet.SegmentSize,
                    HeaderLength = (ushort)(EthernetStation.HeaderLength + packet.Header.Length),
                }
                : left;
        }
    }
}
