namespace Toe.Bench;

/// <summary>How many pairs are measured, and until when.</summary>
/// <param name="Minimum">At least so many.</param>
/// <param name="Maximum">At most so many; what is not resolved by then is a miss.</param>
/// <param name="HalfWidth">The wanted half-width of the 95 % interval of the mean log-ratio.</param>
internal sealed record PairLimits(int Minimum, int Maximum, double HalfWidth)
{
    public static PairLimits Default { get; } = new(8, 200, 0.03);

    /// <summary>For the 99th percentile of a distribution, which is less sharp.</summary>
    public static PairLimits Tail { get; } = Default with { HalfWidth = 0.08 };
}
