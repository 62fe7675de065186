using Toe.Emulated.Wire;
using static Toe.Emulated.Tcp.SequenceNumber;

namespace Toe.Emulated.Tcp;

/// <content>What may be sent, and sending it: RFC 9293 §3.7.4, §3.8.6.2.1.</content>
internal sealed partial class TcpConnection
{
    private bool _finRequested;
    private bool _finSent;
    private uint _finSequence;

    /// <summary>When data was sent last, or the SYN before there was any; <see cref="TimerNode.Never"/> if that is not known.</summary>
    private long _lastSentAt;

    private uint TimestampNow => _timestampOffset + Engine.Milliseconds;

    /// <summary>Sends new and repeated data, and the FIN, as far as both windows, Nagle and SWS avoidance allow.</summary>
    /// <param name="force">The override timer ran out: send what fits, however little (RFC 9293 §3.8.6.2.1 (4)).</param>
    private void Output(bool force)
    {
        if (State is not (TcpState.Established or TcpState.CloseWait or TcpState.FinWait1 or TcpState.Closing or TcpState.LastAck)) return;
        if (!_synAcknowledged) return; // FIN-WAIT-1 entered before the SYN was acknowledged.
        var socket = _socket!;
        if (_completionDeferred) CompleteSending();
        if (Flight == 0 && _bytesSent > 0 && Engine.Now - _lastSentAt > CurrentTimeout) _congestion.OnIdle(InitialCongestionWindow);

        var sent = ResendLost();
        if (Scoreboard.Lost == 0)
        {
            sent |= ProbePathMtu(out var waits);
            if (!waits) sent |= OutputNew(force);
        }
        if (sent || (_persisting && socket.SendRing.Count == 0)) StopPersisting();
        if (Flight > 0 && !_persisting) ArmRetransmission();
        else if (Flight == 0 && !_persisting && Unsent > 0) StartPersisting();
        if (sent) ScheduleProbe();
        _inFlight.AfterOutput = Scoreboard.Outstanding;
    }

    /// <summary>Bytes the application gave and nobody has sent; -1 when the FIN was sent too.</summary>
    private int Unsent => (int)(_headSequence + (uint)_socket!.SendRing.Count - _sendNext);

    /// <summary>What one segment carries beside the SACK blocks it has to have.</summary>
    private int RoomForPayload => _segmentSize - SackOptionLength;

    private bool OutputNew(bool force)
    {
        var sent = false;
        while (true)
        {
            var unsent = Unsent;
            if (unsent <= 0)
            {
                // A bare FIN needs no window.
                if (unsent < 0 || !_finRequested) return sent;
                SendNew(0, fin: true);
                return true;
            }
            var usable = UsableWindow();
            var length = NextLength(unsent, usable);
            if (length <= 0 || !(force || IsWorthSending(length, unsent, usable))) return sent;
            SendNew(length, fin: _finRequested && length == unsent);
            sent = true;
            force = false;
        }
    }

    private long UsableWindow() => Math.Min(_sendWindow - (long)(_sendNext - _sendUnacknowledged), CongestionWindow - Pipe);

    /// <summary>What the next packet carries: as many whole segments as fit, or the end of the data. A short segment behind whole ones
    /// shares their packet only if it may be sent while they are in flight; in all other cases the next packet is its own.</summary>
    private int NextLength(int unsent, long usable)
    {
        // SACK blocks, and CWR, belong on one segment and not on each of a packet's.
        var single = _windowIsReduced || SackOptionLength > 0;
        var length = (int)Math.Min(Math.Min(unsent, usable), single ? RoomForPayload : _packetSize);
        if (length <= _segmentSize) return length;
        var endMayFollow = length == unsent && (_socket!.NoDelay || _finRequested);
        return endMayFollow ? length : length - length % _segmentSize;
    }

    private int SegmentsIn(int length) => length <= _segmentSize ? 1 : (length + _segmentSize - 1) / _segmentSize;

    private bool IsWorthSending(int length, int unsent, long usable)
    {
        if (length >= RoomForPayload || Less(_sendNext, _sendMaximum)) return true;
        var nagleAllows = _socket!.NoDelay || Flight == 0 || _finRequested;
        if (!nagleAllows) return false;
        return unsent <= usable || length >= _largestSendWindow / 2;
    }

    /// <summary>Sends the next bytes of the stream, in one packet.</summary>
    private void SendNew(int length, bool fin)
    {
        var sequence = _sendNext;
        SendData(sequence, length, fin, isNew: true);
        RecordSent(sequence, length, fin);
        _inFlight.RateReduction.OnSent(length);
        _bytesSent += length;
    }

    /// <summary>Enters what was sent for the first time on the scoreboard, segment by segment.</summary>
    private void RecordSent(uint sequence, int length, bool fin)
    {
        var end = sequence + (uint)length;
        while ((int)(end - sequence) > _segmentSize)
        {
            NoteSent(sequence, sequence + (uint)_segmentSize);
            sequence += (uint)_segmentSize;
        }
        if (fin) end++;
        if (sequence != end) NoteSent(sequence, end);
        _sendNext = end;
        _sendMaximum = Max(_sendMaximum, end);
    }

    private void NoteSent(uint start, uint end)
    {
        if (_inFlight == Engine.InFlight.None) _inFlight = Engine.InFlight.Rent(_sendUnacknowledged);
        Scoreboard.Add(start, end, Engine.Now);
    }

    private void SendData(uint sequence, int length, bool fin, bool isNew = false, int? segmentSize = null)
    {
        var flags = TcpFlags.Ack;
        if (length > 0 && sequence + (uint)length == _headSequence + (uint)_socket!.SendRing.Count) flags |= TcpFlags.Psh; // MUST-61
        if (fin) flags |= TcpFlags.Fin;
        if (isNew && _windowIsReduced && length > 0)
        {
            flags |= TcpFlags.Cwr; // RFC 3168 §6.1.2
            _windowIsReduced = false;
        }
        if (fin && !_finSent)
        {
            _finSent = true;
            _finSequence = sequence + (uint)length;
            if (State == TcpState.CloseWait) State = TcpState.LastAck;
        }
        // RFC 3168 §6.1.4 to §6.1.6: not what was sent before, not probes.
        Transmit(Header(sequence, flags, isEcnCapable: isNew && _ecn && _mayBeMarked && length > 0), length, segmentSize ?? _segmentSize);
        _lastSentAt = Engine.Now;
    }

    private SegmentToSend Header(uint sequence, TcpFlags flags, bool isEcnCapable = false) => new()
    {
        SequenceNumber = sequence,
        AcknowledgmentNumber = _receiveNext,
        Flags = _echoesCongestion ? flags | TcpFlags.Ece : flags,
        Window = SelectWindow(),
        WindowScale = -1,
        HasTimestamps = _timestamps,
        TimestampValue = TimestampNow,
        TimestampEcho = _timestampRecent,
        Sacks = CollectSacks(),
        IsEcnCapable = isEcnCapable,
    };

    private void SendAcknowledgment() => Transmit(Header(_sendMaximum, TcpFlags.Ack));

    /// <summary>Sends a segment, or several in one packet, with bytes of the send ring.</summary>
    private void Transmit(in SegmentToSend segment, int length = 0, int segmentSize = 0)
    {
        if ((segment.Flags & TcpFlags.Ack) != TcpFlags.None)
        {
            _acknowledgeNow = false;
            _unacknowledgedSegments = 0;
            _delayedAckAt = Never;
            _lastAcknowledgmentSent = segment.AcknowledgmentNumber;
            _duplicateIsDue = false;
        }
        ReadOnlySpan<byte> payload = default, continued = default;
        if (length > 0)
        {
            var ring = _socket!.SendRing;
            ring.Slice(ring.Head + (segment.SequenceNumber - _headSequence), length, out payload, out continued);
        }
        _segmentsSent += length <= segmentSize ? 1 : SegmentsIn(length);
        Engine.Send(Tuple, PseudoHeader, segment, payload, continued, segmentSize, TrafficClass(segment.IsEcnCapable), _options.TimeToLive);
    }

    /// <summary>The Diffserv bits and, for new data, ECT(0) (RFC 3168 §5).</summary>
    private byte TrafficClass(bool isEcnCapable) => (byte)(((_socket?.TrafficClass ?? _options.TrafficClass) & 0xfc) | (isEcnCapable ? 2 : 0));
}
