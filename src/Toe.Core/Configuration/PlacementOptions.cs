using Microsoft.Extensions.Options;

namespace Toe;

/// <summary>When established connections move although nobody asked: <c>Toe:Placement</c>.</summary>
/// <remarks>Only connections move that both carriers can give up and take over. Uploads that must be (a card that fails, a mandatory reason) are never held back by a bound set
/// here.</remarks>
public sealed class PlacementOptions
{
    /// <summary>Time between two looks at the connections.</summary>
    /// <value>Default 1 s; 10 ms to 1 hour.</value>
    [TimeRange("00:00:00.010", "01:00:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Connections that one look may move; those that policy sends to the host stack are not counted.</summary>
    /// <value>Default 32; 1 to 100,000.</value>
    [NumberRange(1, 100_000)]
    public int MovesPerSweep { get; set; } = 32;

    /// <summary>True uploads a connection when its adapter asks for that but could carry on.</summary>
    /// <value>Default true.</value>
    public bool FollowAdvice { get; set; } = true;

    /// <summary>True asks policy about established connections again when it changes: those whose adapter it no longer allows go to the host stack.</summary>
    /// <value>Default true.</value>
    public bool FollowPolicy { get; set; } = true;

    /// <summary>True offers a connection that an adapter or policy sent to the host stack to an adapter again.</summary>
    /// <value>Default true.</value>
    public bool Return { get; set; } = true;

    /// <summary>How long an adapter must have been healthy, and the connection on the host stack, before the connection is offered to it. What policy sent away returns as soon as
    /// policy allows it.</summary>
    /// <value>Default 30 s; 0 to 1 day.</value>
    [TimeRange("00:00:00", "1.00:00:00")]
    public TimeSpan ReturnAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Moves of one connection within <see cref="MovesWindow"/> after which it stays where it is, unless it must move.</summary>
    /// <value>Default 4; 1 to 1,000.</value>
    [NumberRange(1, 1_000)]
    public int MovesPerConnection { get; set; } = 4;

    /// <summary>The sliding window that a connection's moves are counted over.</summary>
    /// <value>Default 10 minutes; 1 s to 1 day.</value>
    [TimeRange("00:00:01", "1.00:00:00")]
    public TimeSpan MovesWindow { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a connection is left alone after its move was refused. Doubles with each refusal in a row, up to 64 times as long.</summary>
    /// <value>Default 10 s; 10 ms to 1 day.</value>
    [TimeRange("00:00:00.010", "1.00:00:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The time constant of the averages that a connection's rate is taken over.</summary>
    /// <value>Default 10 s; 10 ms to 1 hour.</value>
    [TimeRange("00:00:00.010", "01:00:00")]
    public TimeSpan AveragingTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>True starts connections on the host stack where the adapter could take them over later: it gets those that <see cref="Promotion"/> picks.</summary>
    /// <value>Default false: an adapter is asked when the connection is opened.</value>
    public bool StartOnHost { get; set; }

    /// <summary>Which connections of the host stack have shown that they gain by an adapter.</summary>
    [ValidateObjectMembers]
    public PromotionOptions Promotion { get; set; } = new();

    /// <summary>True uploads connections that <see cref="Demotion"/> picks while an adapter's table is nearly full, and offers what <see cref="Promotion"/> picks to adapters again.</summary>
    /// <value>Default false.</value>
    public bool Demote { get; set; }

    /// <summary>Which connections an adapter under pressure can best do without.</summary>
    [ValidateObjectMembers]
    public DemotionOptions Demotion { get; set; } = new();
}
