using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Toe.Diagnostics;

/// <summary>Pcapng blocks on their way from the threads that carry connections to the one that writes them: any number put in, one takes out. Nobody waits; what finds no room is refused.</summary>
/// <remarks>A block lies in one piece. Room is taken by one exchange of the end, and the block counts from the moment its type, its first word, is there; so the memory ahead is always zero.</remarks>
internal sealed class BlockRing
{
    private const uint Skip = 0xFFFF_FFFF; // Not a block's type: the rest of the memory was too short for the next one.

    private readonly byte[] _memory;
    private readonly int _largestPiece;
    private long _end;
    private long _begin;

    /// <summary>Makes a ring.</summary>
    /// <param name="capacity">Its size in bytes; a multiple of four.</param>
    /// <param name="largestPiece">What <see cref="Peek"/> gives at a time; a single block may be larger.</param>
    public BlockRing(int capacity, int largestPiece)
    {
        _memory = new byte[capacity];
        _largestPiece = largestPiece;
    }

    /// <summary>Takes room for a block. Any thread.</summary>
    /// <param name="size">Its size; a multiple of four.</param>
    /// <param name="block">The room; to be filled from its second word on, and given to <see cref="Publish"/> without delay.</param>
    /// <returns>False when there is none.</returns>
    public bool TryReserve(int size, out Span<byte> block)
    {
        block = default;
        while (true)
        {
            var end = Volatile.Read(ref _end);
            var at = (int)(end % _memory.Length);
            var rest = _memory.Length - at;
            var skipped = size <= rest ? 0 : rest;
            if (end + skipped + size - Volatile.Read(ref _begin) > _memory.Length)
                return false;
            if (Interlocked.CompareExchange(ref _end, end + skipped + size, end) != end)
                continue;
            if (skipped > 0)
                Volatile.Write(ref WordAt(at), Skip);
            block = _memory.AsSpan(skipped > 0 ? 0 : at, size);
            return true;
        }
    }

    /// <summary>The block is whole.</summary>
    public static void Publish(Span<byte> block, uint type) => Volatile.Write(ref MemoryMarshal.AsRef<uint>(block), type);

    /// <summary>The oldest blocks, as many as are whole and lie together; empty when there is none. The reader's.</summary>
    public ReadOnlyMemory<byte> Peek()
    {
        var at = (int)(_begin % _memory.Length);
        if (Volatile.Read(ref WordAt(at)) == Skip)
        {
            Release(_memory.Length - at);
            at = 0;
        }

        var end = at;
        while (end < _memory.Length && end - at < _largestPiece && Volatile.Read(ref WordAt(end)) is not (0 or Skip))
            end += (int)WordAt(end + sizeof(uint));
        return _memory.AsMemory(at, end - at);
    }

    /// <summary>Gives the room of the oldest blocks back. The reader's.</summary>
    public void Release(int size)
    {
        _memory.AsSpan((int)(_begin % _memory.Length), size).Clear();
        Volatile.Write(ref _begin, _begin + size);
    }

    private ref uint WordAt(int offset) => ref Unsafe.As<byte, uint>(ref _memory[offset]);
}
