namespace Toe.Placing;

/// <summary>An exponentially weighted average: v ← v + w · (x − v), with the first measurement as it is. Forgets everything when none came for too long. One writer.</summary>
internal sealed class Average(TimeProvider time)
{
    private long _at;

    public double Value { get; private set; }

    public long Samples { get; private set; }

    public void Add(double measured, WorthOptions options)
    {
        if (Samples > 0 && time.GetElapsedTime(_at) >= options.ForgetAfter)
            Samples = 0;
        Value = Samples == 0 ? measured : Value + (options.Weight * (measured - Value));
        Samples++;
        _at = time.GetTimestamp();
    }

    public bool IsKnown(WorthOptions options) => Samples >= options.MinimumSamples && !IsOlderThan(options.ForgetAfter);

    public bool IsOlderThan(TimeSpan age) => Samples == 0 || time.GetElapsedTime(_at) >= age;
}
