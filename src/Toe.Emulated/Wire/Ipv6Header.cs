using System.Buffers.Binary;

namespace Toe.Emulated.Wire;

/// <summary>A view of an IPv6 header, RFC 8200. <see cref="TryRead"/> has checked every length before the other members are used.</summary>
internal readonly ref struct Ipv6Header
{
    public const int Length = 40;

    private readonly ReadOnlySpan<byte> _bytes;

    private Ipv6Header(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public int PayloadLength => BinaryPrimitives.ReadUInt16BigEndian(_bytes[4..]);

    public byte NextHeader => _bytes[6];

    public AddressValue Source => AddressValue.FromV6(_bytes[8..]);

    public AddressValue Destination => AddressValue.FromV6(_bytes[24..]);

    public ReadOnlySpan<byte> Payload => _bytes.Slice(Length, PayloadLength);

    public static bool TryRead(ReadOnlySpan<byte> packet, out Ipv6Header header)
    {
        header = default;
        if (packet.Length < Length || packet[0] >> 4 != 6) return false;
        header = new Ipv6Header(packet);
        return header.PayloadLength <= packet.Length - Length;
    }

    /// <summary>Skips hop-by-hop and destination options; anything else between the headers is not TCP to us.</summary>
    public static ParseResult SkipExtensions(ref byte nextHeader, ref ReadOnlySpan<byte> payload)
    {
        while (nextHeader is IpProtocol.HopByHopOptions or IpProtocol.DestinationOptions)
        {
            if (payload.Length < 8) return ParseResult.Malformed;
            var length = (payload[1] + 1) * 8;
            if (length > payload.Length) return ParseResult.Malformed;
            nextHeader = payload[0];
            payload = payload[length..];
        }
        return nextHeader switch
        {
            IpProtocol.Tcp => ParseResult.Tcp,
            IpProtocol.IcmpV6 => ParseResult.Icmp,
            IpProtocol.Fragment => ParseResult.Fragment,
            _ => ParseResult.UnknownProtocol,
        };
    }

    public static void Write(Span<byte> packet, int payloadLength, in AddressValue source, in AddressValue destination, byte nextHeader, byte trafficClass,
        byte hopLimit)
    {
        BinaryPrimitives.WriteUInt32BigEndian(packet, 0x60000000u | (uint)trafficClass << 20);
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)payloadLength);
        packet[6] = nextHeader;
        packet[7] = hopLimit;
        source.WriteV6(packet[8..]);
        destination.WriteV6(packet[24..]);
    }
}
