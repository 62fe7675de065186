namespace Toe;

/// <summary>How many connections may fall back to the host stack before the health check is degraded:
/// <c>Toe:FallbackAllowance</c>.</summary>
public sealed class FallbackAllowanceOptions
{
    /// <summary>The share of a window's connections that may fall back.</summary>
    /// <value>Default 0.1; 0 to 1. 1 never degrades.</value>
    [NumberRange(0, 1)]
    public double Share { get; set; } = 0.1;

    /// <summary>The sliding window that the share is taken over.</summary>
    /// <value>Default 1 minute; 1 s to 1 day.</value>
    [TimeRange("00:00:01", "1.00:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Connections a window must have before its share means anything.</summary>
    /// <value>Default 10; 1 to 1,000,000.</value>
    [NumberRange(1, 1_000_000)]
    public int MinimumConnections { get; set; } = 10;
}
