using System.Buffers.Binary;
using System.Numerics;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Links;

/// <summary>
/// A bounded queue of packets in one ring of bytes: any thread adds, one thread takes and waits. The ring grows up to the limit and is
/// then reused, so nothing is allocated per packet; one that was taken is read where it lies.
/// </summary>
internal sealed class PacketQueue
{
    private const int LengthPrefix = sizeof(int);

    /// <summary>In the prefix: the packet has no checksum of its own.</summary>
    private const uint PartialChecksum = 0x80000000;
    private const int FirstRing = 16 * 1024;

    // Monitor.Wait needs the monitor of an object; System.Threading.Lock has no wait.
    private readonly object _gate = new();
    private readonly int _limit;
    private byte[] _ring = [];
    private int _head;
    private int _used;
    private int _taken; // Bytes at the head that the taker may still be reading.
    private bool _waiting;
    private bool _woken;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="limit">The most bytes held, each packet counted with four bytes more.</param>
    internal PacketQueue(int limit) => _limit = limit;

    /// <summary>Copies a packet in from where its pieces lie; false when there is no room.</summary>
    internal bool TryAdd(in OutgoingPacket packet)
    {
        lock (_gate)
        {
            var size = LengthPrefix + packet.Length;
            if (size > _limit - _used - _taken)
                return false;
            if (_taken + _used + size > _ring.Length)
                Grow(_taken + _used + size);
            Span<byte> prefix = stackalloc byte[LengthPrefix];
            BinaryPrimitives.WriteUInt32LittleEndian(prefix, (uint)packet.Length | (packet.ChecksumIsPartial ? PartialChecksum : 0));
            Append(prefix);
            Append(packet.Header);
            Append(packet.Payload);
            Append(packet.PayloadContinued);
            if (_waiting)
                Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Takes the oldest packet, which stays where it is until the next call; false when there is none.</summary>
    /// <param name="buffer">Takes a packet that the ring's end has cut in two.</param>
    /// <param name="packet">The packet.</param>
    /// <exception cref="ArgumentException"><paramref name="buffer"/> is too short; the packet stays.</exception>
    internal bool TryTake(Span<byte> buffer, out ReceivedPacket packet)
    {
        packet = default;
        if (IsEmpty && _taken == 0)
            return false;
        lock (_gate)
        {
            _head = (_head + _taken) & (_ring.Length - 1);
            _taken = 0;
            if (_used == 0)
                return false;
            Span<byte> prefix = stackalloc byte[LengthPrefix];
            Get(_head, prefix);
            var word = BinaryPrimitives.ReadUInt32LittleEndian(prefix);
            var length = (int)(word & ~PartialChecksum);
            if (buffer.Length < length)
                throw new ArgumentException("The buffer is shorter than the packet.", nameof(buffer));
            var at = (_head + LengthPrefix) & (_ring.Length - 1);
            var isWhole = at + length <= _ring.Length;
            if (!isWhole)
                Get(at, buffer[..length]);
            _taken = LengthPrefix + length;
            _used -= _taken;
            packet = new ReceivedPacket(isWhole ? _ring.AsSpan(at, length) : buffer[..length], (word & PartialChecksum) != 0);
            return true;
        }
    }

    internal void Clear()
    {
        lock (_gate)
            _used = 0;
    }

    internal bool IsEmpty => Volatile.Read(ref _used) == 0;

    internal void Wait(TimeSpan timeout)
    {
        lock (_gate)
        {
            if (_used == 0 && !_woken && timeout != TimeSpan.Zero)
            {
                _waiting = true;
                // Monitor counts whole milliseconds: rounded down, a short wait would be a busy loop.
                Monitor.Wait(_gate, Milliseconds(timeout));
                _waiting = false;
            }

            _woken = false;
        }
    }

    internal void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            if (_waiting)
                Monitor.Pulse(_gate);
        }
    }

    private static int Milliseconds(TimeSpan timeout) => timeout < TimeSpan.Zero
        ? Timeout.Infinite
        : (int)Math.Min(Math.Ceiling(timeout.TotalMilliseconds), int.MaxValue);

    private void Grow(int needed)
    {
        var larger = new byte[Math.Max(FirstRing, (int)BitOperations.RoundUpToPowerOf2((uint)needed))];
        Get(_head, larger.AsSpan(0, _taken + _used)); // The taker goes on reading in the old one.
        _ring = larger;
        _head = 0;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        var at = (_head + _taken + _used) & (_ring.Length - 1);
        var first = Math.Min(bytes.Length, _ring.Length - at);
        bytes[..first].CopyTo(_ring.AsSpan(at));
        bytes[first..].CopyTo(_ring);
        _used += bytes.Length;
    }

    private void Get(int at, Span<byte> bytes)
    {
        var first = Math.Min(bytes.Length, _ring.Length - at);
        _ring.AsSpan(at, first).CopyTo(bytes);
        _ring.AsSpan(0, bytes.Length - first).CopyTo(bytes[first..]);
    }
}
