using Toe.Emulated.Wire;
using static Toe.Emulated.Tcp.SequenceNumber;

namespace Toe.Emulated.Tcp;

/// <summary>A connection in TIME-WAIT: only what it takes to acknowledge the peer's FIN again and to judge a new SYN.</summary>
internal sealed class TimeWaitEntry(TcpEngine engine, in FourTuple tuple, TimeWaitState last, ITcpEndpointWatcher? watcher) : TcpEndpoint(engine, tuple)
{
    private readonly TimeWaitState _last = last;
    private ChallengeAckLimiter _limiter;

    /// <summary>Who learns that the tuple is free.</summary>
    public ITcpEndpointWatcher? Watcher => watcher;

    /// <summary>One behind the last sequence number this side used: a new incarnation begins beyond it (RFC 9293 MAY-2).</summary>
    public uint SendNext => _last.SendNext;

    public override void OnTimer() => Engine.RemoveTimeWait(this);

    public override void OnSegment(ref Segment segment)
    {
        // RFC 1337 fix (F1): a RST must not end TIME-WAIT early.
        if (segment.Has(TcpFlags.Rst)) return;
        if (segment.Has(TcpFlags.Syn) && !segment.Has(TcpFlags.Ack) && Engine.FindListener(segment.Tuple) is { } listener
            && IsNewIncarnation(in segment, listener.Options.Timestamps))
        {
            Engine.Reopen(this, listener, ref segment);
            return;
        }
        var isFin = segment.Has(TcpFlags.Fin) && segment.SequenceNumber + segment.Length == _last.ReceiveNext;
        // RFC 9293 §3.10.7.4: only the peer's FIN can come again; it restarts the 2 MSL.
        if (isFin) Engine.Timers.Set(this, Engine.Now + Engine.TimeWaitTicks);
        // In order there is nothing to say to a bare ACK, nor to what lacks the ACK bit (fifth step: dropped).
        var expected = segment.SequenceNumber == _last.ReceiveNext
            && (segment.Length == 0 || !segment.Has(TcpFlags.Ack) && !segment.Has(TcpFlags.Syn));
        if (expected) return;
        if (segment.Length > 0 && !segment.Has(TcpFlags.Syn) || _limiter.TryTake(Engine.Milliseconds, Engine.Options.ChallengeAcksPerFiveSeconds))
            Acknowledge(in segment);
    }

    /// <summary>RFC 6191 §2, and RFC 9293 §3.10.7.4 (MAY-2) where there are no timestamps.</summary>
    private bool IsNewIncarnation(ref readonly Segment syn, bool usesTimestamps)
    {
        var sequenceIsNew = Greater(syn.SequenceNumber, _last.ReceiveNext - 1);
        if (!syn.Options.HasTimestamps || !usesTimestamps) return sequenceIsNew;
        if (!_last.Timestamps) return true;
        var difference = (int)(syn.Options.TimestampValue - _last.TimestampRecent);
        return difference > 0 || (difference == 0 && sequenceIsNew);
    }

    private void Acknowledge(ref readonly Segment segment)
    {
        var recent = _last.TimestampRecent;
        if (_last.Timestamps && segment.Options.HasTimestamps && (int)(segment.Options.TimestampValue - recent) > 0)
            recent = segment.Options.TimestampValue;
        var answer = new SegmentToSend
        {
            SequenceNumber = _last.SendNext,
            AcknowledgmentNumber = _last.ReceiveNext,
            Flags = TcpFlags.Ack,
            Window = _last.Window,
            WindowScale = -1,
            HasTimestamps = _last.Timestamps,
            TimestampValue = _last.TimestampOffset + Engine.Milliseconds,
            TimestampEcho = recent,
        };
        Engine.Send(Tuple, PseudoHeader, answer, _last.TrafficClass, _last.TimeToLive);
    }
}
