namespace Toe.Placing;

/// <summary>One adapter on one path: what was measured, the verdict, and who was sent to the other side to measure it. Judged by one thread at a time, asked by any.</summary>
internal sealed class AdapterOnPath(TimeProvider time)
{
    private long? _turnedAt;
    private long _exploredAt;
    private int _hasExplored;
    private volatile Verdict? _verdict;

    public PathSide Side { get; } = new(time);

    /// <summary>The verdict in force; null before the first one.</summary>
    public Verdict? Verdict => _verdict;

    /// <summary>Compares with the host stack.</summary>
    /// <param name="host">The host stack on the same path.</param>
    /// <param name="path">The path, for people.</param>
    /// <param name="options">The margins.</param>
    public void Judge(PathSide host, PathPrefix path, WorthOptions options)
    {
        var before = _verdict?.IsHostFaster ?? false;
        var compared = Comparison.Of(host, Side, options);
        var hostIsFaster = compared is { } known && IsHostFaster(known.HostGain, before, options);
        if (hostIsFaster != before && compared is not null)
        {
            if (_turnedAt is { } turned && time.GetElapsedTime(turned) < options.HoldFor)
                hostIsFaster = before;
            else
                _turnedAt = time.GetTimestamp();
        }

        var wants = (hostIsFaster ? Side : host).IsOlderThan(options.ExploreInterval);
        _verdict = new Verdict(hostIsFaster, wants, $"{compared?.Text ?? "not yet measured on both sides"} on {path}");
    }

    /// <summary>One open in the interval may go to the side that the verdict is against.</summary>
    /// <param name="interval">The interval.</param>
    /// <param name="isDryRun">True to look only.</param>
    /// <returns>True for that one.</returns>
    public bool TryExplore(TimeSpan interval, bool isDryRun)
    {
        var last = Interlocked.Read(ref _exploredAt);
        if (Volatile.Read(ref _hasExplored) != 0 && time.GetElapsedTime(last) < interval)
            return false;
        if (isDryRun)
            return true;
        if (Interlocked.CompareExchange(ref _exploredAt, time.GetTimestamp(), last) != last)
            return false; // Another open was faster.
        Volatile.Write(ref _hasExplored, 1);
        return true;
    }

    private static bool IsHostFaster(double gain, bool before, WorthOptions options) => gain >= 1 + (before ? options.Margin / 2 : options.Margin);
}
