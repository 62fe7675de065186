using System.Collections.Concurrent;
using System.Numerics;

namespace Toe.Emulated.Tcp;

/// <summary>Buffers of one size that connections take while they have bytes to keep, within a hard limit. Any thread.</summary>
internal sealed class SlabPool
{
    /// <summary>Large enough for a packet of the largest size to lie in two.</summary>
    public const int DefaultSlabSize = 64 * 1024;

    /// <summary>16 MiB stay for the next ones.</summary>
    private const int MaximumFree = 256;

    private readonly ConcurrentQueue<byte[]> _free = new();
    private readonly long _limit;
    private long _used;
    private int _freeCount;

    /// <summary>Makes an empty pool.</summary>
    /// <param name="limit">The most bytes that connections may have at once.</param>
    /// <param name="slabSize">Bytes of one slab, a power of two.</param>
    public SlabPool(long limit, int slabSize = DefaultSlabSize)
    {
        _limit = limit;
        SlabSize = slabSize;
        SlabMask = slabSize - 1;
        SlabShift = BitOperations.Log2((uint)slabSize);
    }

    public int SlabSize { get; }

    /// <summary>The bits of a position that are inside of a slab.</summary>
    public int SlabMask { get; }

    /// <summary>How many they are.</summary>
    public int SlabShift { get; }

    /// <summary>Bytes that connections have now.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Half of the limit is used: those who have enough should not ask for more.</summary>
    public bool IsScarce => Used > _limit / 2;

    /// <summary>A slab, or null at the limit.</summary>
    public byte[]? TryRent()
    {
        if (Interlocked.Add(ref _used, SlabSize) > _limit)
        {
            Interlocked.Add(ref _used, -SlabSize);
            return null;
        }
        if (!_free.TryDequeue(out var slab)) return GC.AllocateUninitializedArray<byte>(SlabSize, pinned: true);
        Interlocked.Decrement(ref _freeCount);
        return slab;
    }

    public void Return(byte[] slab)
    {
        Interlocked.Add(ref _used, -SlabSize);
        if (Interlocked.Increment(ref _freeCount) <= MaximumFree) _free.Enqueue(slab);
        else Interlocked.Decrement(ref _freeCount); // After a peak memory is the garbage collector's again.
    }

    /// <summary>A slab that somebody may still be looking at: it is the garbage collector's.</summary>
    public void Forget() => Interlocked.Add(ref _used, -SlabSize);
}
