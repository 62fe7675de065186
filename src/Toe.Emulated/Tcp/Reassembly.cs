namespace Toe.Emulated.Tcp;

/// <summary>
/// The ranges of a receive ring that are filled beyond a gap: sorted, disjoint, not touching, bounded in number. The bytes themselves lie
/// in the ring at their final place. The copy that came first stays (RFC 9293 SHLD-31 does not say; intrusion detection assumes so).
/// </summary>
internal sealed class Reassembly
{
    /// <summary>More holes than this at once are not worth remembering: the peer sends the rest again.</summary>
    public const int MaximumRanges = 64;

    private readonly long[] _starts = new long[MaximumRanges];
    private readonly long[] _ends = new long[MaximumRanges];
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
    /// <returns>False if the list is full and the range touches none: nothing was stored.</returns>
    public bool Insert(ByteRing ring, long start, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return true;
        var end = start + bytes.Length;
        var first = 0;
        while (first < _count && _ends[first] < start) first++;
        var behind = first;
        while (behind < _count && _starts[behind] <= end) behind++;
        if (first == behind)
        {
            if (_count == MaximumRanges) return false;
            ring.WriteAt(start, bytes);
            Array.Copy(_starts, first, _starts, first + 1, _count - first);
            Array.Copy(_ends, first, _ends, first + 1, _count - first);
            _starts[first] = start;
            _ends[first] = end;
            _count++;
            return true;
        }
        FillGaps(ring, start, bytes, first, behind);
        _starts[first] = Math.Min(_starts[first], start);
        _ends[first] = Math.Max(_ends[behind - 1], end);
        var merged = behind - first - 1;
        Array.Copy(_starts, behind, _starts, first + 1, _count - behind);
        Array.Copy(_ends, behind, _ends, first + 1, _count - behind);
        _count -= merged;
        return true;
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
