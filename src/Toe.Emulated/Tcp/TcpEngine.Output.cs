using Toe.Emulated.Wire;

namespace Toe.Emulated.Tcp;

/// <content>Packets out.</content>
public sealed partial class TcpEngine
{
    private const byte ResetTimeToLive = 64;

    /// <summary>Sends a segment without payload.</summary>
    internal void Send(in FourTuple tuple, ulong pseudoHeader, in SegmentToSend segment, byte trafficClass, byte timeToLive) =>
        Send(tuple, pseudoHeader, segment, default, default, 0, trafficClass, timeToLive);

    /// <summary>Sends a payload in two parts: as one segment, or as several of <paramref name="segmentSize"/> bytes.</summary>
    internal void Send(in FourTuple tuple, ulong pseudoHeader, in SegmentToSend segment, ReadOnlySpan<byte> payload,
        ReadOnlySpan<byte> payloadContinued, int segmentSize, byte trafficClass, byte timeToLive)
    {
        var packet = _writer.Write(tuple, pseudoHeader, segment, payload, payloadContinued, segmentSize, trafficClass, timeToLive);
        Statistics.PacketsSent++;
        Statistics.BytesSent += packet.Length;
        _host.Send(packet);
    }

    /// <summary>The RST that answers a segment which should not have come; none for a RST (RFC 9293 §3.10.7.1, §3.5.2).</summary>
    internal void SendReset(ref readonly Segment segment)
    {
        if (segment.Has(TcpFlags.Rst)) return;
        var reset = segment.Has(TcpFlags.Ack)
            ? new SegmentToSend { SequenceNumber = segment.AcknowledgmentNumber, Flags = TcpFlags.Rst, WindowScale = -1 }
            : new SegmentToSend
            {
                AcknowledgmentNumber = segment.SequenceNumber + segment.Length,
                Flags = TcpFlags.Rst | TcpFlags.Ack,
                WindowScale = -1,
            };
        Statistics.ResetsSent++;
        var pseudoHeader = InternetChecksum.PseudoHeader(segment.Tuple.Local, segment.Tuple.Remote, IpProtocol.Tcp);
        Send(segment.Tuple, pseudoHeader, reset, 0, ResetTimeToLive);
    }
}
