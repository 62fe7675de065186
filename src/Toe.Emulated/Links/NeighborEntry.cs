using System.Buffers;

namespace Toe.Emulated.Links;

/// <summary>One neighbour and the packets that wait for its hardware address.</summary>
internal sealed class NeighborEntry(UInt128 address)
{
    private readonly Queue<(byte[] Buffer, int Length)> _pending = new();
    private int _pendingBytes;

    internal UInt128 Address { get; } = address;

    internal ulong Hardware { get; set; }

    internal NeighborState State { get; set; }

    /// <summary>Reachable: until when. Incomplete and probe: when to ask again or give up.</summary>
    internal TimeSpan Deadline { get; set; }

    internal int Attempts { get; set; }

    internal TimeSpan LastUsed { get; set; }

    /// <summary>Keeps a copy; returns how many older packets gave way (RFC 4861 §7.2.2). A packet above the limit is kept alone.</summary>
    internal int Keep(ReadOnlySpan<byte> packet, int limit)
    {
        var dropped = 0;
        while (_pending.Count > 0 && _pendingBytes + packet.Length > limit)
        {
            var (oldest, length) = _pending.Dequeue();
            ArrayPool<byte>.Shared.Return(oldest);
            _pendingBytes -= length;
            dropped++;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(packet.Length);
        packet.CopyTo(buffer);
        _pending.Enqueue((buffer, packet.Length));
        _pendingBytes += packet.Length;
        return dropped;
    }

    /// <summary>Takes the oldest waiting packet; the caller returns the buffer to the shared pool.</summary>
    internal bool TryTake(out byte[] buffer, out int length)
    {
        (buffer, length) = ([], 0);
        if (!_pending.TryDequeue(out var oldest))
            return false;
        (buffer, length) = oldest;
        _pendingBytes -= length;
        return true;
    }
}
