namespace Toe.Placing;

/// <summary>What was measured on one path while one side carried its connections.</summary>
internal sealed class PathSide(TimeProvider time)
{
    /// <summary>Bytes a second of connections that moved enough to show it.</summary>
    public Average Throughput { get; } = new(time);

    /// <summary>Smoothed round-trip times, in seconds.</summary>
    public Average RoundTrip { get; } = new(time);

    /// <summary>True when nothing was measured for so long.</summary>
    public bool IsOlderThan(TimeSpan age) => Throughput.IsOlderThan(age) && RoundTrip.IsOlderThan(age);
}
