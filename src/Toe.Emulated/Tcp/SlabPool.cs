using System.Numerics;

namespace Toe.Emulated.Tcp;

/// <summary>
/// Buffers of one size that connections take while they have bytes to keep, within a hard limit. The free one that is taken is in the first place
/// that has one, and is put back into the first that has none: few are in use in turn, and those stay in the processor's cache. Any thread.
/// </summary>
internal sealed class SlabPool
{
    /// <summary>Large enough for a packet of the largest size to lie in two.</summary>
    public const int DefaultSlabSize = 64 * 1024;

    /// <summary>16 MiB stay for the next ones.</summary>
    private const int MaximumFree = 256;

    private readonly byte[]?[] _free = new byte[]?[MaximumFree];
    private readonly long _limit;
    private long _used;

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
        foreach (ref var place in _free.AsSpan())
        {
            if (Volatile.Read(ref place) is not null && Interlocked.Exchange(ref place, null) is { } slab) return slab;
        }
        return GC.AllocateUninitializedArray<byte>(SlabSize, pinned: true);
    }

    public void Return(byte[] slab)
    {
        Interlocked.Add(ref _used, -SlabSize);
        foreach (ref var place in _free.AsSpan())
        {
            if (Volatile.Read(ref place) is null && Interlocked.CompareExchange(ref place, slab, null) is null) return;
        }
        // After a peak memory is the garbage collector's again.
    }

    /// <summary>A slab that somebody may still be looking at: it is the garbage collector's.</summary>
    public void Forget() => Interlocked.Add(ref _used, -SlabSize);
}
