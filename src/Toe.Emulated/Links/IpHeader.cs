using System.Buffers.Binary;
using Toe.Emulated.Tcp;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Links;

/// <summary>The part of an IP header a station looks at, and writing headers without options. Total.</summary>
internal readonly struct IpHeader
{
    internal const int IPv4Length = Ipv4Header.MinimumLength;
    internal const int IPv6Length = Ipv6Header.Length;
    private const byte StationHopLimit = 64;

    internal AddressValue Source { get; private init; }

    internal AddressValue Destination { get; private init; }

    internal byte Protocol { get; private init; }

    internal byte HopLimit { get; private init; }

    /// <summary>The bytes before the payload; IPv6's extension headers count as payload.</summary>
    internal int HeaderLength { get; private init; }

    /// <summary>The length of the packet, without the padding a frame may have behind it.</summary>
    internal int TotalLength { get; private init; }

    internal bool IsFragment { get; private init; }

    internal bool IsIPv4 => Destination.IsV4;

    /// <summary>Reads the header of a packet in one piece; there may be something behind the packet.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> packet, out IpHeader header) => TryRead(packet, packet.Length, out header);

    /// <summary>Reads the header of a packet in pieces.</summary>
    internal static bool TryRead(in OutgoingPacket packet, out IpHeader header) => TryRead(packet.Header, packet.Length, out header);

    private static bool TryRead(ReadOnlySpan<byte> packet, int length, out IpHeader header)
    {
        header = default;
        if (packet.Length < IPv4Length)
            return false;
        if (packet[0] >> 4 == 4)
        {
            header = new()
            {
                Source = AddressValue.Read(packet.Slice(12, 4)),
                Destination = AddressValue.Read(packet.Slice(16, 4)),
                Protocol = packet[9],
                HopLimit = packet[8],
                HeaderLength = (packet[0] & 0xF) * 4,
                TotalLength = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]),
                IsFragment = (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x3FFF) != 0,
            };
            return header.HeaderLength >= IPv4Length && header.HeaderLength <= packet.Length
                && header.TotalLength >= header.HeaderLength && header.TotalLength <= length;
        }

        if (packet[0] >> 4 != 6 || packet.Length < IPv6Length)
            return false;
        header = new()
        {
            Source = AddressValue.Read(packet.Slice(8, 16)),
            Destination = AddressValue.Read(packet.Slice(24, 16)),
            Protocol = packet[6],
            HopLimit = packet[7],
            HeaderLength = IPv6Length,
            TotalLength = IPv6Length + BinaryPrimitives.ReadUInt16BigEndian(packet[4..]),
            // One that is the whole packet is none (RFC 6946); a header in pieces is our own, and has none.
            IsFragment = packet[6] == IpProtocol.Fragment && !(packet.Length >= IPv6Length + 4 && (BinaryPrimitives.ReadUInt16BigEndian(packet[(IPv6Length + 2)..]) & 0xFFF9) == 0),
        };
        // An IPv4-mapped address has no place on the wire (RFC 4291 §2.5.5.2), and would be mistaken for an IPv4 address here.
        return header.TotalLength <= length && !header.Source.IsV4 && !header.Destination.IsV4;
    }

    /// <summary>
    /// Writes an ICMP packet's IP header in front of a payload that stands in place already; returns the packet's length.
    /// </summary>
    internal static int WriteIcmp(
        Span<byte> packet, in AddressValue source, in AddressValue destination, int payloadLength, byte hopLimit = StationHopLimit)
    {
        if (destination.IsV4)
        {
            Ipv4Header.Write(packet, payloadLength, source, destination, IpProtocol.Icmp, trafficClass: 0, hopLimit);
            WriteChecksum(packet.Slice(IPv4Length, payloadLength), pseudoHeader: 0);
            return IPv4Length + payloadLength;
        }

        Ipv6Header.Write(packet, payloadLength, source, destination, IpProtocol.IcmpV6, trafficClass: 0, hopLimit);
        WriteChecksum(packet.Slice(IPv6Length, payloadLength), PseudoHeader(source, destination, payloadLength));
        return IPv6Length + payloadLength;
    }

    /// <summary>True when an ICMP message's checksum is right (RFC 792; RFC 4443 §2.3).</summary>
    internal bool IsIcmpChecksumRight(ReadOnlySpan<byte> message) =>
        InternetChecksum.Finish(InternetChecksum.Add(IsIPv4 ? 0 : PseudoHeader(Source, Destination, message.Length), message)) == 0;

    private static void WriteChecksum(Span<byte> message, ulong pseudoHeader)
    {
        var field = message[2..];
        InternetChecksum.Store(field, 0);
        InternetChecksum.Store(field, InternetChecksum.Finish(InternetChecksum.Add(pseudoHeader, message)));
    }

    /// <summary>RFC 8200 §8.1, of ICMPv6.</summary>
    private static ulong PseudoHeader(in AddressValue source, in AddressValue destination, int length) =>
        InternetChecksum.AddWord(InternetChecksum.PseudoHeader(source, destination, IpProtocol.IcmpV6), (ushort)length);
}
