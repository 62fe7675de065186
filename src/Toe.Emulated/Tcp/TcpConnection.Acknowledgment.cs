using Toe.Emulated.Tcp.Congestion;
using Toe.Emulated.Tcp.Recovery;
using Toe.Emulated.Wire;
using static Toe.Emulated.Tcp.SequenceNumber;

namespace Toe.Emulated.Tcp;

/// <content>What an ACK does: RFC 9293 §3.10.7.4 fifth step, and the round trip samples of RFC 6298.</content>
internal sealed partial class TcpConnection
{
    private uint _sendUnacknowledged;
    private uint _sendNext;

    /// <summary>The highest sequence number there was: SND.NXT, or one more while a window probe is out.</summary>
    private uint _sendMaximum;

    /// <summary>The sequence number of the first byte in the send ring.</summary>
    private uint _headSequence;
    private uint _sendWindow;
    private uint _largestSendWindow;
    private uint _windowSequence;
    private uint _windowAcknowledgment;

    private uint Flight => _sendMaximum - _sendUnacknowledged;

    private void ReceiveAcknowledgment(ref readonly Segment segment, uint window, bool bare)
    {
        var acknowledgment = segment.AcknowledgmentNumber;
        var delivery = default(Delivery);
        Scoreboard.BeginAcknowledgment();
        var (flight, sacked) = (Scoreboard.Outstanding, Scoreboard.Sacked);
        var advances = Greater(acknowledgment, _sendUnacknowledged);
        if (advances) TakeAcknowledged(acknowledgment, ref delivery);
        else if (bare && IsDuplicate(in segment, window)) CountDuplicate(ref delivery);
        if (_selective && segment.Options.Sacks.Count > 0) TakeSacks(in segment, ref delivery);
        // RFC 8985 §7.4: a second answer without blocks says that the probe came for nothing.
        else if (!advances && bare && acknowledgment == _probeEnd && window == _sendWindow) _probing = false;
        SampleRoundTrip(in segment, in delivery, flight, advances);
        if (flight > 0 || advances) Recover(in segment, in delivery, flight, sacked, advances);
        if (_ecn) TakeCongestionEcho(in segment);
        UpdateSendWindow(in segment, window, advances);
        AdvanceState();
    }

    private void TakeAcknowledged(uint acknowledgment, ref Delivery delivery)
    {
        _sendUnacknowledged = acknowledgment;
        if (Greater(acknowledgment, _sendNext))
        {
            // The byte of a window probe was taken.
            _bytesSent += acknowledgment - _sendNext;
            _sendNext = acknowledgment;
        }
        Scoreboard.Acknowledge(acknowledgment, ref delivery);
        ConsumeAcknowledged();
        TakeArrivedProbe();
        _consecutiveTimeouts = 0;
        // The path works: what ICMP said before explains no later time-out.
        _softError = System.Net.Sockets.SocketError.Success;
        // RFC 6298 keeps the backoff until a new sample; without timestamps Karn's rule can take long to allow one, so new data
        // acknowledged ends it, as in every stack deployed.
        _roundTrip.ResetBackoff();
    }

    /// <summary>RFC 5681 §2: the conditions besides that it is bare.</summary>
    private bool IsDuplicate(ref readonly Segment segment, uint window) =>
        segment.AcknowledgmentNumber == _sendUnacknowledged && Flight > 0 && window == _sendWindow
        && !_persisting;

    private void UpdateSendWindow(ref readonly Segment segment, uint window, bool advances)
    {
        // An old segment must not bring an old window back (SND.WL1, SND.WL2). One that acknowledges more is not old, though it may carry again what was
        // sent before: without its window the edge would move beyond all that was promised.
        if (Less(segment.AcknowledgmentNumber, _sendUnacknowledged)) return;
        if (!advances && !Less(_windowSequence, segment.SequenceNumber)
            && !(_windowSequence == segment.SequenceNumber && LessOrEqual(_windowAcknowledgment, segment.AcknowledgmentNumber)))
            return;
        _sendWindow = window;
        _largestSendWindow = Math.Max(_largestSendWindow, window);
        _windowSequence = segment.SequenceNumber;
        _windowAcknowledgment = segment.AcknowledgmentNumber;
        _probesUnansweredSince = Never;
        if (window > 0 && _persisting) StopPersisting();
    }

    private void ConsumeAcknowledged()
    {
        var dataEnd = _finSent && Greater(_sendUnacknowledged, _finSequence) ? _finSequence : _sendUnacknowledged;
        if (!Greater(dataEnd, _headSequence) || _socket is null) return;
        var bytes = dataEnd - _headSequence;
        _headSequence = dataEnd;
        _socket.SendRing.Consume((int)bytes);
        _bytesAcknowledged += bytes;
        _ready |= Readiness.Send;
    }

    private void SampleRoundTrip(ref readonly Segment segment, ref readonly Delivery delivery, long flight, bool advances)
    {
        if (!advances) return;
        // Several samples in one round trip share one weight (RFC 7323 appendix G).
        var samples = (int)Math.Max(1, flight / (2L * _segmentSize));
        if (delivery.HasRoundTrip)
        {
            _roundTrip.Sample(Engine.Now - delivery.FirstSentAt, samples, LeastTimeout);
            _probedWithoutSample = false;
        }
        else if (_timestamps) SampleTimestamp(in segment, samples);
    }

    private void SampleTimestamp(ref readonly Segment segment, int samplesPerFlight)
    {
        var age = EchoAge(in segment);
        if (age != long.MaxValue) _roundTrip.Sample(age, samplesPerFlight, LeastTimeout);
    }

    /// <summary>How long ago this side sent the timestamp that a segment echoes, in ticks; <see cref="long.MaxValue"/> if it is no echo
    /// of ours.</summary>
    private long EchoAge(ref readonly Segment segment)
    {
        if (!_timestamps) return long.MaxValue;
        var age = TimestampNow - segment.Options.TimestampEcho;
        return age > Engine.Options.MaximumRetransmissionTimeout.TotalMilliseconds * 2 ? long.MaxValue : age * TimeSpan.TicksPerMillisecond;
    }

    private CongestionSample SampleOf(ref readonly Delivery delivery, long flight) => new()
    {
        Acknowledged = delivery.Acknowledged,
        FlightBefore = Math.Max(flight, _inFlight.AfterOutput),
        SendUnacknowledged = _sendUnacknowledged,
        SendNext = _sendNext,
        RoundTrip = delivery.HasRoundTrip ? Engine.Now - delivery.FirstSentAt : 0,
        SmoothedRoundTrip = _roundTrip.Smoothed,
        Now = Engine.Now,
    };

    /// <summary>The states that wait for our FIN's acknowledgment.</summary>
    private void AdvanceState()
    {
        if (!_finSent || !Greater(_sendUnacknowledged, _finSequence)) return;
        switch (State)
        {
            case TcpState.FinWait1:
                State = TcpState.FinWait2;
                if (_socket!.IsClosed) _finWaitAt = Engine.Now + Engine.Options.FinWait2Timeout.Ticks;
                break;
            case TcpState.Closing:
                State = TcpState.TimeWait;
                break;
            case TcpState.LastAck:
                End(System.Net.Sockets.SocketError.Success);
                break;
        }
    }
}
