using System.Buffers.Binary;

namespace Toe.Emulated.Wire;

/// <summary>A view of an IPv6 header, RFC 8200. <see cref="TryRead"/> has checked every length before the other members are used.</summary>
internal readonly ref struct Ipv6Header
{
    public const int Length = 40;

    private const int FragmentLength = 8;
    private const byte PadOne = 0;

    private readonly ReadOnlySpan<byte> _bytes;

    private Ipv6Header(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>CE in the ECN field (RFC 3168 §5).</summary>
    public bool IsCongestionMarked => (_bytes[1] >> 4 & 3) == 3;

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

    /// <summary>Skips what may stand between the header and TCP: hop-by-hop options directly behind the header only, destination options, a routing
    /// header that has done its work, and the header of a fragment that is the whole packet (RFC 8200 §4, RFC 6946).</summary>
    public static ParseResult SkipExtensions(ref byte nextHeader, ref ReadOnlySpan<byte> payload)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            switch (nextHeader)
            {
                case IpProtocol.Tcp:
                    return ParseResult.Tcp;
                case IpProtocol.IcmpV6:
                    return ParseResult.Icmp;
                case IpProtocol.Fragment:
                    if (payload.Length < FragmentLength) return ParseResult.Malformed;
                    // Offset and M flag (§4.5).
                    if ((BinaryPrimitives.ReadUInt16BigEndian(payload[2..]) & 0xfff9) != 0) return ParseResult.Fragment;
                    nextHeader = payload[0];
                    payload = payload[FragmentLength..];
                    continue;
                case IpProtocol.HopByHopOptions when isFirst:
                case IpProtocol.DestinationOptions:
                case IpProtocol.Routing:
                    break;
                default:
                    return ParseResult.UnknownProtocol;
            }
            if (payload.Length < 8) return ParseResult.Malformed;
            var length = (payload[1] + 1) * 8;
            if (length > payload.Length) return ParseResult.Malformed;
            if (nextHeader == IpProtocol.Routing)
            {
                // §4.4: with segments left it is another station's to send on.
                if (payload[3] != 0) return ParseResult.UnknownProtocol;
            }
            else if (!MayBeSkipped(payload[2..length])) return ParseResult.UnknownProtocol;
            nextHeader = payload[0];
            payload = payload[length..];
        }
    }

    /// <summary>§4.2: the two highest bits of an option's type say what becomes of a packet whose receiver does not know it.</summary>
    private static bool MayBeSkipped(ReadOnlySpan<byte> options)
    {
        while (!options.IsEmpty)
        {
            var type = options[0];
            if (type == PadOne)
            {
                options = options[1..];
                continue;
            }
            if (type >> 6 != 0 || options.Length < 2 || options.Length < 2 + options[1]) return false;
            options = options[(2 + options[1])..];
        }
        return true;
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
