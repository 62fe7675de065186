using System.Globalization;
using Toe.Emulated.Tcp;
using Toe.Testing;

namespace Toe.Emulated.Tests.Tcp.Loss;

/// <summary>
/// The engine's throughput over lines of many kinds, frozen: time is virtual and luck comes from seeds, so that every change of a figure is a
/// change of the engine (or of the line), to be reviewed as one. What the figures must be whatever the file says is tested beside it.
/// </summary>
public sealed class ThroughputGridTests
{
    private const string Update = "TOE_UPDATE_GRID";

    private static readonly string Kept = Repository.PathOf("tests", "Toe.Emulated.Tests", "Tcp", "Loss", "throughput-grid.txt");

    private static readonly Lazy<ThroughputGrid> Measured = new(ThroughputGrid.Measure);

    [Fact]
    public void Grid_IsAsItIsKept()
    {
        var text = Measured.Value.ToText();
        if (Environment.GetEnvironmentVariable(Update) == "1") File.WriteAllText(Kept, text);
        var kept = File.Exists(Kept) ? File.ReadAllText(Kept) : "";
        if (text == kept) return;
        var changes = Measured.Value.DifferencesFrom(kept).ToList();
        Assert.Fail($"""
            {changes.Count} cells of {Path.GetRelativePath(Repository.Root, Kept)} changed (Mbit/s):
            {string.Join('\n', changes)}
            If the engine shall behave so, have the file written anew, and hand it in with the change that explains it:
            {Update}=1 dotnet test --project tests/Toe.Emulated.Tests -c Release --filter-class "*ThroughputGridTests"
            """);
    }

    [Fact]
    public void Grid_IsTheSameAgain_AndInAnotherCulture()
    {
        var text = Measured.Value.ToText();
        var usual = CultureInfo.CurrentCulture;
        var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (other.NumberFormat.NumberDecimalSeparator, other.NumberFormat.NegativeSign) = (",", "~");
        CultureInfo.CurrentCulture = other;
        try
        {
            Assert.Equal(text, Measured.Value.ToText());
            foreach (var cell in Measured.Value.Cells.Where(static cell => cell is { Loss: 0.03, BufferKibibytes: 1024 }))
                Assert.Equal(Measured.Value[cell], ThroughputGrid.Rate(cell));
        }
        finally
        {
            CultureInfo.CurrentCulture = usual;
        }
    }

    [Fact]
    public void Differences_NameTheCellsThatChanged()
    {
        var text = Measured.Value.ToText();
        Assert.Empty(Measured.Value.DifferencesFrom(text));
        var lines = text.Split('\n');
        lines[2] = lines[2][..^1] + "?";
        var change = Assert.Single(Measured.Value.DifferencesFrom(string.Join('\n', lines)));
        Assert.StartsWith("Cubic, 0 % lost, 1 ms, 4096 KiB: ", change, StringComparison.Ordinal);
        Assert.Equal(Measured.Value.Cells.Count(), Measured.Value.DifferencesFrom("").Count());
    }

    [Fact]
    public void NoCell_IsFasterThanTheLinkAndTheWindow() =>
        Assert.All(Measured.Value.Cells, static cell => Assert.InRange(Measured.Value[cell], 0, cell.Limit * 1.001));

    [Fact]
    public void WithoutLoss_TheLinkOrTheWindowIsUsed() => Assert.All(
        Measured.Value.Cells.Where(static cell => cell.Loss == 0), static cell => Assert.InRange(Measured.Value[cell], cell.Limit * 0.9, double.MaxValue));

    [Fact]
    public void MoreLoss_IsNeverMuchFaster() => Assert.All(Measured.Value.Cells.Where(static cell => cell.Loss > 0), static cell =>
    {
        var less = cell with { Loss = ThroughputGrid.Losses[Array.IndexOf(ThroughputGrid.Losses, cell.Loss) - 1] };
        Assert.InRange(Measured.Value[cell], 0, Measured.Value[less] * 1.1);
    });

    [Fact, Trait("RFC", "9438 5.1; 5348 3.1")]
    public void Loss_CostsNoMoreThanTwiceWhatTheFormulasSay() => Assert.All(Measured.Value.Cells.Where(static cell => cell.Loss > 0), static cell =>
    {
        var segmentsPerSecond = cell.Loss < 0.1 ? Window(cell) / cell.RoundTrip.TotalSeconds : WithTimeOuts(cell);
        var expected = Math.Min(segmentsPerSecond * BulkTransfer.SegmentSize * 8, cell.Limit);
        Assert.True(Measured.Value[cell] >= expected / 2, $"{cell}: {Measured.Value[cell]:0} bit/s of {expected:0}");
    });

    /// <summary>In segments: Mathis et al. 1997 for Reno; RFC 9438 §5.1 for CUBIC, which is never slower than Reno (§4.3).</summary>
    private static double Window(GridCell cell)
    {
        var reno = Math.Sqrt(1.5 / cell.Loss);
        return cell.Algorithm == TcpCongestionControl.Reno ? reno : Math.Max(reno, 1.054 * Math.Pow(cell.RoundTrip.TotalSeconds / cell.Loss, 0.75));
    }

    /// <summary>In segments a second, RFC 5348 §3.1. With a tenth lost a window is of about four segments: some losses are repaired by a time-out,
    /// which the other formulas leave out, and which is long beside a short round trip.</summary>
    private static double WithTimeOuts(GridCell cell)
    {
        var (p, roundTrip) = (cell.Loss, cell.RoundTrip.TotalSeconds);
        var timeOut = Math.Max(new TcpEngineOptions().MinimumRetransmissionTimeout.TotalSeconds, roundTrip);
        return 1 / (roundTrip * Math.Sqrt(2 * p / 3) + timeOut * 3 * Math.Sqrt(3 * p / 8) * p * (1 + 32 * p * p));
    }
}
