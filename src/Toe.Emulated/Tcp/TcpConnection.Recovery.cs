using Toe.Emulated.Tcp.Recovery;
using Toe.Emulated.Wire;
using static Toe.Emulated.Tcp.SequenceNumber;

namespace Toe.Emulated.Tcp;

/// <content>
/// Finding losses and repairing them: by time with RFC 8985 where the peer acknowledges selectively (RFC 2018), by duplicate ACKs with RFC 6582
/// where it does not; at the rate of RFC 9937.
/// </content>
internal sealed partial class TcpConnection
{
    /// <summary>WCDelAckT of RFC 8985 §7.2: how long a peer may sit on the ACK of a single segment.</summary>
    private const long WorstDelayedAck = 200 * TimeSpan.TicksPerMillisecond;

    /// <summary>A probe sooner than a thread wakes up says nothing about the path (Linux's TCP_TIMEOUT_MIN is two ticks of 1 to 4 ms).</summary>
    private const long ShortestProbe = 2 * TimeSpan.TicksPerMillisecond;

    /// <summary>The engine's shared one while nothing is in flight for long.</summary>
    private InFlight _inFlight;
    private RecoveryPhase _phase;

    /// <summary>RecoveryPoint: what was SND.NXT when recovery began.</summary>
    private uint _recover;

    /// <summary>Both SYNs carried SACK-permitted.</summary>
    private bool _selective;

    private int _duplicateAcks;
    private bool _firstPartial;

    /// <summary>A time-out sends the first segment again, whatever is in the network.</summary>
    private bool _resendsFirst;
    private bool _probing;
    private bool _probedWithoutSample;
    private bool _probeWasResent;
    private uint _probeEnd;

    private Scoreboard Scoreboard => _inFlight.Scoreboard;

    /// <summary>What is in the network.</summary>
    private long Pipe => Scoreboard.Pipe - Math.Min(_inFlight.DuplicateBytes, Scoreboard.Pipe);

    private long ReorderingWindow => _inFlight.Rack.ReorderingWindow(_phase != RecoveryPhase.Open, Scoreboard.SackedSegments, _roundTrip.Smoothed);

    private long CongestionWindow => _phase == RecoveryPhase.FastRecovery ? _inFlight.RateReduction.Window : _congestion.Window;

    /// <summary>A bare ACK of nothing new. The first two let new segments go (RFC 3042), the third one begins recovery.</summary>
    private void CountDuplicate(ref Delivery delivery)
    {
        _duplicateAckCount++;
        if (_selective) return;
        _duplicateAcks++;
        // No more than was in flight when recovery began: a peer that acknowledges nothing again and again earns nothing (RFC 9937 §6).
        var most = _phase == RecoveryPhase.FastRecovery ? _recover - _sendUnacknowledged : Scoreboard.Outstanding;
        if (_inFlight.DuplicateBytes + _segmentSize >= most) return;
        _inFlight.DuplicateBytes += _segmentSize;
        delivery.Sacked += _segmentSize;
    }

    private void TakeSacks(ref readonly Segment segment, ref Delivery delivery)
    {
        var blocks = segment.Options.Sacks;
        var first = 0;
        if (IsDuplicateReport(in blocks, segment.AcknowledgmentNumber))
        {
            first = 1;
            if (_inFlight != Engine.InFlight.None) _inFlight.Rack.OnDuplicateReported(_sendUnacknowledged, _sendNext);
            if (_probing && blocks[0].End == _probeEnd) _probing = false;
        }
        for (var i = first; i < blocks.Count; i++)
        {
            var (start, end) = blocks[i];
            // RFC 2018 has no meaning for others: empty ones, old ones, and data never sent.
            if (Less(start, end) && GreaterOrEqual(start, _sendUnacknowledged) && LessOrEqual(end, _sendNext)) Scoreboard.Sack(start, end, ref delivery);
        }
    }

    /// <summary>A D-SACK (RFC 2883 §4): the first block lies below the ACK, or within the second one.</summary>
    private static bool IsDuplicateReport(ref readonly SackBlocks blocks, uint acknowledgment)
    {
        var (start, end) = blocks[0];
        if (!Less(start, end)) return false;
        if (LessOrEqual(end, acknowledgment)) return true;
        return blocks.Count > 1 && GreaterOrEqual(start, blocks[1].Start) && LessOrEqual(end, blocks[1].End);
    }

    private void Recover(ref readonly Segment segment, ref readonly Delivery delivery, long flight, long sacked, bool advances)
    {
        EndProbe(segment.AcknowledgmentNumber, flight);
        var before = _phase;
        if (before != RecoveryPhase.Open && GreaterOrEqual(_sendUnacknowledged, _recover)) LeaveRecovery();
        var counted = _inFlight.DuplicateBytes;
        var isLost = _selective ? DetectByTime(in segment, in delivery) : DetectByDuplicates(in delivery, advances);
        if (isLost && OnlyProbeIsLost()) isLost = false;
        switch (_phase)
        {
            case RecoveryPhase.Open when isLost:
                EnterRecovery(delivery.Bytes, flight, sacked);
                break;
            case RecoveryPhase.FastRecovery:
                // What duplicates had counted is not delivered a second time.
                _inFlight.RateReduction.OnAcknowledgment(delivery.Bytes - Math.Max(0, counted - _inFlight.DuplicateBytes), Pipe, advances && !isLost, _segmentSize);
                // RFC 6582 §3.2 step 3: each partial ACK sends the first segment again.
                if (!_selective && advances) _inFlight.RateReduction.AllowOne(Pipe, _segmentSize);
                break;
            default:
                // The ACK that ends fast recovery has had its say.
                if (!advances || before == RecoveryPhase.FastRecovery || IsCongestionEcho(in segment)) break;
                _congestion.OnAcknowledged(SampleOf(in delivery, flight));
                TuneSendBuffer();
                break;
        }
        if (advances) RestartTimers();
        else if (delivery.Sacked > 0) ScheduleProbe();
    }

    /// <summary>RFC 8985 §6.2.</summary>
    private bool DetectByTime(ref readonly Segment segment, ref readonly Delivery delivery)
    {
        _inFlight.Rack.Update(in delivery, EchoAge(in segment), Engine.Now);
        return DetectOverdue();
    }

    private bool DetectOverdue()
    {
        return Scoreboard.DetectLosses(in _inFlight.Rack, ReorderingWindow, Engine.Now, out _inFlight.ReorderingAt);
    }

    /// <summary>RFC 6582 §3.2.</summary>
    private bool DetectByDuplicates(ref readonly Delivery delivery, bool advances)
    {
        if (advances)
        {
            _duplicateAcks = 0;
            if (_phase != RecoveryPhase.FastRecovery)
            {
                _inFlight.DuplicateBytes = 0;
                return false;
            }
            // Step 3, a partial ACK: the next segment is lost too. One of those acknowledged was the hole, the others had been counted.
            _inFlight.DuplicateBytes = Math.Max(0, _inFlight.DuplicateBytes - Math.Max(0, delivery.Acknowledged - _segmentSize));
            Scoreboard.LoseFirst();
            return true;
        }
        // Step 2: duplicates of what was sent before the last recovery or time-out mean nothing new.
        if (_duplicateAcks != Rack.DuplicateThreshold || _phase != RecoveryPhase.Open || !Greater(_sendUnacknowledged, _recover)) return false;
        Scoreboard.LoseFirst();
        return true;
    }

    private void EnterRecovery(long delivered, long flight, long sacked)
    {
        _fastRecoveries++;
        // RFC 3042 §2: what limited transmit sent does not count.
        _congestion.OnCongestion(Math.Min(flight, _congestion.Window));
        _windowIsReduced = _ecn;
        _phase = RecoveryPhase.FastRecovery;
        _recover = _sendNext;
        _firstPartial = true;
        _probing = false;
        _inFlight.ProbeAt = Never;
        _inFlight.RateReduction.Begin(_congestion.Threshold, flight - sacked - Math.Max(0, _inFlight.DuplicateBytes - _segmentSize));
        _inFlight.RateReduction.OnAcknowledgment(delivered, Pipe, isSafe: false, _segmentSize);
        RestartRetransmission();
    }

    private void LeaveRecovery()
    {
        if (_phase == RecoveryPhase.FastRecovery) _congestion.OnRecovered();
        _phase = RecoveryPhase.Open;
        _inFlight.Rack.OnRecovered();
        _duplicateAcks = 0;
        _inFlight.DuplicateBytes = 0;
    }

    /// <summary>What is in flight is lost, whatever the reason; that it is congestion is for the caller to say.</summary>
    /// <param name="sentBefore">Behind the first segment, only what was sent before then.</param>
    private void LoseFlight(long sentBefore = long.MaxValue)
    {
        Scoreboard.LoseAll(sentBefore);
        _phase = RecoveryPhase.Timeout;
        _recover = _sendNext;
        _duplicateAcks = 0;
        _inFlight.DuplicateBytes = 0;
        _inFlight.ReorderingAt = Never;
        _probing = false;
        _inFlight.ProbeAt = Never;
    }

    /// <summary>RFC 8985 §6.3: the reordering window of a segment has ended without an ACK.</summary>
    private void OnReorderingTimeout()
    {
        var (flight, sacked) = (Scoreboard.Outstanding, Scoreboard.Sacked);
        if (!DetectOverdue() || OnlyProbeIsLost()) return;
        if (_phase == RecoveryPhase.Open) EnterRecovery(0, flight, sacked);
        else if (_phase == RecoveryPhase.FastRecovery) _inFlight.RateReduction.OnAcknowledgment(0, Pipe, isSafe: false, _segmentSize);
    }

    /// <summary>Sends again what is lost, as far as both windows let it.</summary>
    /// <returns>True if something was sent.</returns>
    private bool ResendLost()
    {
        var sent = false;
        while (Scoreboard.TryFindLost(out var position, out var first))
        {
            // With nothing in the network a segment always goes, or nothing would ever come back.
            var congestion = Pipe > 0 && !_resendsFirst ? CongestionWindow - Pipe : Math.Max(CongestionWindow, first.Length);
            if (congestion < Math.Min(first.Length, _segmentSize)) break;
            // Inside the peer's window, which may have shrunk (SHLD-16).
            var room = _sendWindow - (long)(first.Start - _sendUnacknowledged);
            if (room <= 0 && !IsBareFin(in first)) break;
            Resend(position, (int)Math.Min(congestion, room));
            _resendsFirst = false;
            sent = true;
        }
        return sent;
    }

    private bool IsBareFin(ref readonly SentSegment segment) => _finSent && segment.Start == _finSequence;

    /// <summary>Sends a segment again, and others that are lost behind it as far as one packet goes.</summary>
    /// <param name="position">The segment's place on the scoreboard.</param>
    /// <param name="limit">Bytes that the windows leave.</param>
    private void Resend(long position, int limit)
    {
        var (start, end) = Scoreboard.Resend(position, Math.Min(limit, _packetSize), _segmentSize, Engine.Now);
        if (_search is { } search && search.IsProbe(start)) search.OnLost(Engine.Now);
        var dataEnd = _finSent && end == _finSequence + 1 ? _finSequence : end;
        var length = (int)(dataEnd - start);
        var most = SackOptionLength > 0 || length <= _segmentSize ? RoomForPayload : _packetSize;
        var sequence = start;
        do
        {
            // The path may take smaller packets by now, and SACK blocks take their room.
            var part = Math.Min(length, most);
            var fin = dataEnd != end && sequence + (uint)part == _finSequence;
            SendData(sequence, part, fin);
            sequence += (uint)part;
            length -= part;
        }
        while (length > 0);
        _inFlight.RateReduction.OnSent(end - start);
        var segments = SegmentsIn((int)(end - start));
        _bytesRetransmitted += dataEnd - start;
        _retransmits += (uint)segments;
        Engine.Statistics.Retransmits += segments;
    }

    /// <summary>RFC 8985 §7.2: when to ask for an ACK of the tail.</summary>
    private void ScheduleProbe()
    {
        _inFlight.ProbeAt = Never;
        if (!_selective || _phase != RecoveryPhase.Open || _probing || Scoreboard.IsEmpty || Scoreboard.Sacked > 0 || _persisting) return;
        // §7.3: one probe, and then no other before a round trip was measured.
        if (_probedWithoutSample) return;
        var timeout = _roundTrip.HasSample ? 2 * _roundTrip.Smoothed : TimeSpan.TicksPerSecond;
        if (_roundTrip.HasSample && Scoreboard.Count == 1) timeout += WorstDelayedAck;
        // Where the time-out would come first, the probe goes in its place.
        _inFlight.ProbeAt = Math.Min(Engine.Now + Math.Max(timeout, ShortestProbe), _retransmitAt);
    }

    /// <summary>RFC 8985 §7.3: a new segment if there is one, else the last one again.</summary>
    private void OnProbeTimeout()
    {
        _inFlight.ProbeAt = Never;
        var unsent = (int)(_headSequence + (uint)_socket!.SendRing.Count - _sendNext);
        var length = (int)Math.Min(Math.Min(unsent, RoomForPayload), _sendWindow - (long)(_sendNext - _sendUnacknowledged));
        _probeWasResent = length <= 0;
        if (length > 0) SendNew(length, fin: _finRequested && length == unsent);
        else if (Scoreboard.TryFindLast(out var position)) Resend(position, _segmentSize);
        else return;
        _probing = _probedWithoutSample = true;
        _probeEnd = _sendNext;
        _tailProbes++;
        RestartRetransmission();
    }

    /// <summary>RFC 8985 §7.4: what became of the probe.</summary>
    private void EndProbe(uint acknowledgment, long flight)
    {
        if (!_probing || Less(acknowledgment, _probeEnd)) return;
        if (_probeWasResent && !Greater(acknowledgment, _probeEnd)) return;
        _probing = false;
        if (!_probeWasResent) return;
        // It repaired a loss that nothing else has shown.
        _congestion.OnCongestion(Math.Min(flight, _congestion.Window));
        _congestion.OnRecovered();
        _windowIsReduced = _ecn;
    }
}
