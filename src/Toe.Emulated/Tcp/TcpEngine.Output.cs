using Toe.Emulated.Wire;

namespace Toe.Emulated.Tcp;

/// <content>Packets out.</content>
public sealed partial class TcpEngine
{
    private const byte ResetTimeToLive = 64;

    /// <summary>Sends a segment whose payload, if any, is already in its place in <see cref="Writer"/>.</summary>
    internal void Send(in FourTuple tuple, ulong pseudoHeader, in SegmentToSend segment, int payloadLength, byte trafficClass,
        byte timeToLive)
    {
        var packet = Writer.Finish(tuple, pseudoHeader, segment, payloadLength, trafficClass, timeToLive);
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
        Send(segment.Tuple, pseudoHeader, reset, 0, 0, ResetTimeToLive);
    }
}
