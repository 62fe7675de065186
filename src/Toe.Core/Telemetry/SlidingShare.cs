namespace Toe.Telemetry;

/// <summary>The share of hits over a sliding window, kept in a fixed number of slices of it.</summary>
internal sealed class SlidingShare(TimeProvider time)
{
    private const int Slices = 16;

    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();
    private readonly (long Slice, long All, long Hits)[] _slices = new (long, long, long)[Slices];

    public void Count(TimeSpan window, bool hit)
    {
        lock (_lock)
        {
            var now = Now(window);
            ref var slice = ref _slices[now % Slices];
            if (slice.Slice != now)
                slice = (now, 0, 0);
            slice.All++;
            slice.Hits += hit ? 1 : 0;
        }
    }

    /// <summary>Hits by all; 0 while the window has fewer than <paramref name="minimum"/>.</summary>
    public double Read(TimeSpan window, int minimum)
    {
        lock (_lock)
        {
            var now = Now(window);
            var (all, hits) = (0L, 0L);
            foreach (var slice in _slices)
            {
                if (slice.Slice <= now - Slices || slice.Slice > now)
                    continue;
                all += slice.All;
                hits += slice.Hits;
            }

            return all == 0 || all < minimum ? 0 : (double)hits / all;
        }
    }

    private long Now(TimeSpan window) => time.GetElapsedTime(_start).Ticks / Math.Max(1, window.Ticks / Slices);
}
