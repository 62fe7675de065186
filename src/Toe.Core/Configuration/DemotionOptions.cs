namespace Toe;

/// <summary>Which connections an adapter gives up while one of its tables is nearly full: <c>Toe:Placement:Demotion</c>. Those idle longest go first, then those that move least.</summary>
public sealed class DemotionOptions
{
    /// <summary>The share of a table's entries, without its reserve, above which the adapter is under pressure. It gives up as many connections as bring it back to this share.</summary>
    /// <value>Default 0.9; 0.01 to 1.</value>
    [NumberRange(0.01, 1)]
    public double Pressure { get; set; } = 0.9;

    /// <summary>Time without a byte after which a connection is idle, and time under observation on the adapter before which none is given up.</summary>
    /// <value>Default 1 minute; 10 ms to 1 day.</value>
    [TimeRange("00:00:00.010", "1.00:00:00")]
    public TimeSpan Idle { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Bytes a second, averaged over <see cref="PlacementOptions.AveragingTime"/>, below which a connection that is not idle moves too little to gain.</summary>
    /// <value>Default 1,024; up to 10^15; 0 gives up idle ones only.</value>
    [NumberRange(0, 1e15)]
    public long BytesPerSecond { get; set; } = 1_024;
}
