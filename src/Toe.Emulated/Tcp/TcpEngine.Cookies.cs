using Toe.Emulated.Wire;

namespace Toe.Emulated.Tcp;

/// <content>Listening while more handshakes are under way than may be remembered (RFC 4987).</content>
public sealed partial class TcpEngine
{
    private readonly SynCookies _cookies;

    /// <summary>Until then an ACK for no connection may bring a cookie back.</summary>
    private long _cookiesUntil;

    /// <summary>Answers a SYN and forgets it. What the listener says to it is asked when the handshake is complete.</summary>
    private void SendCookie(TcpListener listener, ref readonly Segment syn)
    {
        _cookiesUntil = Now + 2 * SynCookies.Period;
        Statistics.SynCookiesSent++;
        var options = listener.Options;
        var timestamps = syn.Options.HasTimestamps && options.Timestamps;
        var isV4 = syn.Tuple.Local.IsV4;
        var mss = syn.Options.MaximumSegmentSize > 0 ? syn.Options.MaximumSegmentSize : isV4 ? (ushort)536 : (ushort)1220;
        // Without timestamps there is no place for these, and so they are not agreed to.
        var ecn = timestamps && options.ExplicitCongestionNotification && syn.Has(TcpFlags.Ece) && syn.Has(TcpFlags.Cwr);
        var offset = SequenceNumbers.TimestampOffset(syn.Tuple);
        var answer = new SegmentToSend
        {
            SequenceNumber = _cookies.Make(syn.Tuple, syn.SequenceNumber, mss, Now),
            AcknowledgmentNumber = syn.SequenceNumber + 1,
            Flags = TcpFlags.Syn | TcpFlags.Ack | (ecn ? TcpFlags.Ece : TcpFlags.None),
            Window = (ushort)Math.Min(options.ReceiveBufferSize, ushort.MaxValue),
            MaximumSegmentSize = TcpConnection.AnnouncedSegmentSizeOf(this, options, isV4),
            WindowScale = timestamps && options.WindowScaling && syn.Options.HasWindowScale ? TcpConnection.ReceiveScaleOf(options) : -1,
            SackPermitted = timestamps && options.SelectiveAcknowledgments && syn.Options.SackPermitted,
            HasTimestamps = timestamps,
            TimestampValue = SynCookies.Stamp(offset + Milliseconds, in syn.Options, ecn),
            TimestampEcho = syn.Options.TimestampValue,
        };
        var pseudoHeader = InternetChecksum.PseudoHeader(syn.Tuple.Local, syn.Tuple.Remote, IpProtocol.Tcp);
        Send(syn.Tuple, pseudoHeader, answer, (byte)(options.TrafficClass & 0xfc), options.TimeToLive);
    }

    /// <summary>The third segment of such a handshake: the connection begins with it.</summary>
    /// <returns>False if it is none.</returns>
    private bool TryAcceptCookie(TcpListener listener, ref Segment segment)
    {
        if (Now > _cookiesUntil || segment.Has(TcpFlags.Syn | TcpFlags.Rst)) return false;
        var initial = segment.SequenceNumber - 1;
        var cookie = segment.AcknowledgmentNumber - 1;
        if (!_cookies.TryRead(segment.Tuple, initial, cookie, Now, out var segmentSize)) return false;
        var syn = new Segment { Tuple = segment.Tuple, SequenceNumber = initial, Window = segment.Window, Flags = TcpFlags.Syn };
        syn.Options.MaximumSegmentSize = segmentSize;
        if (segment.Options.HasTimestamps && listener.Options.Timestamps)
        {
            SynCookies.ReadStamp(segment.Options.TimestampEcho, ref syn.Options, out var ecn);
            syn.Options.HasTimestamps = true;
            syn.Options.TimestampValue = segment.Options.TimestampValue;
            if (ecn) syn.Flags |= TcpFlags.Ece | TcpFlags.Cwr;
        }
        if (!Admit(listener, in syn))
        {
            Statistics.SynsNotAdmitted++;
            SendReset(in segment); // It was answered already: silence would leave the peer with half a connection.
            return true;
        }
        if (listener.IsStopped) return false;
        Statistics.SynCookiesAccepted++;
        Enlist(listener, TcpConnection.FromCookie(this, listener, in syn, cookie)).OnSegment(ref segment);
        return true;
    }
}
