using Toe.Emulated.Wire;

namespace Toe.Emulated.Tcp;

/// <summary>
/// The ranges of a receive ring that are filled beyond a gap: sorted, disjoint, not touching, bounded in number. The bytes themselves lie
/// in the ring at their final place. The copy that came first stays (RFC 9293 SHLD-31 does not say; intrusion detection assumes so).
/// </summary>
internal sealed class Reassembly
{
    /// <summary>More holes than this at once are not worth remembering: the peer sends the rest again.</summary>
    public const int MaximumRanges = 64;

    private const int RememberedChanges = 8;

    private readonly long[] _starts = new long[MaximumRanges];
    private readonly long[] _ends = new long[MaximumRanges];
    private readonly long[] _changes = new long[RememberedChanges];
    private int _count;

    public bool IsEmpty => _count == 0;

    public int Count => _count;

    public long Bytes
    {
        get
        {
            var sum = 0L;
            for (var i = 0; i < _count; i++) sum += _ends[i] - _starts[i];
            return sum;
        }
    }

    /// <summary>Puts bytes at their place and remembers the range.</summary>
    /// <param name="ring">The ring.</param>
    /// <param name="start">Where the first byte belongs.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="twice">The first of those that were there already; empty if none was.</param>
    /// <returns>False if the list is full and the range touches none: nothing was stored.</returns>
    public bool Insert(ByteRing ring, long start, ReadOnlySpan<byte> bytes, out (long Start, long End) twice)
    {
        twice = default;
        if (bytes.IsEmpty) return true;
        var end = start + bytes.Length;
        var first = 0;
        while (first < _count && _ends[first] < start) first++;
        var behind = first;
        while (behind < _count && _starts[behind] <= end) behind++;
        if (first == behind)
        {
            if (_count == MaximumRanges) return false;
            NoteChange(start);
            ring.WriteAt(start, bytes);
            Array.Copy(_starts, first, _starts, first + 1, _count - first);
            Array.Copy(_ends, first, _ends, first + 1, _count - first);
            _starts[first] = start;
            _ends[first] = end;
            _count++;
            return true;
        }
        NoteChange(start);
        twice = FindOverlap(start, end, first, behind);
        FillGaps(ring, start, bytes, first, behind);
        _starts[first] = Math.Min(_starts[first], start);
        _ends[first] = Math.Max(_ends[behind - 1], end);
        var merged = behind - first - 1;
        Array.Copy(_starts, behind, _starts, first + 1, _count - behind);
        Array.Copy(_ends, behind, _ends, first + 1, _count - behind);
        _count -= merged;
        return true;
    }

    private (long Start, long End) FindOverlap(long start, long end, int first, int behind)
    {
        for (var i = first; i < behind; i++)
        {
            var (from, to) = (Math.Max(_starts[i], start), Math.Min(_ends[i], end));
            if (from < to) return (from, to);
        }
        return default;
    }

    /// <summary>Lists the ranges as SACK blocks, the one that changed last first.</summary>
    /// <param name="position">A position of the ring.</param>
    /// <param name="sequence">Its sequence number.</param>
    /// <param name="most">How many blocks there may be in all.</param>
    /// <param name="blocks">Takes them.</param>
    public void Report(long position, uint sequence, int most, ref SackBlocks blocks)
    {
        var reported = 0UL;
        for (var i = 0; i < _changes.Length && blocks.Count < most; i++)
        {
            var range = FindRange(_changes[i]);
            if (range < 0 || (reported >> range & 1) != 0) continue;
            reported |= 1UL << range;
            blocks.Add(sequence + (uint)(_starts[range] - position), sequence + (uint)(_ends[range] - position));
        }
    }

    private int FindRange(long position)
    {
        for (var i = 0; i < _count; i++)
            if (_starts[i] <= position && position < _ends[i]) return i;
        return -1;
    }

    /// <summary>Remembers where something changed; a range that changed twice is remembered twice, so there are more than blocks.</summary>
    private void NoteChange(long position)
    {
        var range = FindRange(_changes[0]);
        if (range >= 0 && _starts[range] <= position && position <= _ends[range])
        {
            _changes[0] = position;
            return;
        }
        Array.Copy(_changes, 0, _changes, 1, _changes.Length - 1);
        _changes[0] = position;
    }

    /// <summary>Takes out the range that begins at or before a position, if there is one.</summary>
    /// <returns>Where the bytes that are now in order end: the position itself if nothing joined it.</returns>
    public long Advance(long position)
    {
        while (_count > 0 && _starts[0] <= position)
        {
            position = Math.Max(position, _ends[0]);
            _count--;
            Array.Copy(_starts, 1, _starts, 0, _count);
            Array.Copy(_ends, 1, _ends, 0, _count);
        }
        return position;
    }

    private void FillGaps(ByteRing ring, long start, ReadOnlySpan<byte> bytes, int first, int behind)
    {
        var end = start + bytes.Length;
        var position = start;
        for (var i = first; i < behind && position < end; i++)
        {
            if (position < _starts[i])
            {
                var stop = Math.Min(_starts[i], end);
                ring.WriteAt(position, bytes[(int)(position - start)..(int)(stop - start)]);
            }
            position = Math.Max(position, _ends[i]);
        }
        if (position < end) ring.WriteAt(position, bytes[(int)(position - start)..]);
    }
}
