namespace Toe.Bench;

/// <summary>What the middle and the ends of some samples are.</summary>
internal static class Spread
{
    public static double Median(IReadOnlyList<double> samples)
    {
        var sorted = samples.Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
