using System.Net.Sockets;
using Toe.Emulated.Wire;
using static Toe.Emulated.Tcp.SequenceNumber;

namespace Toe.Emulated.Tcp;

/// <content>A segment for a connection that is not in SYN-SENT: RFC 9293 §3.10.7.4, step by step.</content>
internal sealed partial class TcpConnection
{
    /// <summary>RFC 7323 §5.5: a timestamp older than this is no longer compared.</summary>
    private const long TimestampLifetime = 24 * TimeSpan.TicksPerDay;

    private long _lastReceivedAt;

    private void ReceiveSynchronized(ref Segment segment)
    {
        var windowIsUnscaled = false;
        if (State == TcpState.SynReceived && segment.Has(TcpFlags.Syn) && !segment.Has(TcpFlags.Rst)
            && segment.SequenceNumber == _initialReceive)
        {
            if (!segment.Has(TcpFlags.Ack))
            {
                // The peer's SYN again: our SYN-ACK was lost, or is late.
                if (!segment.Has(TcpFlags.Ece)) _mayBeMarked = false;
                if (TakeChallenge()) SendSyn(again: true);
                return;
            }
            if (!_passive)
            {
                // The SYN-ACK that crosses ours in a simultaneous open (figure 8, line 6): its SYN is old, its ACK is what counts.
                segment.Flags &= ~TcpFlags.Syn;
                segment.SequenceNumber++;
                windowIsUnscaled = true;
            }
        }

        // Before anything is cut off: a segment that carried something is no duplicate ACK.
        var bare = segment.Length == 0;
        if (!CheckTimestamp(in segment) || !CheckSequence(ref segment)) return;
        _lastReceivedAt = Engine.Now;
        _keepAliveProbes = 0;

        // Second, the RST bit; RFC 5961 §3.2: only the exact next number resets.
        if (segment.Has(TcpFlags.Rst))
        {
            if (segment.SequenceNumber == _receiveNext) ReceiveReset();
            else Challenge();
            return;
        }

        // Fourth, the SYN bit; RFC 5961 §4.2.
        if (segment.Has(TcpFlags.Syn))
        {
            if (State == TcpState.SynReceived && _passive) End(SocketError.ConnectionReset);
            else Challenge();
            return;
        }

        // Fifth, the ACK field.
        if (!segment.Has(TcpFlags.Ack)) return;
        var window = windowIsUnscaled ? segment.Window : (uint)segment.Window << _sendScale;
        if (!_synAcknowledged)
        {
            // SYN-RECEIVED, or FIN-WAIT-1 entered from it.
            if (!(Less(_sendUnacknowledged, segment.AcknowledgmentNumber) && LessOrEqual(segment.AcknowledgmentNumber, _sendMaximum)))
            {
                Engine.SendReset(in segment);
                return;
            }
            KeepTimestamp(in segment);
            Establish(in segment, window);
        }
        else
        {
            if (!AcknowledgmentIsPlausible(segment.AcknowledgmentNumber))
            {
                Challenge();
                return;
            }
            KeepTimestamp(in segment);
        }
        TrimToWindow(ref segment);
        ReceiveAcknowledgment(in segment, window, bare);
        if (!IsAlive) return;

        if (_ecn) TakeCongestionMark(in segment);

        // Sixth, urgent: kept in line, only the mark is remembered.
        if (segment.Has(TcpFlags.Urg) && segment.UrgentPointer > 0) MarkUrgent(in segment);

        // Seventh and eighth.
        ReceiveText(ref segment);
    }

    /// <summary>RFC 7323: timestamps on every segment (§3.2), and PAWS (§5.3 R1). RST is exempt from both; a SYN is challenged whatever its
    /// timestamp (RFC 5961 §4.2).</summary>
    private bool CheckTimestamp(ref readonly Segment segment)
    {
        if (!_timestamps || segment.Has(TcpFlags.Rst) || segment.Has(TcpFlags.Syn)) return true;
        if (!segment.Options.HasTimestamps) return false;
        var isOld = (int)(segment.Options.TimestampValue - _timestampRecent) < 0;
        if (!isOld || Engine.Now - _timestampRecentAt > TimestampLifetime) return true;
        Engine.Statistics.PawsDrops++;
        AnswerUnacceptable(in segment);
        return false;
    }

    /// <summary>First step: the acceptability test.</summary>
    private bool CheckSequence(ref Segment segment)
    {
        var window = ReceiveWindow;
        var length = segment.Length;
        var offset = segment.SequenceNumber - _receiveNext;
        var acceptable = (length, window) switch
        {
            (0, 0) => offset == 0,
            (0, _) => offset < window,
            (_, 0) => false,
            _ => offset < window || offset + length - 1 < window,
        };
        if (acceptable) return true;
        if (window == 0 && offset == 0 && !segment.Has(TcpFlags.Syn))
        {
            // A probe of a closed window: its text is refused, but ACK, RST and URG count (MUST-66), and it is answered (MUST-36).
            segment.Payload = default;
            segment.Flags &= ~TcpFlags.Fin;
            _acknowledgeNow = true;
            return true;
        }
        // RFC 7323 allows nothing to be learned from it. Not even a RST gets an answer (RFC 5961 §3.2).
        if (segment.Has(TcpFlags.Rst)) return false;
        if (segment.Has(TcpFlags.Syn))
        {
            Challenge();
            return false;
        }
        Engine.Statistics.OutOfWindow++;
        AnswerUnacceptable(in segment);
        return false;
    }

    /// <summary>An ACK in reply, limited where the segment carries nothing: two ends that disagree must not answer each other for
    /// ever.</summary>
    private void AnswerUnacceptable(ref readonly Segment segment)
    {
        if (segment.Length > 0 || TakeChallenge()) _acknowledgeNow = true;
        if (LessOrEqual(segment.SequenceNumber + (uint)segment.Payload.Length, _receiveNext)) ReportDuplicate(segment.SequenceNumber, segment.Payload.Length);
        // A keep-alive probe or an old duplicate still shows that the peer lives.
        _lastReceivedAt = Engine.Now;
        _keepAliveProbes = 0;
    }

    /// <summary>RFC 5961 §5.2 with MUST-level text of RFC 9293 §3.10.7.4: old beyond any window the peer ever had, or never sent.</summary>
    private bool AcknowledgmentIsPlausible(uint acknowledgment) =>
        GreaterOrEqual(acknowledgment, _sendUnacknowledged - Math.Max(_largestSendWindow, 1)) && LessOrEqual(acknowledgment, _sendMaximum);

    /// <summary>RFC 7323 §4.3: what will be echoed is from the segment that the next ACK number answers.</summary>
    private void KeepTimestamp(ref readonly Segment segment)
    {
        if (!_timestamps || !LessOrEqual(segment.SequenceNumber, _lastAcknowledgmentSent)) return;
        if ((int)(segment.Options.TimestampValue - _timestampRecent) < 0 && Engine.Now - _timestampRecentAt <= TimestampLifetime) return;
        _timestampRecent = segment.Options.TimestampValue;
        _timestampRecentAt = Engine.Now;
    }

    private void TrimToWindow(ref Segment segment)
    {
        if (Less(segment.SequenceNumber, _receiveNext))
        {
            var old = (int)Math.Min(_receiveNext - segment.SequenceNumber, (uint)segment.Payload.Length);
            ReportDuplicate(segment.SequenceNumber, old);
            segment.Payload = segment.Payload[old..];
            segment.SequenceNumber += (uint)old;
            _acknowledgeNow |= old > 0;
        }
        var room = ReceiveWindow - (segment.SequenceNumber - _receiveNext);
        if (segment.Length <= room) return;
        // What lies beyond the window, the FIN included, will come again.
        segment.Flags &= ~TcpFlags.Fin;
        if (segment.Payload.Length > room) segment.Payload = segment.Payload[..(int)room];
        _acknowledgeNow = true;
    }

    private void ReceiveReset()
    {
        Engine.Statistics.ResetsReceived++;
        switch (State)
        {
            case TcpState.SynReceived when !_passive:
                End(SocketError.ConnectionRefused);
                break;
            case TcpState.Closing or TcpState.LastAck:
                End(SocketError.Success);
                break;
            default:
                End(SocketError.ConnectionReset);
                break;
        }
    }

    private void Challenge()
    {
        if (!TakeChallenge()) return;
        Engine.Statistics.ChallengeAcks++;
        _challengeAcks++;
        _acknowledgeNow = true;
    }

    private bool TakeChallenge()
    {
        if (_limiter.TryTake(Engine.Milliseconds, Engine.Options.ChallengeAcksPerFiveSeconds)) return true;
        Engine.Statistics.ChallengeAcksLimited++;
        return false;
    }
}
