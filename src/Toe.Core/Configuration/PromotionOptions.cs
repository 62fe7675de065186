namespace Toe;

/// <summary>What a connection on the host stack must show to be offered to an adapter: <c>Toe:Placement:Promotion</c>. One of the three suffices; bytes are those that the application sent
/// and received.</summary>
public sealed class PromotionOptions
{
    /// <summary>Bytes since the connection runs on the host stack.</summary>
    /// <value>Default 131,072, near what is told of TCP Chimney's automatic mode; up to 10^15; 0 does not look at them.</value>
    [NumberRange(0, 1e15)]
    public long Bytes { get; set; } = 131_072;

    /// <summary>Bytes a second, averaged over <see cref="PlacementOptions.AveragingTime"/>.</summary>
    /// <value>Default 0: not looked at; up to 10^15.</value>
    [NumberRange(0, 1e15)]
    public long BytesPerSecond { get; set; }

    /// <summary>Time since the connection runs on the host stack; one that has been idle for <see cref="DemotionOptions.Idle"/> has shown nothing.</summary>
    /// <value>Default 0: not looked at; up to 30 days.</value>
    [TimeRange("00:00:00", "30.00:00:00")]
    public TimeSpan Age { get; set; }
}
