using System.Globalization;
using System.Text;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Tcp.Loss;

/// <summary>How fast the engine is in each cell, in bits of data a second of virtual time, and the text in which that is kept.</summary>
internal sealed class ThroughputGrid
{
    public static readonly double[] Losses = [0, 0.001, 0.01, 0.03, 0.1];

    private const int Seeds = 3;
    private const string Head = "# Mbit/s of data over 1 Gbit/s. Not to be edited: ThroughputGridTests writes it, and says how.";

    private static readonly TcpCongestionControl[] Algorithms = [TcpCongestionControl.Cubic, TcpCongestionControl.Reno];
    private static readonly int[] RoundTripsInMilliseconds = [1, 20, 100, 300];
    private static readonly int[] BuffersInKibibytes = [64, 1024, 4096];

    private readonly OrderedDictionary<GridCell, double> _rates;

    private ThroughputGrid(IEnumerable<GridCell> cells) => _rates = new(cells.Select(static cell => KeyValuePair.Create(cell, Rate(cell))));

    public IEnumerable<GridCell> Cells => _rates.Keys;

    public double this[GridCell cell] => _rates[cell];

    public static ThroughputGrid Measure() => new(
        from algorithm in Algorithms
        from loss in Losses
        from roundTrip in RoundTripsInMilliseconds
        from buffer in BuffersInKibibytes
        select new GridCell(algorithm, loss, roundTrip, buffer));

    /// <summary>What all seeds carry in the time they take together. Without loss there is nothing that a seed decides.</summary>
    public static double Rate(GridCell cell)
    {
        var (bytes, time) = (0L, TimeSpan.Zero);
        for (var seed = 1; seed <= (cell.Loss == 0 ? 1 : Seeds); seed++)
        {
            var (more, longer) = BulkTransfer.Measure(cell, seed);
            (bytes, time) = (bytes + more, time + longer);
        }
        return bytes * 8 / time.TotalSeconds;
    }

    /// <summary>A line for each row of cells that differ in their buffers only.</summary>
    public string ToText()
    {
        var text = new StringBuilder(Head).Append('\n');
        foreach (var row in _rates.GroupBy(static cell => cell.Key.Row))
        {
            if (row.Key == _rates.Keys.First().Row) text.Append(Line("# control, loss, round trip", row.Select(static cell => cell.Key.Column)));
            text.Append(Line(row.Key, row.Select(static cell => Megabits(cell.Value))));
        }
        return text.ToString();
    }

    /// <summary>The cells that a text tells otherwise.</summary>
    public IEnumerable<string> DifferencesFrom(string text)
    {
        var lines = text.Split('\n');
        foreach (var row in _rates.GroupBy(static cell => cell.Key.Row))
        {
            var kept = lines.FirstOrDefault(line => line.StartsWith(row.Key, StringComparison.Ordinal))?[row.Key.Length..]
                .Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
            foreach (var ((cell, rate), was) in row.Zip(kept.Concat(Enumerable.Repeat("nothing", BuffersInKibibytes.Length))))
                if (Megabits(rate) != was) yield return $"{cell}: {was} → {Megabits(rate)}";
        }
    }

    private static string Line(string row, IEnumerable<string> values) =>
        $"{row,-27}{string.Concat(values.Select(static value => $"{value,10}"))}\n";

    private static string Megabits(double rate) => (rate / 1e6).ToString("G3", CultureInfo.InvariantCulture);
}
