using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Wire;

/// <summary>Writes headers into one buffer; who owns it sends or copies the packet before the next is written.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct PacketWriter(bool checksumOffload)
{
    private readonly byte[] _buffer = new byte[Ipv6Header.Length + TcpHeader.MaximumLength];

    /// <summary>Writes the headers of a packet and returns it with its payload.</summary>
    /// <param name="tuple">The connection, seen from the sender.</param>
    /// <param name="pseudoHeader">Its pseudo-header sum without the length.</param>
    /// <param name="segment">The header's fields.</param>
    /// <param name="payload">What is behind the options.</param>
    /// <param name="payloadContinued">And what is behind that.</param>
    /// <param name="segmentSize">The payload of each segment.</param>
    /// <param name="trafficClass">The type of service or traffic class octet.</param>
    /// <param name="timeToLive">The TTL or hop limit.</param>
    public OutgoingPacket Write(in FourTuple tuple, ulong pseudoHeader, in SegmentToSend segment, ReadOnlySpan<byte> payload,
        ReadOnlySpan<byte> payloadContinued, int segmentSize, byte trafficClass, byte timeToLive)
    {
        var ipLength = IpLength(tuple);
        var headerLength = TcpHeader.MinimumLength + segment.OptionsLength;
        var headers = _buffer.AsSpan(0, ipLength + headerLength);
        var tcpLength = headerLength + payload.Length + payloadContinued.Length;
        if (tuple.Local.IsV4) Ipv4Header.Write(headers, tcpLength, tuple.Local, tuple.Remote, IpProtocol.Tcp, trafficClass, timeToLive);
        else Ipv6Header.Write(headers, tcpLength, tuple.Local, tuple.Remote, IpProtocol.Tcp, trafficClass, timeToLive);

        var tcp = headers[ipLength..];
        BinaryPrimitives.WriteUInt16BigEndian(tcp, tuple.LocalPort);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], tuple.RemotePort);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], segment.SequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], segment.AcknowledgmentNumber);
        tcp[12] = (byte)(headerLength / 4 << 4);
        tcp[13] = (byte)segment.Flags;
        BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], segment.Window);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[16..], 0); // Checksum, to be filled, and urgent pointer.
        WriteOptions(tcp[TcpHeader.MinimumLength..headerLength], segment);

        var sum = InternetChecksum.AddWord(pseudoHeader, (ushort)tcpLength);
        InternetChecksum.Store(tcp[TcpHeader.ChecksumOffset..],
            checksumOffload ? InternetChecksum.Fold(sum) : InternetChecksum.Finish(AddSegment(sum, tcp, payload, payloadContinued)));
        return new OutgoingPacket(headers, payload, payloadContinued, segmentSize, checksumOffload);
    }

    private static ulong AddSegment(ulong sum, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> payloadContinued)
    {
        sum = InternetChecksum.Add(InternetChecksum.Add(sum, header), payload);
        return int.IsEvenInteger(payload.Length)
            ? InternetChecksum.Add(sum, payloadContinued)
            : InternetChecksum.AddBehindOdd(sum, payloadContinued);
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
            // RFC 7323 appendix A: two NOPs in front align the numbers; SACK-permitted is as long as they are.
            WritePair(options, segment.SackPermitted);
            options[2] = TcpOptions.TimestampsKind;
            options[3] = 10;
            BinaryPrimitives.WriteUInt32BigEndian(options[4..], segment.TimestampValue);
            BinaryPrimitives.WriteUInt32BigEndian(options[8..], segment.TimestampEcho);
            options = options[TcpOptions.TimestampsLength..];
        }
        else if (segment.SackPermitted)
        {
            WritePair(options, sackPermitted: true);
            options[2] = options[3] = TcpOptions.NoOperation;
            options = options[4..];
        }
        if (segment.WindowScale >= 0)
        {
            options[0] = TcpOptions.NoOperation;
            options[1] = TcpOptions.WindowScaleKind;
            options[2] = 3;
            options[3] = (byte)segment.WindowScale;
            options = options[4..];
        }
        var sacks = segment.Sacks;
        WriteSacks(options, in sacks);
    }

    private static void WritePair(Span<byte> options, bool sackPermitted)
    {
        options[0] = sackPermitted ? TcpOptions.SackPermittedKind : TcpOptions.NoOperation;
        options[1] = sackPermitted ? (byte)2 : TcpOptions.NoOperation;
    }

    private static void WriteSacks(Span<byte> options, ref readonly SackBlocks blocks)
    {
        if (blocks.Count == 0) return;
        options[0] = options[1] = TcpOptions.NoOperation;
        options[2] = TcpOptions.SackKind;
        options[3] = (byte)(2 + blocks.Count * 8);
        for (var i = 0; i < blocks.Count; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(options[(4 + i * 8)..], blocks[i].Start);
            BinaryPrimitives.WriteUInt32BigEndian(options[(8 + i * 8)..], blocks[i].End);
        }
    }
}
