namespace Toe.Emulated;

/// <summary>Tells which share of the time a thread worked. The thread says when it begins and ends to rest; any thread reads.</summary>
internal sealed class WorkClock
{
    private readonly Lock _lock = new();
    private TimeSpan _rested;
    private TimeSpan? _restsSince;
    private TimeSpan _readAt;
    private TimeSpan _restedAtReading;

    public void Rest(TimeSpan now)
    {
        lock (_lock)
            _restsSince = now;
    }

    public void Work(TimeSpan now)
    {
        lock (_lock)
        {
            _rested += Resting(now);
            _restsSince = null;
        }
    }

    /// <summary>The share of the time since the last reading, or the beginning, that was worked; 0 to 1.</summary>
    public double Read(TimeSpan now)
    {
        lock (_lock)
        {
            var rested = _rested + Resting(now);
            var span = now - _readAt;
            var ratio = span <= TimeSpan.Zero ? 0 : 1 - ((rested - _restedAtReading) / span);
            (_readAt, _restedAtReading) = (now, rested);
            return Math.Clamp(ratio, 0, 1);
        }
    }

    private TimeSpan Resting(TimeSpan now) => _restsSince is { } since && now > since ? now - since : TimeSpan.Zero;
}
