using System.Globalization;
using Toe.Bench;

namespace Toe.Web;

/// <summary>What a row came to.</summary>
internal sealed record WebResult(WebRow Row, PairedRatio Ratio, PairedRatio? Planted)
{
    public bool IsMiss => Row.Bound switch
    {
        Bound.Free => !Ratio.IsResolved || Ratio.Lower < 0.95 || Planted is not { IsResolved: true } || Planted.Upper >= Ratio.Lower,
        Bound.Tail => !Ratio.IsResolved || Ratio.Upper > 1.15,
        _ => false,
    };

    public static IReadOnlyList<string> Head { get; } = ["Row", "Unit", "Stack", "Kestrel's sockets", "Ratio (95 %)", "Slowed by a tenth", "Bound"];

    public IReadOnlyList<string> Cells() =>
    [
        Row.Id, Row.Unit, Number(Ratio.Subject), Number(Ratio.Reference), Words(Ratio), Planted is null ? "" : Words(Planted),
        Row.Bound switch
        {
            Bound.Free => IsMiss ? "free: NOT met" : "free: met",
            Bound.Tail => IsMiss ? "at most 1.15: NOT met" : "at most 1.15: met",
            _ => "none",
        },
    ];

    public object ToJson() => new
    {
        id = Row.Id,
        unit = Row.Unit,
        samples = Ratio.Subject,
        median = Spread.Median(Ratio.Subject),
        reference = new { samples = Ratio.Reference, median = Spread.Median(Ratio.Reference) },
        ratio = ToJson(Ratio),
        planted = Planted is null ? null : ToJson(Planted),
        miss = IsMiss,
    };

    private static object ToJson(PairedRatio ratio) => new { mean = ratio.Mean, lower = ratio.Lower, upper = ratio.Upper, pairs = ratio.Samples.Count, resolved = ratio.IsResolved };

    private static string Words(PairedRatio ratio) => string.Create(CultureInfo.InvariantCulture,
        $"{ratio.Mean:F3} ({ratio.Lower:F3} to {ratio.Upper:F3}, {ratio.Samples.Count} pairs{(ratio.IsResolved ? "" : ", not resolved")})");

    private static string Number(IReadOnlyList<double> samples) => Spread.Median(samples) is var median && median < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{median:F5}")
        : string.Create(CultureInfo.InvariantCulture, $"{median:N0}");
}
