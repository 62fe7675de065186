namespace Toe.Placing;

/// <summary>Waits that double with each refusal in a row. Not safe for several threads.</summary>
internal sealed class BackOff(TimeProvider time)
{
    private const int MaximumDoublings = 6;

    private int _refusals;
    private long _refusedAt;

    /// <summary>True when the last refusal lies back long enough.</summary>
    /// <param name="first">How long to wait after the first.</param>
    public bool IsOver(TimeSpan first) => _refusals == 0 || time.GetElapsedTime(_refusedAt) >= first * (1 << Math.Min(_refusals - 1, MaximumDoublings));

    public void Refused()
    {
        _refusals++;
        _refusedAt = time.GetTimestamp();
    }

    public void Reset() => _refusals = 0;
}
