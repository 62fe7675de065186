using System.Globalization;

namespace Toe.Bench;

/// <summary>What a row came to.</summary>
internal sealed record RowResult(Row Row, PairedRatio Ratio, PairedRatio Planted)
{
    private const double Free = 0.95;

    public bool IsFree => Ratio.IsResolved && Ratio.Lower >= Free;

    /// <summary>The slowed side must not pass for free.</summary>
    public bool SeesPlanted => Planted.IsResolved && Planted.Lower < Free && Planted.Mean < Ratio.Mean;

    public bool Reached => IsFree && SeesPlanted;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Row.Id}: {Words(Ratio)}, {(IsFree ? "free" : "NOT free")}; slowed by a tenth: {Words(Planted)}, {(SeesPlanted ? "seen" : "NOT seen")}");

    public object ToJson() => new
    {
        id = Row.Id,
        unit = Row.Unit + " ratio",
        samples = Ratio.Samples,
        median = Spread.Median(Ratio.Samples),
        lower = Ratio.Lower,
        upper = Ratio.Upper,
        planted = Planted.Samples,
        plantedLower = Planted.Lower,
        reached = Reached,
    };

    private static string Words(PairedRatio ratio) => string.Create(CultureInfo.InvariantCulture,
        $"{ratio.Mean:F3} ({ratio.Lower:F3} to {ratio.Upper:F3}, {ratio.Samples.Count} pairs{(ratio.IsResolved ? "" : ", not resolved")})");
}
