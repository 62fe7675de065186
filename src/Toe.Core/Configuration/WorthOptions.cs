namespace Toe;

/// <summary>How the advisor measures host stack and adapters on the program's own paths, and when it says that the host stack is faster: <c>Toe:Worth</c>. A path is a prefix of peers'
/// addresses.</summary>
public sealed class WorthOptions
{
    /// <summary>True measures, and lets the Worth gate refuse adapters that are slower than the host stack.</summary>
    /// <value>Default false.</value>
    public bool Enabled { get; set; }

    /// <summary>How much faster one side must be before the verdict turns; half as much keeps it.</summary>
    /// <value>Default 0.25; 0.01 to 100.</value>
    [NumberRange(0.01, 100)]
    public double Margin { get; set; } = 0.25;

    /// <summary>Measurements that a side must have on a path before it is compared.</summary>
    /// <value>Default 8; 1 to 1,000,000.</value>
    [NumberRange(1, 1_000_000)]
    public int MinimumSamples { get; set; } = 8;

    /// <summary>The weight of a new measurement in its average: RFC 6298 section 2 has 1/8 for round-trip times.</summary>
    /// <value>Default 0.125; 0.001 to 1.</value>
    [NumberRange(0.001, 1)]
    public double Weight { get; set; } = 0.125;

    /// <summary>Bytes that a connection must have moved between two looks for its rate to count: below, the application is the limit and not what carries it.</summary>
    /// <value>Default 262,144; 1 to 10^12.</value>
    [NumberRange(1, 1e12)]
    public long SampleBytes { get; set; } = 262_144;

    /// <summary>The least time between two opens on a path that go to the side the verdict is against, to measure it.</summary>
    /// <value>Default 1 minute; 10 ms to 1 day.</value>
    [TimeRange("00:00:00.010", "1.00:00:00")]
    public TimeSpan ExploreInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a verdict stands at least.</summary>
    /// <value>Default 5 minutes; 0 to 1 day.</value>
    [TimeRange("00:00:00", "1.00:00:00")]
    public TimeSpan HoldFor { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Time without a measurement after which a side's average is forgotten.</summary>
    /// <value>Default 30 minutes; 1 s to 30 days.</value>
    [TimeRange("00:00:01", "30.00:00:00")]
    public TimeSpan ForgetAfter { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Paths that are remembered; those that were measured longest ago make room.</summary>
    /// <value>Default 1,024; 1 to 65,536.</value>
    [NumberRange(1, 65_536)]
    public int Paths { get; set; } = 1_024;

    /// <summary>The leading bits of an IPv4 address that make a path.</summary>
    /// <value>Default 24; 0 to 32.</value>
    [NumberRange(0, 32)]
    public int PrefixIPv4 { get; set; } = 24;

    /// <summary>The leading bits of an IPv6 address that make a path.</summary>
    /// <value>Default 64; 0 to 128.</value>
    [NumberRange(0, 128)]
    public int PrefixIPv6 { get; set; } = 64;
}
