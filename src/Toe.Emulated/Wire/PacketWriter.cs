using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Toe.Emulated.Wire;

/// <summary>Writes complete packets into one buffer; who owns it sends or copies them before the next is written.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct PacketWriter(byte[] buffer)
{
    /// <summary>Where the payload of a segment with these options goes.</summary>
    public Span<byte> Payload(in FourTuple tuple, in SegmentToSend segment, int length) =>
        buffer.AsSpan(IpLength(tuple) + TcpHeader.MinimumLength + segment.OptionsLength, length);

    /// <summary>Writes the headers in front of a payload already in its place and returns the packet.</summary>
    /// <param name="tuple">The connection, seen from the sender.</param>
    /// <param name="pseudoHeader">Its pseudo-header sum without the length.</param>
    /// <param name="segment">The header's fields.</param>
    /// <param name="payloadLength">Bytes behind the options.</param>
    /// <param name="trafficClass">The type of service or traffic class octet.</param>
    /// <param name="timeToLive">The TTL or hop limit.</param>
    public ReadOnlySpan<byte> Finish(in FourTuple tuple, ulong pseudoHeader, in SegmentToSend segment, int payloadLength,
        byte trafficClass, byte timeToLive)
    {
        var ipLength = IpLength(tuple);
        var headerLength = TcpHeader.MinimumLength + segment.OptionsLength;
        var packet = buffer.AsSpan(0, ipLength + headerLength + payloadLength);
        if (tuple.Local.IsV4) Ipv4Header.Write(packet, tuple.Local, tuple.Remote, IpProtocol.Tcp, trafficClass, timeToLive);
        else Ipv6Header.Write(packet, tuple.Local, tuple.Remote, IpProtocol.Tcp, trafficClass, timeToLive);

        var tcp = packet[ipLength..];
        BinaryPrimitives.WriteUInt16BigEndian(tcp, tuple.LocalPort);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], tuple.RemotePort);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], segment.SequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], segment.AcknowledgmentNumber);
        tcp[12] = (byte)(headerLength / 4 << 4);
        tcp[13] = (byte)segment.Flags;
        BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], segment.Window);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[16..], 0); // Checksum, to be filled, and urgent pointer.
        WriteOptions(tcp[TcpHeader.MinimumLength..headerLength], segment);

        var sum = InternetChecksum.AddWord(pseudoHeader, (ushort)tcp.Length);
        InternetChecksum.Store(tcp[TcpHeader.ChecksumOffset..], InternetChecksum.Finish(InternetChecksum.Add(sum, tcp)));
        return packet;
    }

    private static int IpLength(in FourTuple tuple) => tuple.Local.IsV4 ? Ipv4Header.MinimumLength : Ipv6Header.Length;

    private static void WriteOptions(Span<byte> options, in SegmentToSend segment)
    {
        if (segment.MaximumSegmentSize > 0)
        {
            options[0] = TcpOptions.MaximumSegmentSizeKind;
            options[1] = 4;
            BinaryPrimitives.WriteUInt16BigEndian(options[2..], segment.MaximumSegmentSize);
            options = options[4..];
        }
        if (segment.HasTimestamps)
        {
            // RFC 7323 appendix A: two NOPs in front align the numbers.
            options[0] = options[1] = TcpOptions.NoOperation;
            options[2] = TcpOptions.TimestampsKind;
            options[3] = 10;
            BinaryPrimitives.WriteUInt32BigEndian(options[4..], segment.TimestampValue);
            BinaryPrimitives.WriteUInt32BigEndian(options[8..], segment.TimestampEcho);
            options = options[TcpOptions.TimestampsLength..];
        }
        if (segment.WindowScale >= 0)
        {
            options[0] = TcpOptions.NoOperation;
            options[1] = TcpOptions.WindowScaleKind;
            options[2] = 3;
            options[3] = (byte)segment.WindowScale;
        }
    }
}
