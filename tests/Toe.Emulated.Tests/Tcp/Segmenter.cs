using System.Buffers.Binary;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>TCP segmentation as a device does it, by the book: every segment gets the headers, with its own lengths, number and sums.</summary>
internal static class Segmenter
{
    public static IEnumerable<byte[]> Cut(in OutgoingPacket packet)
    {
        if (!packet.ChecksumIsPartial) return [packet.ToArray()];
        var bytes = packet.ToArray();
        var headers = packet.Header.Length;
        var size = packet.IsSegmented ? packet.SegmentSize : bytes.Length;
        var segments = new List<byte[]>();
        for (var at = headers; at < bytes.Length || segments.Count == 0; at += size)
        {
            var end = (int)Math.Min((long)at + size, bytes.Length);
            segments.Add(Segment([.. bytes[..headers], .. bytes[at..end]], at - headers, isLast: end == bytes.Length));
        }
        return segments;
    }

    private static byte[] Segment(byte[] segment, int offset, bool isLast)
    {
        var v4 = segment[0] >> 4 == 4;
        var ip = segment.AsSpan();
        var tcp = ip[(v4 ? 20 : 40)..];
        if (v4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)segment.Length);
            BinaryPrimitives.WriteUInt16BigEndian(ip[10..], 0);
            BinaryPrimitives.WriteUInt16BigEndian(ip[10..], TestSegment.NaiveChecksum(ip[..20]));
        }
        else BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)tcp.Length);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]) + (uint)offset);
        if (!isLast) tcp[13] &= unchecked((byte)~(TestSegment.Fin | TestSegment.Psh));
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], 0);
        var addresses = v4 ? segment[12..20] : segment[8..40];
        byte[] pseudo = [.. addresses, 0, TestSegment.TcpProtocol, (byte)(tcp.Length >> 8), (byte)tcp.Length];
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], TestSegment.NaiveChecksum([.. pseudo, .. tcp]));
        return segment;
    }
}
