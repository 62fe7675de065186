using Toe.Emulated.Wire;
using static Toe.Emulated.Tcp.SequenceNumber;

namespace Toe.Emulated.Tcp;

/// <content>Text and FIN (RFC 9293 §3.10.7.4 seventh and eighth step), reassembly, and the window we advertise.</content>
internal sealed partial class TcpConnection
{
    private uint _receiveNext;

    /// <summary>RCV.NXT + RCV.WND as last advertised: never moves back (SHLD-14).</summary>
    private uint _advertisedEdge;
    private uint _lastAcknowledgmentSent;
    private Reassembly? _reassembly;

    /// <summary>The next ACK reports what came twice (RFC 2883).</summary>
    private bool _duplicateIsDue;
    private uint _duplicateStart;
    private uint _duplicateEnd;
    private bool _finKnown;
    private uint _finReceived;
    private int _unacknowledgedSegments;
    private bool _acknowledgeNow;
    private long _urgentMark;

    /// <summary>RCV.WND: what the peer may still send.</summary>
    private uint ReceiveWindow => Greater(_advertisedEdge, _receiveNext) ? _advertisedEdge - _receiveNext : 0;

    /// <summary>The largest window we can mean and write.</summary>
    private long ReceiveWindowLimit => Math.Min(_receiveLimit, (long)ushort.MaxValue << _receiveScale);

    private void ChooseReceiveScale()
    {
        if (_options.WindowScaling) _receiveScale = (byte)ReceiveScaleOf(_options);
    }

    private void ReceiveText(ref Segment segment)
    {
        // In the other states the peer's FIN has come already: there is no text behind it.
        if (State is not (TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2)) return;
        if (segment.Payload.Length > 0)
        {
            if (_socket!.IsClosed)
            {
                // Nobody will read it: the peer must learn that it is lost (SHLD-3, RFC 1122 4.2.2.13).
                SendResetIfNeeded();
                End(System.Net.Sockets.SocketError.Success);
                return;
            }
            Store(in segment);
        }
        if (segment.Has(TcpFlags.Fin))
        {
            _finKnown = true;
            _finReceived = segment.SequenceNumber + (uint)segment.Payload.Length;
            _acknowledgeNow = true;
        }
        if (_finKnown && _finReceived == _receiveNext) ReceiveFin();
    }

    private void Store(ref readonly Segment segment)
    {
        var ring = _socket!.ReceiveRing;
        var position = ring.Tail + (segment.SequenceNumber - _receiveNext);
        var inOrder = segment.SequenceNumber == _receiveNext;
        if (ring.Reserve(position, position + segment.Payload.Length) < position + segment.Payload.Length)
        {
            // It comes again, as if the network had lost it.
            Engine.Statistics.BuffersExhausted++;
            return;
        }
        if (inOrder && _reassembly is not { IsEmpty: false })
        {
            ring.WriteAt(position, segment.Payload);
            Deliver(ring, position + segment.Payload.Length);
            // SHLD-19: at the latest every second segment; a packet may hold several.
            _unacknowledgedSegments += 1 + (segment.Payload.Length - 1) / AnnouncedSegmentSize;
            if (_unacknowledgedSegments >= 2 || Engine.Options.DelayedAcknowledgement == TimeSpan.Zero || MayFillGapOfBefore(segment.SequenceNumber)) _acknowledgeNow = true;
            return;
        }
        // RFC 5681 §4.2: at once while there is a gap, and when one is filled.
        _acknowledgeNow = true;
        _reassembly ??= new Reassembly();
        if (!inOrder) _outOfOrderSegments++;
        var stored = _reassembly.Insert(ring, position, segment.Payload, out var twice);
        ReportDuplicate(segment.SequenceNumber + (uint)(twice.Start - position), (int)(twice.End - twice.Start));
        if (!stored && inOrder)
        {
            // The list is full, and what came is the start of it all: it needs no place in the list.
            ring.WriteAt(position, segment.Payload);
            Deliver(ring, _reassembly.Advance(position + segment.Payload.Length));
            return;
        }
        var end = _reassembly.Advance(ring.Tail);
        if (end > ring.Tail) Deliver(ring, end);
    }

    private void Deliver(ByteRing ring, long end)
    {
        var bytes = end - ring.Tail;
        ring.Publish(end);
        _receiveNext += (uint)bytes;
        _bytesReceived += bytes;
        _ready |= Readiness.Receive;
        TuneReceiveBuffer(ring);
        SetConsumptionThreshold();
    }

    private void ReceiveFin()
    {
        _finKnown = false;
        _receiveNext++;
        _advertisedEdge = Max(_advertisedEdge, _receiveNext);
        _acknowledgeNow = true;
        _socket!.MarkEndOfStream();
        _ready |= Readiness.Receive;
        State = State switch
        {
            TcpState.FinWait1 => _finSent && Greater(_sendUnacknowledged, _finSequence) ? TcpState.TimeWait : TcpState.Closing,
            TcpState.FinWait2 => TcpState.TimeWait,
            _ => TcpState.CloseWait,
        };
    }

    private void MarkUrgent(ref readonly Segment segment)
    {
        // MUST-62: the pointer names the octet behind the urgent data.
        if (_socket is null || State is not (TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2)) return;
        var mark = _bytesReceived + (int)(segment.SequenceNumber + segment.UrgentPointer - _receiveNext);
        if (mark <= _urgentMark) return;
        _urgentMark = mark;
        _advisory |= TcpAdvisory.Urgent; // MUST-32
    }

    /// <summary>The window field of the next segment. The edge moves when it is worth it (SWS avoidance, RFC 9293 §3.8.6.2.2) and never
    /// back; a shift can only hide part of it (RFC 7323 §2.4).</summary>
    private ushort SelectWindow()
    {
        var candidate = CandidateEdge();
        if ((int)(candidate - _advertisedEdge) >= WorthAdvertising()) _advertisedEdge = candidate;
        SetConsumptionThreshold();
        return (ushort)Math.Min(ReceiveWindow >> _receiveScale, ushort.MaxValue);
    }

    private uint CandidateEdge()
    {
        var limit = ReceiveWindowLimit;
        var free = Math.Max(0, limit - (_socket?.ReceiveRing.Count ?? 0));
        // Only what the field can say.
        return _receiveNext + ((uint)free >> _receiveScale << _receiveScale);
    }

    private int WorthAdvertising() => (int)Math.Max(1, Math.Min(ReceiveWindowLimit / 2, AnnouncedSegmentSize));

    /// <summary>An update of its own is for a peer that may be waiting: a window below a segment, or a quarter of the buffer.</summary>
    private long WorthUpdating() => ReceiveWindow < AnnouncedSegmentSize
        ? WorthAdvertising()
        : Math.Max(1, Math.Min(ReceiveWindowLimit / 2, Math.Max(2L * AnnouncedSegmentSize, ReceiveWindowLimit / 4)));

    private void SetConsumptionThreshold()
    {
        if (_socket is not { } socket || State is not (TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2)) return;
        // Freed since the edge was set = head + limit - edge, all as positions in the ring.
        var edge = socket.ReceiveRing.Tail + ReceiveWindow;
        if (socket.SetNotifyWhenConsumed(edge - ReceiveWindowLimit + WorthUpdating())) socket.Post(SocketWork.Receive);
    }

    private void UpdateWindowIfWorthwhile()
    {
        if (State is not (TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2) || _socket!.IsClosed) return;
        if ((int)(CandidateEdge() - _advertisedEdge) >= WorthUpdating() - ((1 << _receiveScale) - 1)) _acknowledgeNow = true;
        else SetConsumptionThreshold();
    }

    /// <summary>RFC 2883 §4: the next ACK tells once that this came before.</summary>
    private void ReportDuplicate(uint start, int length)
    {
        if (!_selective || length <= 0) return;
        _duplicateIsDue = true;
        _duplicateStart = start;
        _duplicateEnd = start + (uint)length;
    }

    private bool HasSacks => _selective && (_duplicateIsDue || _reassembly is { IsEmpty: false });

    private int SackOptionLength => HasSacks ? CollectSacks().OptionLength : 0;

    /// <summary>RFC 2018 §4: the block that changed last comes first, and others as they changed; RFC 2883 puts a duplicate before them.</summary>
    private SackBlocks CollectSacks()
    {
        var blocks = default(SackBlocks);
        if (!HasSacks) return blocks;
        var most = _timestamps ? SackBlocks.Maximum - 1 : SackBlocks.Maximum;
        if (_duplicateIsDue) blocks.Add(_duplicateStart, _duplicateEnd);
        _reassembly?.Report(_socket!.ReceiveRing.Tail, _receiveNext, most, ref blocks);
        return blocks;
    }
}
