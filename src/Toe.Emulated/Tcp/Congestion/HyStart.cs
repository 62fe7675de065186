using static Toe.Emulated.Tcp.SequenceNumber;

namespace Toe.Emulated.Tcp.Congestion;

/// <summary>HyStart++, RFC 9406: slow start that ends before the queue overflows, when round trips grow.</summary>
internal sealed class HyStart
{
    private const long SmallestThreshold = 4 * TimeSpan.TicksPerMillisecond;
    private const long LargestThreshold = 16 * TimeSpan.TicksPerMillisecond;
    private const int RoundTripDivisor = 8;
    private const int Samples = 8;
    private const int GrowthDivisor = 4;
    private const int ConservativeRounds = 5;

    /// <summary>L for senders that do not pace (§4.3).</summary>
    private const int SegmentLimit = 8;

    private bool _begun;
    private uint _roundEnd;
    private long _lastMinimum = long.MaxValue;
    private long _minimum = long.MaxValue;
    private int _samples;
    private long _baseline = long.MaxValue;
    private int _conservativeRounds;

    /// <summary>Conservative slow start (§4.2).</summary>
    public bool IsConservative => _baseline != long.MaxValue;

    /// <summary>How much an ACK in slow start lets the window grow.</summary>
    /// <param name="sample">The ACK.</param>
    /// <param name="segmentSize">SMSS.</param>
    /// <param name="isOver">Slow start is over: the window is the threshold.</param>
    public long Grow(in CongestionSample sample, int segmentSize, out bool isOver)
    {
        isOver = false;
        if (!_begun) BeginRound(sample.SendNext);
        else if (GreaterOrEqual(sample.SendUnacknowledged, _roundEnd))
        {
            if (IsConservative && ++_conservativeRounds >= ConservativeRounds) isOver = true;
            BeginRound(sample.SendNext);
        }
        var growth = Math.Min(sample.Acknowledged, (long)SegmentLimit * segmentSize);
        Judge(sample.RoundTrip);
        return IsConservative ? Math.Max(1, growth / GrowthDivisor) : growth;
    }

    private void BeginRound(uint sendNext)
    {
        _begun = true;
        _roundEnd = sendNext;
        _lastMinimum = _minimum;
        _minimum = long.MaxValue;
        _samples = 0;
    }

    private void Judge(long roundTrip)
    {
        if (roundTrip <= 0) return;
        _minimum = Math.Min(_minimum, roundTrip);
        if (++_samples < Samples || _lastMinimum == long.MaxValue) return;
        if (IsConservative)
        {
            // The growth was not the queue's.
            if (_minimum < _baseline) _baseline = long.MaxValue;
            return;
        }
        var threshold = Math.Clamp(_lastMinimum / RoundTripDivisor, SmallestThreshold, LargestThreshold);
        if (_minimum < _lastMinimum + threshold) return;
        _baseline = _minimum;
        _conservativeRounds = 0;
    }
}
