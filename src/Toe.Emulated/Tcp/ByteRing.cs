using System.Numerics;

namespace Toe.Emulated.Tcp;

/// <summary>
/// Bytes between one producer and one consumer. Positions count from 0 and never wrap; the array index is a position's low bits.
/// The producer owns what lies from <see cref="Tail"/> on, the consumer what lies before it; only the two positions are shared.
/// </summary>
internal sealed class ByteRing
{
    private readonly byte[] _buffer;
    private readonly int _mask;
    private PaddedPosition _head;
    private PaddedPosition _tail;

    /// <summary>Makes an empty ring.</summary>
    /// <param name="capacity">Bytes, rounded up to a power of two.</param>
    public ByteRing(int capacity)
    {
        _buffer = GC.AllocateUninitializedArray<byte>((int)BitOperations.RoundUpToPowerOf2((uint)capacity));
        _mask = _buffer.Length - 1;
    }

    public int Capacity => _buffer.Length;

    /// <summary>The position of the next byte to consume.</summary>
    public long Head => Volatile.Read(ref _head.Value);

    /// <summary>The position behind the last byte published.</summary>
    public long Tail => Volatile.Read(ref _tail.Value);

    public int Count
    {
        get
        {
            // Head first: it never passes Tail, so the difference cannot be negative whatever moves in between.
            var head = Head;
            return (int)Math.Min(Tail - head, Capacity);
        }
    }

    public int Free => Capacity - Count;

    /// <summary>Producer: copies what fits and publishes it.</summary>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        var count = Math.Min(bytes.Length, Free);
        if (count == 0) return 0;
        WriteAt(_tail.Value, bytes[..count]);
        Publish(_tail.Value + count);
        return count;
    }

    /// <summary>Producer: copies to a position at or behind the tail without publishing. The bytes must fit.</summary>
    public void WriteAt(long position, ReadOnlySpan<byte> bytes)
    {
        var index = (int)position & _mask;
        var first = Math.Min(bytes.Length, _buffer.Length - index);
        bytes[..first].CopyTo(_buffer.AsSpan(index));
        bytes[first..].CopyTo(_buffer);
    }

    /// <summary>Producer: everything before this position may be consumed now.</summary>
    public void Publish(long tail) => Volatile.Write(ref _tail.Value, tail);

    /// <summary>Consumer: copies what is there and frees its room.</summary>
    public int Read(Span<byte> destination)
    {
        var count = Math.Min(destination.Length, Count);
        if (count == 0) return 0;
        Peek(_head.Value, destination[..count]);
        Consume(count);
        return count;
    }

    /// <summary>Consumer: copies published bytes from a position and leaves them where they are.</summary>
    public void Peek(long position, Span<byte> destination)
    {
        var index = (int)position & _mask;
        var first = Math.Min(destination.Length, _buffer.Length - index);
        _buffer.AsSpan(index, first).CopyTo(destination);
        _buffer.AsSpan(0, destination.Length - first).CopyTo(destination[first..]);
    }

    /// <summary>Consumer: published bytes where they lie, in two parts when they go round the end. Valid until they are consumed.</summary>
    public void Slice(long position, int length, out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> second)
    {
        var index = (int)position & _mask;
        var part = Math.Min(length, _buffer.Length - index);
        first = _buffer.AsSpan(index, part);
        second = _buffer.AsSpan(0, length - part);
    }

    /// <summary>Consumer: frees the room of that many bytes.</summary>
    public void Consume(int count) => Volatile.Write(ref _head.Value, _head.Value + count);
}
