using Toe.Emulated.Wire;
using static Toe.Emulated.Tcp.SequenceNumber;

namespace Toe.Emulated.Tcp;

/// <content>What an ACK does: RFC 9293 §3.10.7.4 fifth step, RFC 5681, RFC 6582, RFC 6298.</content>
internal sealed partial class TcpConnection
{
    private uint _sendUnacknowledged;
    private uint _sendNext;

    /// <summary>The highest SND.NXT there was. SND.NXT itself goes back at a retransmission time-out.</summary>
    private uint _sendMaximum;

    /// <summary>The sequence number of the first byte in the send ring.</summary>
    private uint _headSequence;
    private uint _sendWindow;
    private uint _largestSendWindow;
    private uint _windowSequence;
    private uint _windowAcknowledgment;
    private uint _recover;
    private int _duplicateAcks;
    private uint _limitedTransmitted;
    private bool _firstPartial;

    private bool _timing;
    private uint _timedSequence;
    private long _timedAt;

    private uint Flight => _sendMaximum - _sendUnacknowledged;

    private void ReceiveAcknowledgment(ref readonly Segment segment, uint window, bool bare)
    {
        var acknowledgment = segment.AcknowledgmentNumber;
        if (Greater(acknowledgment, _sendUnacknowledged)) ReceiveNewAcknowledgment(in segment);
        else if (bare && IsDuplicate(in segment, window)) ReceiveDuplicate();
        UpdateSendWindow(in segment, window);
        AdvanceState();
    }

    /// <summary>RFC 5681 §2: the conditions besides that it is bare.</summary>
    private bool IsDuplicate(ref readonly Segment segment, uint window) =>
        segment.AcknowledgmentNumber == _sendUnacknowledged && Flight > 0 && window == _sendWindow
        && !_persisting;

    private void UpdateSendWindow(ref readonly Segment segment, uint window)
    {
        // An old segment must not bring an old window back (SND.WL1, SND.WL2).
        if (Less(segment.AcknowledgmentNumber, _sendUnacknowledged)) return;
        if (!Less(_windowSequence, segment.SequenceNumber)
            && !(_windowSequence == segment.SequenceNumber && LessOrEqual(_windowAcknowledgment, segment.AcknowledgmentNumber)))
            return;
        _sendWindow = window;
        _largestSendWindow = Math.Max(_largestSendWindow, window);
        _windowSequence = segment.SequenceNumber;
        _windowAcknowledgment = segment.AcknowledgmentNumber;
        _probesUnansweredSince = Never;
        if (window > 0 && _persisting) StopPersisting();
    }

    private void ReceiveNewAcknowledgment(ref readonly Segment segment)
    {
        var flightBefore = Flight;
        var acknowledged = segment.AcknowledgmentNumber - _sendUnacknowledged;
        SampleRoundTrip(in segment, flightBefore);

        _sendUnacknowledged = segment.AcknowledgmentNumber;
        _sendNext = Max(_sendNext, _sendUnacknowledged);
        ConsumeAcknowledged();
        _consecutiveTimeouts = 0;
        // The path works: what ICMP said before explains no later time-out.
        _softError = System.Net.Sockets.SocketError.Success;
        // RFC 6298 keeps the backoff until a new sample; without timestamps Karn's rule can take long to allow one, so new data
        // acknowledged ends it, as in every stack deployed.
        _roundTrip.ResetBackoff();

        if (_congestion.InRecovery)
        {
            if (GreaterOrEqual(_sendUnacknowledged, _recover)) _congestion.OnRecovered(Flight);
            else
            {
                _congestion.OnPartialAcknowledgment(acknowledged);
                RetransmitFirst();
                // RFC 6582 §3.2 step 3: only the first partial ACK restarts the timer.
                if (_firstPartial) RestartRetransmission();
                _firstPartial = false;
                _duplicateAcks = 0;
                return;
            }
        }
        else _congestion.OnAcknowledged(acknowledged, flightBefore);
        _duplicateAcks = 0;
        _limitedTransmitted = 0;
        RestartRetransmission();
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

    private void ReceiveDuplicate()
    {
        _duplicateAckCount++;
        _duplicateAcks++;
        if (_congestion.InRecovery)
        {
            _congestion.OnDuplicateInRecovery();
            return;
        }
        // RFC 6582 §3.2 step 2: duplicates of what was sent before the last recovery or time-out mean nothing new.
        if (_duplicateAcks != 3 || !Greater(_sendUnacknowledged, _recover)) return;
        _fastRecoveries++;
        // RFC 3042 §2: what limited transmit sent does not count.
        _congestion.OnFastRetransmit(Flight - _limitedTransmitted);
        _recover = _sendMaximum;
        _firstPartial = true;
        _limitedTransmitted = 0;
        RetransmitFirst();
        RestartRetransmission();
    }

    private void SampleRoundTrip(ref readonly Segment segment, uint flightBefore)
    {
        if (_timing && Greater(segment.AcknowledgmentNumber, _timedSequence))
        {
            // Karn: _timing ends when anything is sent again.
            _timing = false;
            _roundTrip.Sample(Engine.Now - _timedAt, 1);
        }
        else if (_timestamps) SampleTimestamp(in segment, (int)Math.Max(1, flightBefore / (2L * _segmentSize)));
    }

    private void SampleTimestamp(ref readonly Segment segment, int samplesPerFlight)
    {
        var age = TimestampNow - segment.Options.TimestampEcho;
        // Out of range: not an echo of ours.
        if (age > Engine.Options.MaximumRetransmissionTimeout.TotalMilliseconds * 2) return;
        _roundTrip.Sample(age * TimeSpan.TicksPerMillisecond, samplesPerFlight);
    }

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
