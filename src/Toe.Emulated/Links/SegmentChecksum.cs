using Toe.Emulated.Wire;

namespace Toe.Emulated.Links;

/// <summary>Makes the TCP checksum of a packet that came without one.</summary>
internal static class SegmentChecksum
{
    /// <summary>Fills the checksum in; what is not a whole TCP packet stays as it is.</summary>
    internal static void Fill(Span<byte> packet)
    {
        if (TryFind(packet, out var pseudoHeader, out var segment))
            Fill(segment, InternetChecksum.AddWord(pseudoHeader, (ushort)segment.Length));
    }

    private static void Fill(Span<byte> segment, ulong sum)
    {
        var field = segment[TcpHeader.ChecksumOffset..];
        InternetChecksum.Store(field, 0);
        InternetChecksum.Store(field, InternetChecksum.Finish(InternetChecksum.Add(sum, segment)));
    }

    private static bool TryFind(Span<byte> packet, out ulong pseudoHeader, out Span<byte> segment)
    {
        pseudoHeader = 0;
        segment = default;
        if (Ipv4Header.TryRead(packet, out var v4) && v4.Protocol == IpProtocol.Tcp)
        {
            pseudoHeader = InternetChecksum.PseudoHeader(v4.Source, v4.Destination, IpProtocol.Tcp);
            segment = packet[v4.HeaderLength..v4.TotalLength];
        }
        else if (Ipv6Header.TryRead(packet, out var v6))
        {
            var next = v6.NextHeader;
            var payload = v6.Payload;
            if (Ipv6Header.SkipExtensions(ref next, ref payload) != ParseResult.Tcp)
                return false;
            pseudoHeader = InternetChecksum.PseudoHeader(v6.Source, v6.Destination, IpProtocol.Tcp);
            segment = packet.Slice(Ipv6Header.Length + v6.PayloadLength - payload.Length, payload.Length);
        }

        return segment.Length >= TcpHeader.MinimumLength;
    }
}
