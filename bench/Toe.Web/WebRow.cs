using Toe.Bench;

namespace Toe.Web;

/// <summary>One line of the report.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Unit">The unit of both sides.</param>
/// <param name="Open">Makes the two sites.</param>
/// <param name="Page">What is asked of a page.</param>
/// <param name="Bound">What its ratio must be.</param>
internal sealed record WebRow(string Id, string Unit, Func<Task<WebLab>> Open, Func<string, Load> Page, Bound Bound = Bound.None)
{
    private const string Plain = "text";
    private const double Tenth = 1.0 / 9; // A ninth of the rest is a tenth of the whole.

    public static IReadOnlyList<WebRow> All { get; } =
    [
        new("web.requests", "requests/s", WebLab.OnLoopbackAsync, Load.Requests, Bound.Free),
        new("web.p99", "s", WebLab.OnLoopbackAsync, Load.Tail, Bound.Tail),
        new("web.http2", "requests/s", WebLab.OnLoopbackAsync, Load.Http2, Bound.Free),
        new("web.downloads", "requests/s", WebLab.OnLoopbackAsync, static _ => Load.Downloads()),
        new("web.connections", "requests/s", WebLab.OnLoopbackAsync, static _ => Load.Connections()),
        new("web.tap", "requests/s", WebLab.OnTapAsync, Load.Requests),
        new("web.tap-p99", "s", WebLab.OnTapAsync, Load.Tail),
        new("web.interface", "requests/s", WebLab.OnInterfaceAsync, Load.Requests),
        new("web.interface-p99", "s", WebLab.OnInterfaceAsync, Load.Tail),
    ];

    /// <summary>Measures the two sites in turns; where something is demanded, also the subject slowed by a tenth.</summary>
    public async Task<WebResult> MeasureAsync(int mostPairs)
    {
        await using var lab = await Open();
        await lab.CheckPlacementAsync();
        var limits = (Bound == Bound.Tail ? PairLimits.Tail : PairLimits.Default) with { Maximum = mostPairs };
        var ratio = await MeasureAsync(lab, Page(Plain), Page(Plain), limits);
        await lab.CheckPlacementAsync();
        if (Bound != Bound.Free)
            return new WebResult(this, ratio, Planted: null);
        // Clients and server share all processors: so much of one request's time, spent once more, is a tenth.
        var nanoseconds = (int)(1e9 * Environment.ProcessorCount / Spread.Median(ratio.Reference) * Tenth);
        return new WebResult(this, ratio, await MeasureAsync(lab, Page($"spin?nanoseconds={nanoseconds}"), Page("spin?nanoseconds=0"), limits));
    }

    private static Task<PairedRatio> MeasureAsync(WebLab lab, Load subject, Load reference, PairLimits limits) =>
        PairedRatio.MeasureAsync(() => lab.MeasureAsync(subject, lab.Subject), () => lab.MeasureAsync(reference, lab.Reference), limits);
}
