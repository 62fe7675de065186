using System.Runtime.InteropServices;

namespace Toe.Emulated.Tcp;

/// <summary>The retransmission time-out of RFC 6298. Times in ticks of 100 ns.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct RoundTripEstimator
{
    /// <summary>G: the timestamp clock's step.</summary>
    private const long Granularity = TimeSpan.TicksPerMillisecond;

    /// <summary>What another carrier says may be anything.</summary>
    private const long LongestRestored = TimeSpan.TicksPerHour;

    private long _base;
    private int _backoff;

    public RoundTripEstimator(long initial) => _base = initial;

    public long Smoothed { get; private set; }

    public long Variation { get; private set; }

    public bool HasSample { get; private set; }

    /// <summary>The time-out in force, doubled for each time it ran out (5.5) and capped (2.5).</summary>
    /// <param name="most">The cap.</param>
    public readonly long Timeout(long most) => _backoff >= 32 || _base > most >> _backoff ? most : _base << _backoff;

    public readonly int Backoff => _backoff;

    public void BackOff() => _backoff++;

    public void ResetBackoff() => _backoff = 0;

    /// <summary>5.7: the time-out of the data behind a SYN that had to be repeated is at least this.</summary>
    public void RestartAt(long timeout)
    {
        _backoff = 0;
        if (!HasSample) _base = timeout;
    }

    /// <summary>Takes over what another carrier had measured.</summary>
    /// <param name="smoothed">SRTT in ticks.</param>
    /// <param name="variation">RTTVAR in ticks.</param>
    /// <param name="least">The floor of the time-out, in ticks.</param>
    public void Restore(long smoothed, long variation, long least)
    {
        HasSample = true;
        Smoothed = Math.Clamp(smoothed, 0, LongestRestored);
        Variation = Math.Clamp(variation, 0, LongestRestored);
        SetBase(least);
    }

    /// <summary>Takes a measurement that Karn's rule allows.</summary>
    /// <param name="roundTrip">Ticks.</param>
    /// <param name="samplesPerFlight">How many samples a round trip brings: they share one weight (RFC 7323 §4.2, appendix G).</param>
    /// <param name="least">The floor of the time-out, in ticks (2.4).</param>
    public void Sample(long roundTrip, int samplesPerFlight, long least)
    {
        if (!HasSample)
        {
            HasSample = true;
            Smoothed = roundTrip;
            Variation = roundTrip / 2;
        }
        else
        {
            var error = Math.Abs(Smoothed - roundTrip);
            Variation += (error - Variation) / (4 * samplesPerFlight);
            Smoothed += (roundTrip - Smoothed) / (8 * samplesPerFlight);
        }
        SetBase(least);
    }

    private void SetBase(long least)
    {
        _backoff = 0;
        _base = Math.Max(Smoothed + Math.Max(Granularity, 4 * Variation), least);
    }
}
