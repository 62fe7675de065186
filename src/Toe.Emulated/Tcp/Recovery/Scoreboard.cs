using static Toe.Emulated.Tcp.SequenceNumber;

namespace Toe.Emulated.Tcp.Recovery;

/// <summary>
/// What is between SND.UNA and SND.NXT, segment by segment in sequence order: sent when, selectively acknowledged, lost. The scoreboard
/// of RFC 6675 with the transmission times of RFC 8985.
/// </summary>
/// <remarks>Every segment is looked at a bounded number of times: searches are binary, and scans go on where the last one stopped.</remarks>
internal sealed class Scoreboard
{
    private const int FirstCapacity = 16;

    /// <summary>Above this a scoreboard that is not used gives its memory back.</summary>
    private const int KeptCapacity = 64;

    private const int KnownBlocks = 4;

    private SentSegment[] _segments = [];
    private readonly Queue<(long Index, long SentAt)> _resent = new(0);

    // Positions count from 0 and never wrap; the array index is a position's low bits.
    private long _first;
    private long _next;
    private long _lossScan;
    private long _lostHint;

    private (uint Start, uint End)[] _known = [];
    private uint _nextKnown;

    /// <summary>Bytes between SND.UNA and SND.NXT.</summary>
    public long Outstanding { get; private set; }

    /// <summary>Bytes the peer has behind a gap.</summary>
    public long Sacked { get; private set; }

    /// <summary>Bytes taken for lost and not sent again yet.</summary>
    public long Lost { get; private set; }

    /// <summary>Segments selectively acknowledged.</summary>
    public int SackedSegments { get; private set; }

    /// <summary>One behind the highest sequence number ever selectively or in line acknowledged (RACK.fack).</summary>
    public uint Forward { get; private set; }

    /// <summary>What was behind <see cref="Forward"/> before this ACK: the blocks of one ACK are in no order.</summary>
    private uint _forwardBefore;

    public bool IsEmpty => _first == _next;

    /// <summary>The estimate of what is in the network (RFC 6675 §4).</summary>
    public long Pipe => Outstanding - Sacked - Lost;

    public int Count => (int)(_next - _first);

    /// <summary>Bytes of the first segment; 0 when there is none.</summary>
    public int FirstLength => IsEmpty ? 0 : (int)this[_first].Length;

    private ref SentSegment this[long position] => ref _segments[position & (_segments.Length - 1)];

    /// <summary>Bytes of the segment that a number is in; 0 when it is in none.</summary>
    public int LengthAt(uint sequence)
    {
        var position = Find(sequence + 1) - 1;
        return position >= _first && Less(sequence, this[position].End) ? (int)this[position].Length : 0;
    }

    /// <summary>Nothing is in flight.</summary>
    /// <param name="sequence">SND.UNA.</param>
    public void Begin(uint sequence)
    {
        Outstanding = Sacked = Lost = 0;
        SackedSegments = 0;
        _first = _next = _lossScan = 0;
        _lostHint = 0;
        _nextKnown = 0;
        Forward = _forwardBefore = sequence;
        Rest();
    }

    /// <summary>Nobody uses it now.</summary>
    public void GiveMemoryBack()
    {
        if (_segments.Length > KeptCapacity) _segments = [];
        _resent.Clear();
        if (_resent.Capacity > KeptCapacity) _resent.TrimExcess();
    }

    public void BeginAcknowledgment() => _forwardBefore = Forward;

    /// <summary>New data was sent.</summary>
    public void Add(uint start, uint end, long now)
    {
        if (Count == _segments.Length) Grow();
        this[_next++] = new SentSegment { Start = start, End = end, SentAt = now };
        Outstanding += end - start;
    }

    /// <summary>Everything before a number has arrived.</summary>
    public void Acknowledge(uint sequence, ref Delivery delivery)
    {
        while (_first < _next)
        {
            ref var segment = ref this[_first];
            if (!Less(segment.Start, sequence)) break;
            if (Greater(segment.End, sequence))
            {
                Split(ref segment, sequence, ref delivery);
                break;
            }
            NoteOrder(in segment, ref delivery);
            delivery.AddInLine(in segment);
            Take(in segment);
            _first++;
        }
        if (Greater(sequence, Forward)) Forward = sequence;
        _lossScan = Math.Max(_lossScan, _first);
        _lostHint = Math.Max(_lostHint, _first);
        if (IsEmpty) Rest();
    }

    /// <summary>The peer has a range; of segments it covers in part it need not have the rest, so those stay.</summary>
    public void Sack(uint start, uint end, ref Delivery delivery)
    {
        for (var position = Find(SkipKnown(start, end)); position < _next; position++)
        {
            ref var segment = ref this[position];
            if (Greater(segment.End, end)) break;
            if (segment.IsSacked) continue;
            NoteOrder(in segment, ref delivery);
            delivery.Sacked += segment.Length;
            delivery.Add(in segment);
            if (segment.IsLost) Lost -= segment.Length;
            segment.IsLost = false;
            segment.IsSacked = true;
            Sacked += segment.Length;
            SackedSegments++;
        }
        if (Greater(end, Forward)) Forward = end;
    }

    /// <summary>RFC 8985 §6.2 step 5: what was sent well before something that has arrived is lost.</summary>
    /// <param name="rack">What has arrived.</param>
    /// <param name="window">How late a segment may be: the reordering window, in ticks.</param>
    /// <param name="now">The time.</param>
    /// <param name="next">When the next segment would be lost; <see cref="TimerNode.Never"/> for none.</param>
    /// <returns>True if something is newly lost.</returns>
    public bool DetectLosses(ref readonly Rack rack, long window, long now, out long next)
    {
        next = TimerNode.Never;
        var before = Lost;
        for (; _lossScan < _next; _lossScan++)
        {
            ref var segment = ref this[_lossScan];
            if (segment.IsSacked || segment.IsResent || segment.IsLost) continue;
            if (!IsOverdue(in segment, in rack, window, now, ref next)) break;
            MarkLost(_lossScan, ref segment);
        }
        while (_resent.TryPeek(out var resent))
        {
            if (resent.Index >= _first && this[resent.Index] is { IsSacked: false, IsLost: false } segment && segment.SentAt == resent.SentAt)
            {
                if (!IsOverdue(in segment, in rack, window, now, ref next)) break;
                MarkLost(resent.Index, ref this[resent.Index]);
            }
            _resent.Dequeue();
        }
        return Lost > before;
    }

    /// <summary>The first segment is lost (RFC 6582: third duplicate ACK, partial ACK).</summary>
    public void LoseFirst()
    {
        for (var position = _first; position < _next; position++)
        {
            ref var segment = ref this[position];
            if (segment.IsSacked) continue;
            if (!segment.IsLost) MarkLost(position, ref segment);
            return;
        }
    }

    /// <summary>The first segment is lost, and what the peer does not have of what was sent early enough. Where it has given up what it said to
    /// have (RFC 2018 §8), that too.</summary>
    public void LoseAll(long sentBefore)
    {
        var reneged = !IsEmpty && this[_first].IsSacked;
        for (var position = _first; position < _next; position++)
        {
            ref var segment = ref this[position];
            if (reneged && segment.IsSacked)
            {
                segment.IsSacked = false;
                Sacked -= segment.Length;
                SackedSegments--;
            }
            if (!segment.IsSacked && !segment.IsLost && (position == _first || segment.SentAt <= sentBefore)) MarkLost(position, ref segment);
        }
        _lossScan = _first;
        _known = [];
    }

    /// <summary>The first segment taken for lost.</summary>
    public bool TryFindLost(out long position, out SentSegment segment)
    {
        if (Lost > 0)
        {
            for (; _lostHint < _next; _lostHint++)
            {
                segment = this[_lostHint];
                if (!segment.IsLost) continue;
                position = _lostHint;
                return true;
            }
        }
        position = 0;
        segment = default;
        return false;
    }

    /// <summary>The last segment, for a tail loss probe.</summary>
    public bool TryFindLast(out long position)
    {
        position = _next - 1;
        return !IsEmpty;
    }

    /// <summary>Notes that a segment is sent again, and with it those that follow, are lost and make a packet of whole segments.</summary>
    /// <param name="position">The segment, lost or not.</param>
    /// <param name="limit">Bytes that may be sent; the first segment always is.</param>
    /// <param name="segmentSize">SMSS.</param>
    /// <param name="now">The time.</param>
    /// <returns>The range to send.</returns>
    public (uint Start, uint End) Resend(long position, int limit, int segmentSize, long now)
    {
        var (start, end) = (this[position].Start, this[position].End);
        MarkResent(position, now);
        while (end - this[position].Start == segmentSize && ++position < _next)
        {
            var segment = this[position];
            if (!segment.IsLost || segment.Length > segmentSize || segment.End - start > limit) break;
            end = segment.End;
            MarkResent(position, now);
        }
        return (start, end);
    }

    /// <summary>Blocks come again in many ACKs and grow at their end: what was looked at once is not looked at again.</summary>
    private uint SkipKnown(uint start, uint end)
    {
        if (_known.Length == 0) _known = new (uint, uint)[KnownBlocks];
        for (var i = 0; i < _known.Length; i++)
        {
            var known = _known[i];
            if (known.Start != start || !LessOrEqual(known.End, end)) continue;
            _known[i].End = end;
            return known.End;
        }
        _known[_nextKnown++ % _known.Length] = (start, end);
        return start;
    }

    private void MarkResent(long position, long now)
    {
        ref var segment = ref this[position];
        if (segment.IsLost) Lost -= segment.Length;
        segment.IsLost = false;
        segment.IsResent = true;
        segment.SentAt = now;
        _resent.Enqueue((position, now));
    }

    private static bool IsOverdue(ref readonly SentSegment segment, ref readonly Rack rack, long window, long now, ref long next)
    {
        if (!Rack.IsSentAfter(rack.SentAt, rack.End, segment.SentAt, segment.End)) return false;
        var due = segment.SentAt + rack.RoundTrip + window;
        if (due <= now) return true;
        next = Math.Min(next, due);
        return false;
    }

    private void MarkLost(long position, ref SentSegment segment)
    {
        segment.IsLost = true;
        Lost += segment.Length;
        _lostHint = Math.Min(_lostHint, position);
    }

    /// <summary>RFC 8985 §6.2 step 3.</summary>
    private void NoteOrder(ref readonly SentSegment segment, ref Delivery delivery)
    {
        if (!segment.IsResent && !segment.IsSacked && Less(segment.End, _forwardBefore)) delivery.IsReordered = true;
    }

    /// <summary>The peer took the beginning of a segment: a window's edge, or a path with smaller packets.</summary>
    private void Split(ref SentSegment segment, uint sequence, ref Delivery delivery)
    {
        var head = segment with { End = sequence };
        delivery.AddInLine(in head);
        if (segment.IsSacked) SackedSegments++; // The rest is still one.
        Take(in head);
        segment.Start = sequence;
    }

    private void Take(ref readonly SentSegment segment)
    {
        Outstanding -= segment.Length;
        if (segment.IsLost) Lost -= segment.Length;
        if (!segment.IsSacked) return;
        Sacked -= segment.Length;
        SackedSegments--;
    }

    /// <summary>The first segment that begins at or behind a number.</summary>
    private long Find(uint start)
    {
        var (low, high) = (_first, _next);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            if (Less(this[middle].Start, start)) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private void Rest()
    {
        _resent.Clear();
        Array.Clear(_known);
    }

    private void Grow()
    {
        var larger = new SentSegment[Math.Max(FirstCapacity, _segments.Length * 2)];
        for (var position = _first; position < _next; position++) larger[position & (larger.Length - 1)] = this[position];
        _segments = larger;
    }
}
