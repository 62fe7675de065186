using System.Numerics;

namespace Toe.Emulated.Tcp;

/// <summary>
/// Bytes between one producer and one consumer, in slabs that are taken as it fills and given back as it empties: an empty ring at rest holds
/// none. Positions count from 0 and never wrap. The producer owns what lies from <see cref="Tail"/> on, the consumer what lies before it; only
/// the two positions, and the slabs' table, are shared.
/// </summary>
internal sealed class ByteRing
{
    private readonly SlabPool _pool;
    private byte[]?[]? _table;
    private long _head;
    private long _tail;
    private int _visitors;
    private int _limit;
    private volatile bool _discarded;

    /// <summary>Makes an empty ring.</summary>
    /// <param name="capacity">The most bytes it holds.</param>
    /// <param name="pool">Where its slabs come from.</param>
    public ByteRing(int capacity, SlabPool pool)
    {
        Capacity = _limit = capacity;
        _pool = pool;
    }

    public int Capacity { get; }

    /// <summary>How much of the capacity the application may fill. There may be more in it, which another carrier filled.</summary>
    public int Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    /// <summary>The position of the next byte to consume.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>The position behind the last byte published.</summary>
    public long Tail => Volatile.Read(ref _tail);

    public int Count
    {
        get
        {
            // Head first: it never passes Tail, so the difference cannot be negative whatever moves in between.
            var head = Head;
            return (int)Math.Min(Tail - head, Capacity);
        }
    }

    public int Free => Math.Max(0, Limit - Count);

    /// <summary>True when it holds memory.</summary>
    public bool HasSlabs => Volatile.Read(ref _table) is not null;

    /// <summary>Application, as the producer: copies what fits, in the ring and in the pool, and publishes it.</summary>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        Enter();
        var count = _discarded ? 0 : Math.Min(bytes.Length, Free);
        if (count > 0)
        {
            count = (int)(Reserve(_tail, _tail + count) - _tail);
            WriteAt(_tail, bytes[..count]);
            Publish(_tail + count);
        }
        Leave();
        return count;
    }

    /// <summary>Producer: makes sure that there is memory behind a range at or behind the tail.</summary>
    /// <returns>Where the memory ends: before the end of the range when the pool has no more.</returns>
    public long Reserve(long start, long end)
    {
        // The head's slab and the tail's are two, even when the ring is full.
        var table = _table ??= new byte[]?[BitOperations.RoundUpToPowerOf2((uint)((Capacity + _pool.SlabMask) >> _pool.SlabShift) + 1)];
        for (var slab = start >> _pool.SlabShift; slab << _pool.SlabShift < end; slab++)
        {
            ref var place = ref table[slab & (table.Length - 1)];
            if (place is not null) continue;
            if (_pool.TryRent() is not { } rented) return Math.Max(start, slab << _pool.SlabShift);
            Volatile.Write(ref place, rented);
        }
        return end;
    }

    /// <summary>Producer: copies to a reserved position at or behind the tail without publishing.</summary>
    public void WriteAt(long position, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var part = Math.Min(bytes.Length, _pool.SlabMask + 1 - (int)(position & _pool.SlabMask));
            if (SlabOf(position) is not { } slab) return;
            bytes[..part].CopyTo(slab.AsSpan((int)(position & _pool.SlabMask)));
            bytes = bytes[part..];
            position += part;
        }
    }

    /// <summary>Producer: everything before this position may be consumed now.</summary>
    public void Publish(long tail) => Volatile.Write(ref _tail, tail);

    /// <summary>Application, as the consumer: copies what is there and frees its room.</summary>
    public int Read(Span<byte> destination)
    {
        Enter();
        var count = _discarded ? 0 : Math.Min(destination.Length, Count);
        if (count > 0)
        {
            Peek(_head, destination[..count]);
            Consume(count);
        }
        Leave();
        return count;
    }

    /// <summary>Consumer: copies published bytes from a position and leaves them where they are.</summary>
    public void Peek(long position, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var part = Math.Min(destination.Length, _pool.SlabMask + 1 - (int)(position & _pool.SlabMask));
            if (SlabOf(position) is not { } slab) return;
            slab.AsSpan((int)(position & _pool.SlabMask), part).CopyTo(destination);
            destination = destination[part..];
            position += part;
        }
    }

    /// <summary>Consumer: published bytes where they lie, in two parts when a slab ends between them; no more than a slab. Valid until they are
    /// consumed.</summary>
    public void Slice(long position, int length, out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> second)
    {
        var index = (int)(position & _pool.SlabMask);
        var part = Math.Min(length, _pool.SlabMask + 1 - index);
        first = SlabOf(position).AsSpan(index, part);
        second = part == length ? default : SlabOf(position + part).AsSpan(0, length - part);
    }

    /// <summary>Consumer: frees the room of that many bytes.</summary>
    public void Consume(int count)
    {
        var head = _head + count;
        // Before the head moves: behind it the producer may take the place again.
        for (var slab = _head >> _pool.SlabShift; slab < head >> _pool.SlabShift; slab++) GiveBack(slab);
        Volatile.Write(ref _head, head);
    }

    /// <summary>Engine: an empty ring at rest gives its memory back. As the producer, only while nothing lies beyond the tail.</summary>
    public void Rest(bool asProducer)
    {
        if (!HasSlabs || Head != Tail) return;
        // A producer on another thread that is inside may have begun to write; one that enters now finds no table, or the same one.
        if (!asProducer && !TryLock()) return;
        if (Head == Tail) GiveAllBack(isQuiet: true);
        if (!asProducer) Leave();
    }

    /// <summary>Engine: nobody needs the bytes any more.</summary>
    public void Discard()
    {
        _discarded = true;
        var isQuiet = TryLock();
        GiveAllBack(isQuiet);
        if (isQuiet) Leave();
    }

    private byte[]? SlabOf(long position) => _table is { } table ? Volatile.Read(ref table[(position >> _pool.SlabShift) & (table.Length - 1)]) : null;

    private void GiveAllBack(bool isQuiet)
    {
        var table = Interlocked.Exchange(ref _table, null);
        for (var i = 0; i < table?.Length; i++) GiveBack(ref table[i], isQuiet);
    }

    private void GiveBack(long slab)
    {
        if (_table is { } table) GiveBack(ref table[slab & (table.Length - 1)], isQuiet: true);
    }

    private void GiveBack(ref byte[]? place, bool isQuiet)
    {
        if (Interlocked.Exchange(ref place, null) is not { } slab) return;
        if (isQuiet) _pool.Return(slab);
        else _pool.Forget();
    }

    /// <summary>The application's thread is inside; the engine gives nothing back meanwhile that it may be looking at. The two meet only when an
    /// idle ring is emptied.</summary>
    private void Enter()
    {
        var spinner = default(SpinWait);
        while (Interlocked.CompareExchange(ref _visitors, 1, 0) != 0) spinner.SpinOnce();
    }

    private bool TryLock() => Interlocked.CompareExchange(ref _visitors, 1, 0) == 0;

    private void Leave() => Volatile.Write(ref _visitors, 0);
}
