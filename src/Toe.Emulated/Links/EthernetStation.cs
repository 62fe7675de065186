using System.Buffers.Binary;
using Toe.Emulated.Tcp;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Links;

/// <summary>
/// An IP host on an Ethernet, below TCP, without I/O and without a clock: frames and time go in, frames and the engine's packets come out.
/// It answers ARP, neighbour solicitations and echo requests, and resolves its neighbours. Not thread-safe.
/// </summary>
internal sealed class EthernetStation : INeighborOutput
{
    internal const int HeaderLength = 14;

    private const int TypeIPv4 = 0x0800;
    private const int TypeArp = 0x0806;
    private const int TypeIPv6 = 0x86DD;
    private const int LoopBytes = 1024 * 1024;

    // RFC 5227 §1.1, DEFEND_INTERVAL: two stations that both insist must not fill the network.
    private static readonly TimeSpan DefendInterval = TimeSpan.FromSeconds(10);

    private readonly IFrameOutput _output;
    private readonly LinkCounters _counters;
    private readonly PacketQueue _looped = new(LoopBytes);
    private readonly byte[] _header = new byte[HeaderLength];
    private readonly byte[] _scratch;
    private readonly int _mtu;
    private readonly LinkOffloads _offloads;
    private TimeSpan _nextDefence = TimeSpan.MinValue;

    internal EthernetStation(TapLinkOptions options, ulong hardware, int mtu, LinkOffloads offloads, IFrameOutput output, LinkCounters counters)
    {
        Addresses = new StationAddresses(options);
        Hardware = hardware;
        _mtu = mtu;
        _offloads = offloads;
        _output = output;
        _counters = counters;
        _scratch = new byte[Math.Max(offloads.MaximumPacket, UnreachableMessage.MostLength)];
        Neighbors = new NeighborTable(options, this, counters);
    }

    internal StationAddresses Addresses { get; }

    internal ulong Hardware { get; }

    internal NeighborTable Neighbors { get; }

    /// <summary>Other stations seen to use one of our addresses.</summary>
    internal long Conflicts { get; private set; }

    internal bool HasLooped => !_looped.IsEmpty;

    /// <summary>Tells everyone our addresses: RFC 5227 §2.3 for IPv4, RFC 4861 §7.2.6 for IPv6.</summary>
    internal void Announce()
    {
        foreach (var address in Addresses.Own)
        {
            if (address.Value.IsV4)
                SendArp(new(ArpMessage.Request, Hardware, address.Value, 0, address.Value), HardwareAddressValue.Broadcast);
            else
                SendNeighbor(new(true, address.Value, Hardware, false, true), address.Value, NeighborMessage.AllNodes,
                    HardwareAddressValue.OfGroup(NeighborMessage.AllNodes));
        }
    }

    /// <summary>Sends one of the engine's packets.</summary>
    internal void Send(in OutgoingPacket packet, TimeSpan now)
    {
        if (!IpHeader.TryRead(packet, out var header) || header.TotalLength != packet.Length || LeavesTooMuch(packet))
        {
            _counters.Dropped(LinkDropCause.Malformed);
            return;
        }

        if (IsTooLarge(packet))
        {
            _counters.Dropped(LinkDropCause.TooLarge);
            return;
        }

        _counters.Sent(packet.Length);
        if (Addresses.IsOwn(header.Destination))
            Loop(packet);
        else if (header.Destination.IsMulticast)
            Transmit(HardwareAddressValue.OfGroup(header.Destination), packet);
        else if (Addresses.IsBroadcast(header.Destination))
            Transmit(HardwareAddressValue.Broadcast, packet);
        else if (Addresses.NextHop(header.Destination) is { } hop)
            Neighbors.Send(hop, packet, now);
        else
            GiveUp(packet, LinkDropCause.NoRoute);
    }

    /// <summary>Makes sure that packets to a destination will find an entry of the neighbour table.</summary>
    /// <returns>False when the table is full.</returns>
    internal bool TryPrepare(AddressValue destination, TimeSpan now) =>
        Addresses.IsOwn(destination) || Addresses.NextHop(destination) is not { } hop || Neighbors.TryPrepare(hop, now);

    /// <summary>Takes a frame; the length of the packet at the start of <paramref name="payload"/> that is the engine's, or 0.</summary>
    internal int Receive(ReadOnlySpan<byte> frameHeader, ReadOnlySpan<byte> payload, TimeSpan now)
    {
        var destination = HardwareAddressValue.Read(frameHeader);
        var source = HardwareAddressValue.Read(frameHeader[HardwareAddressValue.Length..]);
        if (destination != Hardware && !HardwareAddressValue.IsGroup(destination))
            return Drop(LinkDropCause.NotForUs);
        if (HardwareAddressValue.IsGroup(source))
            return Drop(LinkDropCause.Malformed);
        switch (BinaryPrimitives.ReadUInt16BigEndian(frameHeader[12..]))
        {
            case TypeArp:
                ReceiveArp(payload, now);
                return 0;
            case TypeIPv4 when payload.Length > 0 && payload[0] >> 4 == 4:
            case TypeIPv6 when payload.Length > 0 && payload[0] >> 4 == 6:
                return ReceivePacket(payload, now);
            case TypeIPv4 or TypeIPv6:
                return Drop(LinkDropCause.Malformed);
            default:
                return Drop(LinkDropCause.UnsupportedProtocol);
        }
    }

    /// <summary>Takes what another station with the same addresses has learnt.</summary>
    internal void Hear(in NeighborNews news, TimeSpan now) =>
        Neighbors.Advertised(news.Address, news.HardwareAddress, news.IsSolicited, news.IsOverride, now);

    /// <summary>Takes a packet the station sent to itself: loop-back, or the report that one could not be sent.</summary>
    internal bool TryTakeLooped(Span<byte> buffer, out ReceivedPacket packet) => _looped.TryTake(buffer, out packet);

    void INeighborOutput.Solicit(AddressValue address, ulong? known)
    {
        if (address.IsV4)
        {
            // RFC 826; the unicast form is RFC 1122 §2.3.2.1.
            SendArp(new(ArpMessage.Request, Hardware, Addresses.SourceFor(address), 0, address), known ?? HardwareAddressValue.Broadcast);
            return;
        }

        var group = NeighborMessage.SolicitedNode(address);
        SendNeighbor(new(false, address, Hardware, false, false), Addresses.SourceFor(address), known is null ? group : address,
            known ?? HardwareAddressValue.OfGroup(group));
    }

    void INeighborOutput.Transmit(ulong hardware, in OutgoingPacket packet) => Transmit(hardware, packet);

    void INeighborOutput.GiveUp(in OutgoingPacket packet, LinkDropCause cause) => GiveUp(packet, cause);

    private bool LeavesTooMuch(in OutgoingPacket packet) =>
        packet.ChecksumIsPartial ? !_offloads.Checksum : packet.IsSegmented;

    private bool IsTooLarge(in OutgoingPacket packet) => packet.IsSegmented
        ? packet.Length > _offloads.MaximumPacket || packet.Header.Length + packet.SegmentSize > _mtu
        : packet.Length > _mtu;

    private int ReceivePacket(ReadOnlySpan<byte> payload, TimeSpan now)
    {
        if (!IpHeader.TryRead(payload, out var header))
            return Drop(LinkDropCause.Malformed);
        if (header.TotalLength > _offloads.MaximumPacket)
            return Drop(LinkDropCause.TooLarge);
        var packet = payload[..header.TotalLength];
        // The checksum is looked at here for all, since the address decides (RFC 1122 §3.2.1.2).
        if (header.IsIPv4 && InternetChecksum.Finish(InternetChecksum.Add(0, packet[..header.HeaderLength])) != 0)
            return Drop(LinkDropCause.Malformed);
        var own = Addresses.IsOwn(header.Destination);
        if (!own && !(header.Protocol == IpProtocol.IcmpV6 && Addresses.IsOwnGroup(header.Destination)))
            return Drop(LinkDropCause.NotForUs);
        if (header.IsFragment)
            return Drop(LinkDropCause.Fragment);
        return header.Protocol switch
        {
            IpProtocol.Tcp => own ? packet.Length : Drop(LinkDropCause.NotForUs),
            IpProtocol.Icmp when header.IsIPv4 => ReceiveIcmp(header, packet, now),
            IpProtocol.IcmpV6 when !header.IsIPv4 => ReceiveIcmp(header, packet, now),
            // The engine walks IPv6's extension headers.
            IpProtocol.HopByHopOptions or IpProtocol.Routing or IpProtocol.DestinationOptions or IpProtocol.Fragment when !header.IsIPv4 && own => packet.Length,
            _ => Drop(LinkDropCause.UnsupportedProtocol),
        };
    }

    private int ReceiveIcmp(in IpHeader header, ReadOnlySpan<byte> packet, TimeSpan now)
    {
        var message = packet[header.HeaderLength..];
        if (message.Length < 8 || !header.IsIcmpChecksumRight(message))
            return Drop(LinkDropCause.Malformed);
        switch (message[0])
        {
            case IcmpType.EchoRequest when header.IsIPv4:
            case IcmpType.V6EchoRequest when !header.IsIPv4:
                Echo(header, message, now);
                return 0;
            case IcmpType.Unreachable or IcmpType.TimeExceeded or IcmpType.ParameterProblem when header.IsIPv4:
            case >= IcmpType.V6FirstError and <= IcmpType.V6LastError when !header.IsIPv4:
                return Addresses.IsOwn(header.Destination) ? packet.Length : Drop(LinkDropCause.NotForUs);
            case IcmpType.V6NeighborSolicitation or IcmpType.V6NeighborAdvertisement when !header.IsIPv4:
                if (!NeighborMessage.TryRead(header, message, out var neighbor))
                    return Drop(LinkDropCause.Malformed);
                if (neighbor.IsAdvertisement)
                    ReceiveAdvertisement(neighbor, now);
                else
                    ReceiveSolicitation(header, neighbor, now);
                return 0;
            default:
                return Drop(LinkDropCause.UnsupportedProtocol);
        }
    }

    private void ReceiveArp(ReadOnlySpan<byte> payload, TimeSpan now)
    {
        if (!ArpMessage.TryRead(payload, out var arp) || HardwareAddressValue.IsGroup(arp.SenderHardware)
            || arp.SenderAddress.IsMulticast)
        {
            Drop(LinkDropCause.Malformed);
            return;
        }

        if (arp.SenderHardware == Hardware)
            return;
        if (Addresses.IsOwn(arp.SenderAddress))
        {
            // Someone uses our address; we keep it and defend it (RFC 5227 §2.4 (c)).
            Conflicts++;
            if (now < _nextDefence)
                return;
            _nextDefence = now + DefendInterval;
            SendArp(new(ArpMessage.Request, Hardware, arp.SenderAddress, 0, arp.SenderAddress), HardwareAddressValue.Broadcast);
            return;
        }

        var forUs = Addresses.IsOwn(arp.TargetAddress);
        // An address probe (RFC 5227 §2.1.1) has no sender address to learn.
        if (!arp.SenderAddress.IsUnspecified && Addresses.IsNeighbor(arp.SenderAddress))
        {
            if (arp.Operation == ArpMessage.Reply)
                Learn(new(arp.SenderAddress, arp.SenderHardware, forUs && arp.TargetHardware == Hardware, IsOverride: true), now);
            else if (forUs)
                LearnAsker(arp.SenderAddress, arp.SenderHardware, now);
            else
                // RFC 826: a sender that is known already is brought up to date, one that is not is not learnt.
                Learn(new(arp.SenderAddress, arp.SenderHardware, IsSolicited: false, IsOverride: true), now);
        }

        if (forUs && arp.Operation == ArpMessage.Request)
            SendArp(new(ArpMessage.Reply, Hardware, arp.TargetAddress, arp.SenderHardware, arp.SenderAddress), arp.SenderHardware);
    }

    private void ReceiveAdvertisement(in NeighborMessage message, TimeSpan now)
    {
        if (Addresses.IsOwn(message.Target))
        {
            if (message.HardwareAddress != Hardware)
                Conflicts++;
            return;
        }

        Learn(new(message.Target, message.HardwareAddress, message.IsSolicited, message.IsOverride), now);
    }

    private void Learn(in NeighborNews news, TimeSpan now)
    {
        Hear(news, now);
        _output.Tell(news);
    }

    /// <summary>Others are told for the case that they know it at another place.</summary>
    private void LearnAsker(in AddressValue address, ulong hardware, TimeSpan now)
    {
        Neighbors.Asked(address, hardware, now);
        _output.Tell(new(address, hardware, IsSolicited: false, IsOverride: true));
    }

    private void ReceiveSolicitation(in IpHeader header, in NeighborMessage message, TimeSpan now)
    {
        if (!Addresses.IsOwn(message.Target))
            return;
        // Duplicate address detection asks from the unspecified address: all nodes hear the answer (RFC 4861 §7.2.4).
        if (header.Source.IsUnspecified)
        {
            SendNeighbor(new(true, message.Target, Hardware, false, true), message.Target, NeighborMessage.AllNodes,
                HardwareAddressValue.OfGroup(NeighborMessage.AllNodes));
            return;
        }

        if (!Addresses.IsNeighbor(header.Source) || Addresses.IsOwn(header.Source))
            return;
        if (message.HardwareAddress is { } hardware)
            LearnAsker(header.Source, hardware, now);
        var reply = new NeighborMessage(true, message.Target, Hardware, true, true);
        reply.Write(_scratch.AsSpan(IpHeader.IPv6Length));
        var length = IpHeader.WriteIcmp(_scratch, message.Target, header.Source, NeighborMessage.Length, NeighborMessage.HopLimit);
        // Through the table: an asker that told no address of its own must be asked for it.
        Neighbors.Send(header.Source, new OutgoingPacket(_scratch.AsSpan(0, length)), now);
    }

    // RFC 1122 §3.2.2.6, RFC 4443 §4.2: the data comes back as it came.
    private void Echo(in IpHeader header, ReadOnlySpan<byte> message, TimeSpan now)
    {
        if (!Addresses.IsOwn(header.Destination) || Addresses.IsOwn(header.Source) || Addresses.IsBroadcast(header.Source)
            || Addresses.NextHop(header.Source) is not { } hop)
        {
            Drop(LinkDropCause.NotForUs);
            return;
        }

        var start = header.IsIPv4 ? IpHeader.IPv4Length : IpHeader.IPv6Length;
        message.CopyTo(_scratch.AsSpan(start));
        _scratch[start] = header.IsIPv4 ? IcmpType.EchoReply : IcmpType.V6EchoReply;
        var length = IpHeader.WriteIcmp(_scratch, header.Destination, header.Source, message.Length);
        Neighbors.Send(hop, new OutgoingPacket(_scratch.AsSpan(0, length)), now);
    }

    private void GiveUp(in OutgoingPacket packet, LinkDropCause cause)
    {
        _counters.Dropped(cause);
        // Only TCP is told: an error about an error must not be made (RFC 1122 §3.2.2), and our own echo replies interest no one.
        if (!IpHeader.TryRead(packet, out var header) || header.Protocol != IpProtocol.Tcp)
            return;
        Span<byte> report = stackalloc byte[UnreachableMessage.MostLength];
        Loop(new OutgoingPacket(report[..UnreachableMessage.Write(report, header, packet.Header, cause == LinkDropCause.NoRoute)]));
    }

    private void Loop(in OutgoingPacket packet)
    {
        if (!_looped.TryAdd(packet))
            _counters.Dropped(LinkDropCause.QueueFull);
    }

    private void SendArp(in ArpMessage message, ulong destination)
    {
        Span<byte> payload = stackalloc byte[ArpMessage.Length];
        message.Write(payload);
        TransmitFrame(destination, TypeArp, new OutgoingPacket(payload));
    }

    private void SendNeighbor(in NeighborMessage message, AddressValue source, AddressValue destination, ulong hardware)
    {
        Span<byte> packet = stackalloc byte[IpHeader.IPv6Length + NeighborMessage.Length];
        message.Write(packet[IpHeader.IPv6Length..]);
        IpHeader.WriteIcmp(packet, source, destination, NeighborMessage.Length, NeighborMessage.HopLimit);
        TransmitFrame(hardware, TypeIPv6, new OutgoingPacket(packet));
    }

    private void Transmit(ulong hardware, in OutgoingPacket packet) =>
        TransmitFrame(hardware, packet.Header[0] >> 4 == 4 ? TypeIPv4 : TypeIPv6, packet);

    private void TransmitFrame(ulong hardware, int type, in OutgoingPacket payload)
    {
        HardwareAddressValue.Write(hardware, _header);
        HardwareAddressValue.Write(Hardware, _header.AsSpan(HardwareAddressValue.Length));
        BinaryPrimitives.WriteUInt16BigEndian(_header.AsSpan(12), (ushort)type);
        if (!_output.TryTransmit(_header, payload, out var cause))
            _counters.Dropped(cause);
    }

    private int Drop(LinkDropCause cause)
    {
        _counters.Dropped(cause);
        return 0;
    }
}
