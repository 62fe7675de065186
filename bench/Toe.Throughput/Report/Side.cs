namespace Toe.Throughput.Report;

/// <summary>All measurements of one side of a row.</summary>
/// <param name="name">What is measured.</param>
/// <param name="dropped">How many of the first ones do not count.</param>
internal sealed class Side(string name, int dropped = 0)
{
    private readonly List<Reading> _readings = [];

    public string Name => name;

    public IReadOnlyList<double> Samples => [.. Counted.Select(reading => reading.Value)];

    public double Median => Spread.Median(Samples);

    /// <summary>The median of the CPUs used, in percent of one.</summary>
    public double Cpu => 100 * Spread.Median([.. Counted.Select(reading => reading.Cpu)]);

    /// <summary>The same of the driver.</summary>
    public double DriverCpu => 100 * Spread.Median([.. Counted.Select(reading => reading.DriverCpu)]);

    private IEnumerable<Reading> Counted => _readings.Skip(dropped);

    public async Task<double> AddAsync(Func<Task<Reading>> measure)
    {
        _readings.Add(await measure());
        return _readings[^1].Value;
    }
}
