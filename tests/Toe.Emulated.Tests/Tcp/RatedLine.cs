namespace Toe.Emulated.Tests.Tcp;

/// <summary>One direction of a line: a bottleneck, the queue in front of it, which drops its tail, and the way behind it.</summary>
internal sealed class RatedLine(long bitsPerSecond, int queueBytes, TimeSpan propagation)
{
    private long _freeAt;

    /// <summary>Puts a packet into the queue.</summary>
    /// <returns>False when it does not fit.</returns>
    public bool TryCarry(int length, TimeSpan now, out TimeSpan arrival)
    {
        var begin = Math.Max(_freeAt, now.Ticks);
        arrival = default;
        if (begin - now.Ticks + Ticks(length) > Ticks(queueBytes)) return false;
        _freeAt = begin + Ticks(length);
        arrival = TimeSpan.FromTicks(_freeAt) + propagation;
        return true;
    }

    private long Ticks(long bytes) => bytes * 8 * TimeSpan.TicksPerSecond / bitsPerSecond;
}
