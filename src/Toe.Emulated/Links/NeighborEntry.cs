using Toe.Emulated.Tcp;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Links;

/// <summary>One neighbour and the packets that wait for its hardware address.</summary>
internal sealed class NeighborEntry(AddressValue address)
{
    private readonly Queue<KeptPacket> _pending = new();
    private int _pendingBytes;

    internal AddressValue Address { get; } = address;

    internal ulong Hardware { get; set; }

    internal NeighborState State { get; set; }

    /// <summary>Reachable: until when. Incomplete and probe: when to ask again or give up.</summary>
    internal TimeSpan Deadline { get; set; }

    internal int Attempts { get; set; }

    internal TimeSpan LastUsed { get; set; }

    /// <summary>Keeps a copy; returns how many older packets gave way (RFC 4861 §7.2.2). A packet above the limit is kept alone.</summary>
    internal int Keep(in OutgoingPacket packet, int limit)
    {
        var dropped = 0;
        while (_pendingBytes + packet.Length > limit && TryTake(out var oldest))
        {
            oldest.Return();
            dropped++;
        }

        _pending.Enqueue(new KeptPacket(packet));
        _pendingBytes += packet.Length;
        return dropped;
    }

    /// <summary>Takes the oldest waiting packet; the caller returns it.</summary>
    internal bool TryTake(out KeptPacket packet)
    {
        if (!_pending.TryDequeue(out packet))
            return false;
        _pendingBytes -= packet.Length;
        return true;
    }
}
