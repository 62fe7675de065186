using System.Buffers.Binary;
using System.Net;
using System.Runtime.Versioning;
using Toe.Emulated.Tcp;
using Toe.Emulated.Wire;
using Toe.Linux;

namespace Toe.Emulated.Links;

/// <summary>
/// A link that shares an interface of the host, and its addresses: it carries the connections and listeners that are steered to it, and leaves all
/// else to the host. Next hops, their addresses on the wire and the interface's queues stay the host's.
/// </summary>
/// <remarks>
/// It has a TAP device of its own, made with it, and eBPF programs on the interface (<see cref="FlowSteering"/>); both go with it, at the latest with
/// the process. Packets skip the host's packet filter and connection tracking both ways. Needs Linux 6.6, CAP_NET_ADMIN and CAP_BPF to attach.
/// </remarks>
[SupportedOSPlatform("linux")]
public sealed class InterfaceLink : ILink
{
    // What an IP header can say (RFC 791 §3.1).
    private const int LargestPacket = 65535;

    private const int HeaderLength = TapDevice.EthernetHeaderLength;
    private const int TypeIPv4 = 0x0800;
    private const int TypeIPv6 = 0x86DD;

    /// <summary>Frames that may wait for the owner thread: a burst of small ones must not be lost that the host's own queues would hold.</summary>
    private const int QueueLength = 4096;

    private const string DevicePrefix = "toe";

    private readonly EthernetInterface _interface;
    private readonly TapDevice _device;
    private readonly FlowSteering _steering;
    private readonly NetlinkMonitor _monitor;
    private readonly LinkCounters _counters = new();
    private readonly Lock _stateLock = new();
    private readonly byte[] _header = new byte[HeaderLength];
    private readonly byte[] _offload = new byte[VirtioNetHeader.Length];
    private readonly byte[] _sent = new byte[HeaderLength]; // To nobody: the kernel finds the next hop.
    private readonly byte[] _toHost = new byte[HeaderLength];
    private readonly byte[] _returned = new byte[LargestPacket];
    private ulong _hardware; // The interface's, which may change.
    private volatile bool _up;
    private volatile bool _disposed;

    private InterfaceLink(EthernetInterface shared, TapDevice device, FlowSteering steering, bool offloads)
    {
        _interface = shared;
        _device = device;
        _steering = steering;
        Mtu = shared.Mtu;
        Offloads = offloads && device.TrySetOffloads(true) ? new(Checksum: true, LargestPacket) : LinkOffloads.None(Mtu);
        // The monitor first, then the look: a change between the two is not lost.
        _monitor = new NetlinkMonitor(NetlinkTopics.Links, OnChange);
        Refresh();
    }

    /// <inheritdoc/>
    public event Action<bool>? StateChanged;

    /// <summary>Told of a first fragment that belongs to a steered connection, which the engine cannot take and the host could. Owner thread.</summary>
    public event Action<IPEndPoint, IPEndPoint>? FragmentArrived;

    /// <summary>The interface's MTU when the link was made.</summary>
    public int Mtu { get; }

    /// <inheritdoc/>
    public LinkOffloads Offloads { get; }

    /// <summary>True while the interface exists, the administrator has it up, and it has a carrier.</summary>
    public bool IsUp => _up;

    /// <inheritdoc/>
    public LinkStatistics Statistics => _counters.Snapshot();

    /// <summary>The index of the interface that is shared.</summary>
    public int InterfaceIndex => _interface.Index;

    /// <summary>Shares an interface, in the network namespace of the calling thread.</summary>
    /// <param name="name">The interface's name.</param>
    /// <param name="flows">The most connections steered at once.</param>
    /// <param name="listeners">The most listeners steered at once.</param>
    /// <param name="offloads">Lets the kernel make checksums and cut and join segments.</param>
    /// <exception cref="ArgumentException">No interface can have this name.</exception>
    /// <exception cref="LinuxException">There is no such interface, the kernel has no tcx, or a capability is missing; the remedy says which.</exception>
    public static InterfaceLink Attach(string name, int flows, int listeners, bool offloads)
    {
        EthernetInterface? shared = null;
        TapDevice? device = null;
        FlowSteering? steering = null;
        try
        {
            shared = EthernetInterface.Open(name);
            device = TapDevice.CreateNumbered(DevicePrefix, QueueLength);
            steering = FlowSteering.Attach(shared.Index, device.InterfaceIndex, flows, Math.Max(1, listeners)); // A card that accepts nothing has no listeners, and the kernel has no map without room.
            return new InterfaceLink(shared, device, steering, offloads);
        }
        catch
        {
            steering?.Dispose();
            device?.Dispose();
            shared?.Dispose();
            throw;
        }
    }

    /// <summary>Steers a connection to this link. Any thread.</summary>
    /// <param name="local">Its endpoint on this host.</param>
    /// <param name="remote">Its peer.</param>
    /// <returns>False when as many are steered as may be.</returns>
    public bool TrySteer(IPEndPoint local, IPEndPoint remote) => !_disposed && _steering.TrySteer(local, remote);

    /// <summary>Leaves a connection to the host again; what is on its way here still comes. Any thread.</summary>
    /// <param name="local">Its endpoint on this host.</param>
    /// <param name="remote">Its peer.</param>
    public void Unsteer(IPEndPoint local, IPEndPoint remote)
    {
        if (!_disposed)
            _steering.Unsteer(local, remote);
    }

    /// <summary>Steers the SYNs to an endpoint to this link, without those that the host is answering already. Any thread.</summary>
    /// <param name="local">The endpoint.</param>
    /// <returns>False when as many are steered as may be.</returns>
    public bool TrySteerListener(IPEndPoint local) => !_disposed && _steering.TrySteerListener(local);

    /// <summary>Leaves the SYNs to an endpoint to the host again. Any thread.</summary>
    /// <param name="local">The endpoint.</param>
    public void UnsteerListener(IPEndPoint local)
    {
        if (!_disposed)
            _steering.UnsteerListener(local);
    }

    /// <inheritdoc/>
    public void Send(in OutgoingPacket packet)
    {
        if (!_up)
        {
            _counters.Dropped(LinkDropCause.LinkDown);
            return;
        }

        _counters.Sent(packet.Length);
        Write(_sent, packet);
    }

    /// <summary>Gives the host a segment that came here, as if it had arrived on the interface. Owner thread.</summary>
    /// <param name="packet">The IP packet; its checksum was found right.</param>
    public void GiveToHost(ReadOnlySpan<byte> packet)
    {
        if (!IpHeader.TryRead(packet, out var header) || header.Protocol != IpProtocol.Tcp || header.TotalLength - header.HeaderLength < TcpHeader.MinimumLength)
        {
            _counters.Dropped(LinkDropCause.UnsupportedProtocol);
            return;
        }

        // What was joined on the way has no checksum of its own: the kernel is told to make it, and takes it for right.
        packet = packet[..header.TotalLength];
        packet.CopyTo(_returned);
        var tcp = _returned.AsSpan(header.HeaderLength, header.TotalLength - header.HeaderLength);
        var pseudoHeader = InternetChecksum.PseudoHeader(header.Source, header.Destination, IpProtocol.Tcp);
        InternetChecksum.Store(tcp[TcpHeader.ChecksumOffset..], InternetChecksum.Fold(InternetChecksum.AddWord(pseudoHeader, (ushort)tcp.Length)));
        HardwareAddressValue.Write(Volatile.Read(ref _hardware), _toHost);
        var headers = header.HeaderLength + ((tcp[12] >> 4) * 4);
        var segmentSize = packet.Length > Mtu ? Math.Max(1, Mtu - headers) : 0;
        if (headers > packet.Length)
            _counters.Dropped(LinkDropCause.Malformed);
        else
            Write(_toHost, new OutgoingPacket(_returned.AsSpan(0, headers), _returned.AsSpan(headers, packet.Length - headers), default, segmentSize, checksumIsPartial: true));
    }

    /// <inheritdoc/>
    public bool TryReceive(Span<byte> buffer, out ReceivedPacket packet)
    {
        if (buffer.Length < Offloads.MaximumPacket)
            throw new ArgumentException("The buffer is shorter than the largest packet.", nameof(buffer));
        while (_device.TryRead(_offload, _header, buffer, out var length) == TapStatus.Done)
        {
            if (length < HeaderLength || !VirtioNetHeader.TryRead(_offload, out var offload)
                || offload.Segmentation is VirtioNetSegmentation.Udp or VirtioNetSegmentation.UdpFragments)
            {
                _counters.Dropped(LinkDropCause.Malformed);
                continue;
            }

            var bytes = Accept(buffer[..Math.Min(length - HeaderLength, buffer.Length)]);
            if (bytes == 0)
                continue;
            _counters.Received(bytes);
            packet = new ReceivedPacket(buffer[..bytes], offload.ChecksumIsPartial || offload.ChecksumIsVerified);
            return true;
        }

        packet = default;
        return false;
    }

    /// <inheritdoc/>
    public void Wait(TimeSpan timeout)
    {
        if (!_disposed)
            _device.Wait(timeout);
    }

    /// <inheritdoc/>
    public void Wake() => _device.Wake();

    /// <summary>Ends the steering and closes the device. To be called by the owner thread, or when it is at rest.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _monitor.Dispose();
        SetUp(false);
        _steering.Dispose();
        _device.Dispose();
        _interface.Dispose();
    }

    /// <summary>The length of the packet that is the engine's, or 0.</summary>
    private int Accept(ReadOnlySpan<byte> payload)
    {
        // What the kernel itself sends on the device is for groups; what is steered was for this host.
        if (HardwareAddressValue.IsGroup(HardwareAddressValue.Read(_header)))
            return Drop(LinkDropCause.NotForUs);
        var type = BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(12));
        if (type is not (TypeIPv4 or TypeIPv6))
            return Drop(LinkDropCause.UnsupportedProtocol);
        if (!IpHeader.TryRead(payload, out var header) || header.IsIPv4 != (type == TypeIPv4))
            return Drop(LinkDropCause.Malformed);
        if (header.TotalLength > Offloads.MaximumPacket)
            return Drop(LinkDropCause.TooLarge);
        if (header.IsIPv4 && InternetChecksum.Finish(InternetChecksum.Add(0, payload[..header.HeaderLength])) != 0)
            return Drop(LinkDropCause.Malformed);
        if (!header.IsFragment)
            return header.TotalLength;
        if (FlowReader.TryReadFirstFragment(payload[..header.TotalLength], out var flow))
            FragmentArrived?.Invoke(flow.Local.ToEndPoint(flow.LocalPort), flow.Remote.ToEndPoint(flow.RemotePort));
        return Drop(LinkDropCause.Fragment);
    }

    private void Write(byte[] header, in OutgoingPacket packet)
    {
        var isIPv4 = packet.Header[0] >> 4 == 4;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(12), (ushort)(isIPv4 ? TypeIPv4 : TypeIPv6));
        var status = _device.TryWrite(packet.ChecksumIsPartial ? LeftToDo(isIPv4, packet) : default, header, packet.Header, packet.Payload, packet.PayloadContinued);
        if (status == TapStatus.Done)
            return;
        Drop(status switch
        {
            TapStatus.WouldBlock => LinkDropCause.QueueFull,
            TapStatus.Refused => LinkDropCause.Malformed,
            _ => LinkDropCause.LinkDown,
        });
        if (_device.IsRemoved)
            SetUp(false);
    }

    private static VirtioNetHeader LeftToDo(bool isIPv4, in OutgoingPacket packet)
    {
        var left = new VirtioNetHeader
        {
            ChecksumIsPartial = true,
            ChecksumStart = (ushort)(HeaderLength + (isIPv4 ? (packet.Header[0] & 0xF) * 4 : IpHeader.IPv6Length)),
            ChecksumOffset = TcpHeader.ChecksumOffset,
        };
        return packet.IsSegmented
            ? left with
            {
                Segmentation = isIPv4 ? VirtioNetSegmentation.TcpV4 : VirtioNetSegmentation.TcpV6,
                SegmentSize = (ushort)packet.SegmentSize,
                HeaderLength = (ushort)(HeaderLength + packet.Header.Length),
            }
            : left;
    }

    private int Drop(LinkDropCause cause)
    {
        _counters.Dropped(cause);
        return 0;
    }

    private void OnChange(NetlinkChange change)
    {
        if (change.Kind == NetlinkChangeKind.Resync || change.Link?.Index == _interface.Index)
            Refresh();
    }

    private void Refresh()
    {
        if (_disposed)
            return;
        try
        {
            Volatile.Write(ref _hardware, HardwareAddressValue.From(_interface.HardwareAddress));
        }
        catch (LinuxException)
        {
            // Gone: nothing arrives any more that could be given back.
        }

        SetUp(_interface.IsUp);
    }

    private void SetUp(bool up)
    {
        lock (_stateLock)
        {
            if (_up == up)
                return;
            _up = up;
            StateChanged?.Invoke(up);
        }

        _device.Wake();
    }
}
