namespace Toe.Bench;

/// <summary>The ratio of two rates from interleaved pairs, with the 95 % interval of its mean logarithm.</summary>
internal sealed class PairedRatio
{
    private const int MinimumPairs = 8;
    private const int MaximumPairs = 200;
    private const double WantedHalfWidth = 0.03;

    private readonly List<double> _logarithms = [];

    public IReadOnlyList<double> Samples => [.. _logarithms.Select(Math.Exp)];

    public double Mean => Math.Exp(_logarithms.Average());

    public double Lower => Math.Exp(_logarithms.Average() - HalfWidth);

    public double Upper => Math.Exp(_logarithms.Average() + HalfWidth);

    public bool IsResolved => _logarithms.Count >= MinimumPairs && HalfWidth <= WantedHalfWidth;

    private double HalfWidth => 1.96 * Math.Sqrt(Variance / _logarithms.Count);

    private double Variance
    {
        get
        {
            var mean = _logarithms.Average();
            return _logarithms.Sum(value => (value - mean) * (value - mean)) / (_logarithms.Count - 1);
        }
    }

    /// <summary>Adds pairs until the ratio is resolved, or there are too many.</summary>
    /// <param name="subject">Measures the numerator's rate once.</param>
    /// <param name="reference">Measures the denominator's rate once.</param>
    public static async Task<PairedRatio> MeasureAsync(Func<Task<double>> subject, Func<Task<double>> reference)
    {
        await subject();
        await reference(); // The first pass warms up and is thrown away.
        var ratio = new PairedRatio();
        for (var pair = 0; pair < MaximumPairs && !ratio.IsResolved; pair++)
        {
            double over, under;
            if (pair % 2 == 0)
                (over, under) = (await subject(), await reference());
            else
                (under, over) = (await reference(), await subject());
            ratio._logarithms.Add(Math.Log(over / under));
        }

        return ratio;
    }
}
