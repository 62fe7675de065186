using System.Buffers;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Links;

/// <summary>
/// One direction of a bad line, without a clock: packets and the time go in, packets come out when they are due. The same
/// <see cref="LinkFaults.Seed"/>, packets and times give the same faults. Not thread-safe.
/// </summary>
/// <remarks>
/// Every packet takes the same number of random numbers, whatever the rates, so raising one rate does not change whom the others hit.
/// Packets are copied into pooled buffers; nothing else is allocated per packet.
/// </remarks>
public sealed class FaultInjector : IDisposable
{
    /// <summary>The most bytes under way, whatever the delay: a bound on memory, not a fault to rely on.</summary>
    private const long MostBytesHeld = 256L * 1024 * 1024;

    private readonly PriorityQueue<Held, (TimeSpan Due, long Number)> _held = new();
    private LinkFaults _faults;
    private FaultRandom _random;
    private FaultStatistics _statistics;
    private TimeSpan _lineFree;
    private TimeSpan _lastInOrder = TimeSpan.MinValue;
    private long _number;
    private long _bytesHeld;

    /// <summary>Makes a line with faults.</summary>
    /// <param name="faults">What to do.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the parameter name is the field's.</exception>
    public FaultInjector(LinkFaults faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        _faults = faults.Validated();
        _random = new FaultRandom(faults.Seed);
    }

    /// <summary>
    /// What is done to the packets sent from now on; those under way keep their times. A new seed starts its sequence, the same seed goes
    /// on with it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the parameter name is the field's.</exception>
    public LinkFaults Faults
    {
        get => _faults;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.Validated().Seed != _faults.Seed)
                _random = new FaultRandom(value.Seed);
            _faults = value;
        }
    }

    /// <summary>What was done so far.</summary>
    public FaultStatistics Statistics => _statistics;

    /// <summary>When the next packet is due, on the clock given to <see cref="Send(ReadOnlySpan{byte}, TimeSpan)"/>; null when none is under way.</summary>
    public TimeSpan? NextDelivery => _held.TryPeek(out _, out var priority) ? priority.Due : null;

    /// <summary>Hands a packet in; it is copied.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="now">The time on any clock that does not run backwards.</param>
    public void Send(ReadOnlySpan<byte> packet, TimeSpan now) => Send(new OutgoingPacket(packet), now);

    /// <summary>The same with a packet in pieces.</summary>
    internal void Send(in OutgoingPacket packet, TimeSpan now)
    {
        var faults = _faults;
        var lost = _random.NextShare() < faults.Loss;
        var doubled = _random.NextShare() < faults.Duplication;
        var corrupted = _random.NextShare() < faults.Corruption;
        var late = _random.NextShare() < faults.Reordering;
        var jitter = _random.NextShare();
        var secondJitter = _random.NextShare();
        var bit = _random.Next();

        _statistics = _statistics with { Sent = _statistics.Sent + 1 };
        // The line is busy with a packet that is lost behind it, too.
        if (!TryTransmit(packet.Length, now, out var sent))
        {
            _statistics = _statistics with { QueueDropped = _statistics.QueueDropped + 1 };
            return;
        }

        if (lost)
        {
            _statistics = _statistics with { Lost = _statistics.Lost + 1 };
            return;
        }

        if (corrupted && packet.Length > 0)
            _statistics = _statistics with { Corrupted = _statistics.Corrupted + 1 };
        if (late)
            _statistics = _statistics with { Reordered = _statistics.Reordered + 1 };
        Hold(packet, corrupted, bit, Due(sent, jitter, late));
        if (!doubled)
            return;
        _statistics = _statistics with { Duplicated = _statistics.Duplicated + 1 };
        Hold(packet, corrupted, bit, Due(sent, secondJitter, late: false));
    }

    /// <summary>Takes the next packet that is due.</summary>
    /// <param name="now">The time, on the clock given to <see cref="Send(ReadOnlySpan{byte}, TimeSpan)"/>.</param>
    /// <param name="buffer">Takes the packet.</param>
    /// <param name="bytes">The packet's length, or 0.</param>
    /// <returns>False when none is due.</returns>
    /// <exception cref="ArgumentException"><paramref name="buffer"/> is too short; the packet stays.</exception>
    public bool TryTake(TimeSpan now, Span<byte> buffer, out int bytes)
    {
        bytes = 0;
        if (!_held.TryPeek(out var held, out var priority) || priority.Due > now)
            return false;
        if (buffer.Length < held.Length)
            throw new ArgumentException("The buffer is shorter than the packet.", nameof(buffer));
        _held.Dequeue();
        held.Buffer.AsSpan(0, held.Length).CopyTo(buffer);
        ArrayPool<byte>.Shared.Return(held.Buffer);
        _bytesHeld -= held.Length;
        bytes = held.Length;
        _statistics = _statistics with { Delivered = _statistics.Delivered + 1 };
        return true;
    }

    /// <summary>Drops what is under way and gives its buffers back.</summary>
    public void Dispose()
    {
        while (_held.TryDequeue(out var held, out _))
            ArrayPool<byte>.Shared.Return(held.Buffer);
        _bytesHeld = 0;
    }

    private bool TryTransmit(int length, TimeSpan now, out TimeSpan sent)
    {
        sent = now;
        if (_faults.BitsPerSecond == 0)
            return true;
        var start = _lineFree > now ? _lineFree : now;
        var waiting = (start - now).TotalSeconds * _faults.BitsPerSecond / 8;
        if (waiting + length > _faults.QueueBytes)
            return false;
        sent = start + TimeSpan.FromTicks((long)Math.Ceiling(length * 8.0 * TimeSpan.TicksPerSecond / _faults.BitsPerSecond));
        _lineFree = sent;
        return true;
    }

    private TimeSpan Due(TimeSpan sent, double jitter, bool late)
    {
        var due = sent + _faults.Delay + ((2 * jitter - 1) * _faults.Jitter);
        if (due < sent)
            due = sent;
        if (due < _lastInOrder)
            due = _lastInOrder;
        // A late packet does not hold up those behind it: that is the point of it.
        if (late)
            return due + _faults.ReorderingDelay;
        _lastInOrder = due;
        return due;
    }

    private void Hold(in OutgoingPacket packet, bool corrupted, ulong bit, TimeSpan due)
    {
        if (_bytesHeld + packet.Length > MostBytesHeld)
        {
            _statistics = _statistics with { QueueDropped = _statistics.QueueDropped + 1 };
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(packet.Length);
        packet.CopyTo(buffer);
        if (corrupted && packet.Length > 0)
        {
            var position = bit % ((ulong)packet.Length * 8);
            buffer[(int)(position / 8)] ^= (byte)(1 << (int)(position % 8));
        }

        _bytesHeld += packet.Length;
        _held.Enqueue(new Held(buffer, packet.Length), (due, _number++));
    }

    private readonly record struct Held(byte[] Buffer, int Length);
}
