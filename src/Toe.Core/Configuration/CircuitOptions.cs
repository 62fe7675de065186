namespace Toe;

/// <summary>When an adapter's repeated faults open its circuit: <c>Toe:Circuit</c>. A peer's answer is never a fault.</summary>
public sealed class CircuitOptions
{
    /// <summary>The share of attempts within <see cref="SamplingDuration"/> that must be faults.</summary>
    /// <value>Default 0.5; above 0, at most 1.</value>
    [NumberRange(0.001, 1)]
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>Attempts within <see cref="SamplingDuration"/> below which the circuit stays closed.</summary>
    /// <value>Default 5; 2 to 1,000,000.</value>
    [NumberRange(2, 1_000_000)]
    public int MinimumThroughput { get; set; } = 5;

    /// <summary>The sliding window that faults are counted over.</summary>
    /// <value>Default 30 s; 500 ms to 1 day.</value>
    [TimeRange("00:00:00.500", "1.00:00:00")]
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an open circuit stays open before a probe may close it.</summary>
    /// <value>Default 15 s; 500 ms to 1 day.</value>
    [TimeRange("00:00:00.500", "1.00:00:00")]
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Probes that must succeed one after another before the circuit closes.</summary>
    /// <value>Default 3; 1 to 1,000.</value>
    [NumberRange(1, 1_000)]
    public int ProbeSuccesses { get; set; } = 3;
}
