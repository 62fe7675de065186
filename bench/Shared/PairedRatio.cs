namespace Toe.Bench;

/// <summary>The ratio of two measures from interleaved pairs, with the 95 % interval of its mean logarithm.</summary>
internal sealed class PairedRatio
{
    private readonly PairLimits _limits;
    private readonly List<double> _subject = [];
    private readonly List<double> _reference = [];
    private readonly List<double> _logarithms = [];

    private PairedRatio(PairLimits limits) => _limits = limits;

    /// <summary>The ratios, pair by pair.</summary>
    public IReadOnlyList<double> Samples => [.. _logarithms.Select(Math.Exp)];

    /// <summary>The numerators, pair by pair.</summary>
    public IReadOnlyList<double> Subject => _subject;

    /// <summary>The denominators, pair by pair.</summary>
    public IReadOnlyList<double> Reference => _reference;

    public double Mean => Math.Exp(_logarithms.Average());

    public double Lower => Math.Exp(_logarithms.Average() - HalfWidth);

    public double Upper => Math.Exp(_logarithms.Average() + HalfWidth);

    public bool IsResolved => _logarithms.Count >= _limits.Minimum && HalfWidth <= _limits.HalfWidth;

    private double HalfWidth => Quantile(_logarithms.Count - 1) * Math.Sqrt(Variance / _logarithms.Count);

    private double Variance
    {
        get
        {
            var mean = _logarithms.Average();
            return _logarithms.Sum(value => (value - mean) * (value - mean)) / (_logarithms.Count - 1);
        }
    }

    /// <summary>Adds pairs until the ratio is resolved, or there are too many.</summary>
    /// <param name="subject">Measures the numerator once.</param>
    /// <param name="reference">Measures the denominator once.</param>
    public static Task<PairedRatio> MeasureAsync(Func<Task<double>> subject, Func<Task<double>> reference) =>
        MeasureAsync(subject, reference, PairLimits.Default);

    /// <summary>Adds pairs until the ratio is resolved, or there are too many.</summary>
    /// <param name="subject">Measures the numerator once.</param>
    /// <param name="reference">Measures the denominator once.</param>
    /// <param name="limits">How many pairs.</param>
    public static async Task<PairedRatio> MeasureAsync(Func<Task<double>> subject, Func<Task<double>> reference, PairLimits limits)
    {
        await subject();
        await reference(); // The first pass warms up and is thrown away.
        var ratio = new PairedRatio(limits);
        for (var pair = 0; pair < limits.Maximum && !ratio.IsResolved; pair++)
        {
            double over, under;
            if (pair % 2 == 0)
                (over, under) = (await subject(), await reference());
            else
                (under, over) = (await reference(), await subject());
            ratio.Add(over, under);
        }

        return ratio;
    }

    private void Add(double over, double under)
    {
        _subject.Add(over);
        _reference.Add(under);
        _logarithms.Add(Math.Log(over / under));
    }

    /// <summary>The 97.5 % quantile of Student's t: with few pairs the normal one would promise too much (Abramowitz and Stegun 26.7.5).</summary>
    private static double Quantile(int degrees)
    {
        const double Z = 1.959964;
        const double Z3 = Z * Z * Z;
        const double Z5 = Z3 * Z * Z;
        return degrees < 1
            ? double.PositiveInfinity
            : Z + ((Z3 + Z) / (4 * degrees)) + (((5 * Z5) + (16 * Z3) + (3 * Z)) / (96.0 * degrees * degrees));
    }
}
