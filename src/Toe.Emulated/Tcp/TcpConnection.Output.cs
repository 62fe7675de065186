using Toe.Emulated.Wire;
using static Toe.Emulated.Tcp.SequenceNumber;

namespace Toe.Emulated.Tcp;

/// <content>What may be sent, and sending it: RFC 9293 §3.7.4, §3.8.6.2.1, RFC 5681, RFC 3042.</content>
internal sealed partial class TcpConnection
{
    private bool _finRequested;
    private bool _finSent;
    private uint _finSequence;
    private long _lastSentAt;

    private uint TimestampNow => _timestampOffset + Engine.Milliseconds;

    /// <summary>Sends new and repeated data, and the FIN, as far as both windows, Nagle and SWS avoidance allow.</summary>
    /// <param name="force">The override timer ran out: send what fits, however little (RFC 9293 §3.8.6.2.1 (4)).</param>
    private void Output(bool force)
    {
        if (State is not (TcpState.Established or TcpState.CloseWait or TcpState.FinWait1 or TcpState.Closing or TcpState.LastAck)) return;
        if (_sendUnacknowledged == _initialSend) return; // FIN-WAIT-1 entered before the SYN was acknowledged.
        var socket = _socket!;
        if (_completionDeferred) CompleteSending();
        if (Flight == 0 && _bytesSent > 0 && Engine.Now - _lastSentAt > _roundTrip.Timeout) _congestion.OnIdle();

        var sent = false;
        while (true)
        {
            var dataEnd = _headSequence + (uint)socket.SendRing.Count;
            var unsent = (int)(dataEnd - _sendNext);
            if (unsent <= 0)
            {
                // A bare FIN needs no window.
                if (unsent < 0 || !_finRequested) break;
                SendData(_sendNext, 0, fin: true);
                sent = true;
                break;
            }
            var usable = UsableWindow();
            var limited = _duplicateAcks is 1 or 2 && !_congestion.InRecovery && _sendNext == _sendMaximum;
            var length = NextLength(unsent, usable, limited ? _segmentSize : _packetSize);
            if (length <= 0 || !(force || IsWorthSending(length, unsent, usable))) break;
            var fin = _finRequested && length == unsent;
            if (limited) CountLimitedTransmit(length);
            SendData(_sendNext, length, fin);
            sent = true;
            force = false;
        }
        if (sent || (_persisting && socket.SendRing.Count == 0)) StopPersisting();
        if (Flight > 0 && !_persisting) ArmRetransmission();
        else if (Flight == 0 && !_persisting && (int)(_headSequence + (uint)socket.SendRing.Count - _sendNext) > 0) StartPersisting();
    }

    private long UsableWindow()
    {
        var congestion = _congestion.Window;
        // RFC 3042: one new segment for each of the first two duplicate ACKs.
        if (!_congestion.InRecovery && _duplicateAcks > 0 && _sendNext == _sendMaximum)
            congestion += Math.Min(_duplicateAcks, 2) * (long)_segmentSize;
        return Math.Min(_sendWindow, congestion) - (_sendNext - _sendUnacknowledged);
    }

    /// <summary>What the next packet carries: as many whole segments as fit, or the end of the data. A short segment behind whole ones
    /// shares their packet only if it may be sent while they are in flight; in all other cases the next packet is its own.</summary>
    private int NextLength(int unsent, long usable, int limit)
    {
        var length = (int)Math.Min(Math.Min(unsent, usable), limit);
        if (length <= _segmentSize) return length;
        var endMayFollow = length == unsent && (_socket!.NoDelay || _finRequested);
        return endMayFollow ? length : length - length % _segmentSize;
    }

    private int SegmentsIn(int length) => length <= _segmentSize ? 1 : (length + _segmentSize - 1) / _segmentSize;

    private void CountLimitedTransmit(int length)
    {
        if (_sendNext - _sendUnacknowledged + length > _congestion.Window) _limitedTransmitted += (uint)length;
    }

    private bool IsWorthSending(int length, int unsent, long usable)
    {
        if (length >= _segmentSize || Less(_sendNext, _sendMaximum)) return true;
        var nagleAllows = _socket!.NoDelay || Flight == 0 || _finRequested;
        if (!nagleAllows) return false;
        return unsent <= usable || length >= _largestSendWindow / 2;
    }

    private void SendData(uint sequence, int length, bool fin)
    {
        var socket = _socket!;
        var dataEnd = _headSequence + (uint)socket.SendRing.Count;
        var flags = TcpFlags.Ack;
        if (length > 0 && sequence + (uint)length == dataEnd) flags |= TcpFlags.Psh; // MUST-61
        if (fin) flags |= TcpFlags.Fin;
        var segment = Header(sequence, flags);
        if (fin && !_finSent)
        {
            _finSent = true;
            _finSequence = sequence + (uint)length;
            if (State == TcpState.CloseWait) State = TcpState.LastAck;
        }
        var end = sequence + (uint)length + (fin ? 1u : 0u);
        Account(sequence, end, length);
        if (sequence == _sendNext) _sendNext = end;
        _sendMaximum = Max(_sendMaximum, end);
        Transmit(segment, length);
        _lastSentAt = Engine.Now;
    }

    private void Account(uint sequence, uint end, int length)
    {
        if (Less(sequence, _sendMaximum))
        {
            var again = (int)Math.Min(_sendMaximum - sequence, (uint)length);
            _bytesRetransmitted += again;
            _bytesSent += length - again;
            _retransmits += SegmentsIn(again);
            Engine.Statistics.Retransmits += SegmentsIn(again);
            _timing = false; // Karn: the answer could be to either copy.
            return;
        }
        _bytesSent += length;
        if (_timing) return;
        _timing = true;
        _timedSequence = end - 1;
        _timedAt = Engine.Now;
    }

    /// <summary>Sends the first unacknowledged segment again, whatever the congestion window says (RFC 5681 §3.2 step 3).</summary>
    private void RetransmitFirst()
    {
        var dataEnd = _headSequence + (uint)_socket!.SendRing.Count;
        // Not beyond what was sent, and inside the peer's window (SHLD-16), which may have shrunk.
        var limit = Math.Min(_sendMaximum - _sendUnacknowledged, dataEnd - _sendUnacknowledged);
        if (_finSent && _sendUnacknowledged == _finSequence) limit = 0;
        var length = (int)Math.Min(Math.Min(limit, _sendWindow), (uint)_segmentSize);
        var fin = _finSent && _sendUnacknowledged + (uint)length == _finSequence;
        if (length > 0 || fin) SendData(_sendUnacknowledged, length, fin);
    }

    private SegmentToSend Header(uint sequence, TcpFlags flags) => new()
    {
        SequenceNumber = sequence,
        AcknowledgmentNumber = _receiveNext,
        Flags = flags,
        Window = SelectWindow(),
        WindowScale = -1,
        HasTimestamps = _timestamps,
        TimestampValue = TimestampNow,
        TimestampEcho = _timestampRecent,
    };

    private void SendAcknowledgment() => Transmit(Header(_sendMaximum, TcpFlags.Ack), 0);

    /// <summary>Sends a segment, or several in one packet, with bytes of the send ring.</summary>
    private void Transmit(in SegmentToSend segment, int length)
    {
        if ((segment.Flags & TcpFlags.Ack) != TcpFlags.None)
        {
            _acknowledgeNow = false;
            _unacknowledgedSegments = 0;
            _delayedAckAt = Never;
            _lastAcknowledgmentSent = segment.AcknowledgmentNumber;
        }
        ReadOnlySpan<byte> payload = default, continued = default;
        if (length > 0)
        {
            var ring = _socket!.SendRing;
            ring.Slice(ring.Head + (segment.SequenceNumber - _headSequence), length, out payload, out continued);
        }
        _segmentsSent += SegmentsIn(length);
        Engine.Send(Tuple, PseudoHeader, segment, payload, continued, _segmentSize, (byte)(_options.TrafficClass & 0xfc), _options.TimeToLive);
    }
}
