using System.Globalization;

namespace Toe.Moves;

/// <summary>What became of all moves of a run.</summary>
internal sealed class Tally
{
    private const double LeastMoved = 0.95;
    private const int Many = 1000; // Moves: in fewer the shares of the bytes are left to chance.

    private static readonly (long Most, string Name)[] QueueSizes =
        [(0, "none"), (1 << 10, "to 1 KiB"), (1 << 14, "to 16 KiB"), (1 << 16, "to 64 KiB"), (1 << 18, "to 256 KiB"), (1 << 20, "to 1 MiB"), (1 << 22, "to 4 MiB"), (long.MaxValue, "more")];

    private readonly List<MoveReport> _reports = [];
    private readonly List<double> _pauses = [];
    private readonly List<string> _failures = [];

    private int Moved => _reports.Sum(report => report.Moved);

    private int Refused => _reports.Sum(report => report.Refused.Values.Sum());

    private double LeastShare => Moved >= Many ? 0.3 : 0.1;

    private double ShareOfAdapter
    {
        get
        {
            double adapter = _reports.Sum(report => report.BytesOnAdapter), host = _reports.Sum(report => report.BytesOnHost);
            return adapter / Math.Max(1, adapter + host);
        }
    }

    public void Add(MoveReport report)
    {
        _reports.Add(report);
        if (report.Failure is not null)
            Fail($"seed {report.Seed}, moved end: {report.Failure}");
    }

    public void Add(IEnumerable<double> pauses) => _pauses.AddRange(pauses);

    public void Fail(string what) => _failures.Add(what);

    /// <summary>The whole report, in Markdown.</summary>
    /// <param name="isGood">True when everything that a run must hold was held.</param>
    public IReadOnlyList<string> Lines(out bool isGood)
    {
        var wrong = _reports.Sum(report => report.ListedWrongly);
        isGood = _failures.Count == 0 && wrong == 0 && Moved >= LeastMoved * (Moved + Refused) && ShareOfAdapter >= LeastShare && ShareOfAdapter <= 1 - LeastShare;
        return
        [
            Format($"{Moved} moves of {_reports.Count} connections, {Refused} refused, {wrong} listed wrongly by the kernel; {_reports.Sum(report => (report.BytesOnAdapter + report.BytesOnHost) / 1e9):0.0} GB, {ShareOfAdapter:P0} of them on the adapter"),
            .. _reports.SelectMany(report => report.Refused).GroupBy(refused => refused.Key, refused => refused.Value, StringComparer.Ordinal).Select(reason => Format($"- refused {reason.Sum()}: {reason.Key}")),
            "",
            "| Queued when it stood still | Moves | Stood still, median | p99 |",
            "|---|---|---|---|",
            .. ByQueueSize(),
            .. PauseLines(),
            "",
            .. _failures.Select(failure => "- FAILED " + failure),
            isGood ? "All bytes came, in order; no reset." : "NOT GOOD",
        ];
    }

    private IEnumerable<string> ByQueueSize() =>
        from move in _reports.SelectMany(report => report.Queued.Zip(report.Standstill))
        group move.Second by Array.FindIndex(QueueSizes, size => move.First <= size.Most) into size
        orderby size.Key
        let times = size.Order().ToList()
        select Format($"| {QueueSizes[size.Key].Name} | {times.Count} | {Quantile(times, 0.5):0.00} ms | {Quantile(times, 0.99):0.00} ms |");

    private IEnumerable<string> PauseLines()
    {
        if (_pauses.Count == 0)
            return [];
        var times = _pauses.Order().ToList();
        return
        [
            "",
            Format($"Pause at the peer, from its capture, {times.Count} moves: median {Quantile(times, 0.5):0.00} ms, p90 {Quantile(times, 0.9):0.00} ms, p99 {Quantile(times, 0.99):0.00} ms, longest {times[^1] / 1000:0.00} ms"),
        ];
    }

    /// <summary>In milliseconds, of microseconds in order.</summary>
    private static double Quantile(List<double> times, double share) => times[(int)(share * (times.Count - 1))] / 1000;

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
