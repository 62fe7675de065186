using System.Buffers.Binary;
using System.Numerics;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Links;

/// <summary>
/// A bounded queue of packets in one ring of bytes: any thread adds, one thread takes and waits. The ring grows up to the limit and is
/// then reused, so nothing is allocated per packet.
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
            if (size > _limit - _used)
                return false;
            if (_used + size > _ring.Length)
                Grow(_used + size);
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

    /// <summary>Copies the oldest packet out; false when there is none.</summary>
    /// <exception cref="ArgumentException"><paramref name="buffer"/> is too short; the packet stays.</exception>
    internal bool TryTake(Span<byte> buffer, out ReceivedPacket packet)
    {
        packet = default;
        if (IsEmpty)
            return false;
        lock (_gate)
        {
            if (_used == 0)
                return false;
            Span<byte> prefix = stackalloc byte[LengthPrefix];
            Get(_head, prefix);
            var word = BinaryPrimitives.ReadUInt32LittleEndian(prefix);
            var length = (int)(word & ~PartialChecksum);
            if (buffer.Length < length)
                throw new ArgumentException("The buffer is shorter than the packet.", nameof(buffer));
            Get((_head + LengthPrefix) & (_ring.Length - 1), buffer[..length]);
            _head = (_head + LengthPrefix + length) & (_ring.Length - 1);
            _used -= LengthPrefix + length;
            packet = new ReceivedPacket(length, (word & PartialChecksum) != 0);
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
        Get(_head, larger.AsSpan(0, _used));
        _ring = larger;
        _head = 0;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        var at = (_head + _used) & (_ring.Length - 1);
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
