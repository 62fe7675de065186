namespace Toe.Emulated.Wire;

/// <summary>From an IP packet to a TCP segment or an ICMP message. Total: no input throws.</summary>
internal static class PacketParser
{
    /// <summary>Looks into one packet.</summary>
    /// <param name="packet">An IP packet; bytes behind its stated length (link padding) are ignored.</param>
    /// <param name="checksumIsVerified">The TCP checksum is known to be good, or was never made.</param>
    /// <param name="segment">The segment, when the result is <see cref="ParseResult.Tcp"/>; its tuple is seen from the receiver.</param>
    /// <param name="icmp">The ICMP message, when the result is <see cref="ParseResult.Icmp"/>.</param>
    public static ParseResult Parse(ReadOnlySpan<byte> packet, bool checksumIsVerified, out Segment segment, out ReadOnlySpan<byte> icmp)
    {
        segment = default;
        icmp = default;
        if (packet.IsEmpty) return ParseResult.Malformed;
        AddressValue source, destination;
        ReadOnlySpan<byte> payload;
        ParseResult result;
        if (packet[0] >> 4 == 4)
        {
            if (!Ipv4Header.TryRead(packet, out var header)) return ParseResult.Malformed;
            if (!header.ChecksumIsValid) return ParseResult.BadChecksum;
            if (header.IsFragment) return ParseResult.Fragment;
            source = header.Source;
            destination = header.Destination;
            payload = header.Payload;
            result = header.Protocol switch
            {
                IpProtocol.Tcp => ParseResult.Tcp,
                IpProtocol.Icmp => ParseResult.Icmp,
                _ => ParseResult.UnknownProtocol,
            };
        }
        else
        {
            if (!Ipv6Header.TryRead(packet, out var header)) return ParseResult.Malformed;
            source = header.Source;
            destination = header.Destination;
            // A mapped address on the wire would pass for IPv4 (RFC 4942 §2.2).
            if (source.IsV4 || destination.IsV4) return ParseResult.Malformed;
            payload = header.Payload;
            var next = header.NextHeader;
            result = Ipv6Header.SkipExtensions(ref next, ref payload);
        }
        switch (result)
        {
            case ParseResult.Icmp:
                var icmpSum = source.IsV4 ? 0 : PseudoHeader(source, destination, IpProtocol.IcmpV6, payload.Length);
                if (payload.Length < 8) return ParseResult.Malformed;
                if (InternetChecksum.Finish(InternetChecksum.Add(icmpSum, payload)) != 0) return ParseResult.BadChecksum;
                icmp = payload;
                return ParseResult.Icmp;
            case ParseResult.Tcp:
                if (!TcpHeader.TryRead(payload, out var tcp)) return ParseResult.Malformed;
                if (!checksumIsVerified)
                {
                    var sum = PseudoHeader(source, destination, IpProtocol.Tcp, payload.Length);
                    if (InternetChecksum.Finish(InternetChecksum.Add(sum, payload)) != 0) return ParseResult.BadChecksum;
                }
                segment.Tuple = new FourTuple(destination, tcp.DestinationPort, source, tcp.SourcePort);
                segment.SequenceNumber = tcp.SequenceNumber;
                segment.AcknowledgmentNumber = tcp.AcknowledgmentNumber;
                segment.Flags = tcp.Flags;
                segment.Window = tcp.Window;
                segment.UrgentPointer = tcp.UrgentPointer;
                segment.Options = TcpOptions.Parse(tcp.Options);
                segment.Payload = tcp.Payload;
                return ParseResult.Tcp;
            default:
                return result;
        }
    }

    private static ulong PseudoHeader(in AddressValue source, in AddressValue destination, byte protocol, int length) =>
        InternetChecksum.AddWord(InternetChecksum.PseudoHeader(source, destination, protocol), (ushort)length);
}
