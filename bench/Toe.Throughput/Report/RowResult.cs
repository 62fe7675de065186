using System.Globalization;
using Toe.Throughput.Rows;

namespace Toe.Throughput.Report;

/// <summary>What a row came to.</summary>
/// <param name="row">The row.</param>
/// <param name="subject">The side in question; null where it could not be measured.</param>
/// <param name="reference">The side that it was compared with, if any.</param>
internal sealed class RowResult(Row row, Side? subject, Side? reference)
{
    public string Id => row.Id;

    public string Unit => row.Unit;

    public Side? Subject => subject;

    public Side? Reference => reference;

    public PairedRatio? Ratio { get; init; }

    /// <summary>The ratio with a slow-down of a tenth planted in the subject.</summary>
    public PairedRatio? Planted { get; init; }

    /// <summary>What the subject says of the path that its packets took.</summary>
    public string Path { get; init; } = "";

    /// <summary>Why nothing was measured, or empty.</summary>
    public string Why { get; private init; } = "";

    public bool IsFailed { get; private init; }

    /// <summary>The planted slow-down must stand out: the two intervals lie apart.</summary>
    public bool SeesPlanted => Planted is null || Ratio is null || Planted.Upper < Ratio.Lower || Planted.Lower > Ratio.Upper;

    public bool IsMiss => IsFailed || Ratio is { IsResolved: false } || !SeesPlanted;

    public static RowResult NotMeasured(Row row, string why) => new(row, null, null) { Why = "skipped: " + why };

    public static RowResult Failed(Row row, string why) => new(row, null, null) { Why = "failed: " + why, IsFailed = true };

    /// <summary>The cells of its line of the table.</summary>
    public IReadOnlyList<string> Cells() => subject is null
        ? [Id, Unit, Why, "", "", "", "", "", ""]
        :
        [
            Id, Unit, Words(subject), Percent(subject), Words(reference), Percent(reference), Words(Ratio),
            Planted is null ? "" : Words(Planted) + (SeesPlanted ? ", seen" : ", NOT seen"), Path,
        ];

    public object ToJson() => new
    {
        id = Id,
        unit = Unit,
        why = Why,
        subject = subject?.Name,
        samples = subject?.Samples ?? [],
        median = subject?.Median,
        path = Path,
        cpu = subject?.Cpu,
        driverCpu = subject?.DriverCpu,
        reference = ToJson(reference),
        ratio = ToJson(Ratio),
        planted = ToJson(Planted),
        seesPlanted = Planted is null ? (bool?)null : SeesPlanted,
    };

    private static object? ToJson(Side? side) => side is null
        ? null
        : new { name = side.Name, samples = side.Samples, median = side.Median, cpu = side.Cpu, driverCpu = side.DriverCpu };

    private static object? ToJson(PairedRatio? ratio) => ratio is null
        ? null
        : new { mean = ratio.Mean, lower = ratio.Lower, upper = ratio.Upper, pairs = ratio.Samples.Count, resolved = ratio.IsResolved };

    private static string Words(Side? side) => side is null
        ? ""
        : $"{side.Name}: {Number(side.Median)} ({Number(side.Samples.Min())} to {Number(side.Samples.Max())})";

    private static string Words(PairedRatio? ratio) => ratio is null
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{ratio.Mean:F2} ({ratio.Lower:F2} to {ratio.Upper:F2}, {ratio.Samples.Count} pairs{(ratio.IsResolved ? "" : ", not resolved")})");

    private static string Percent(Side? side) => side is null
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{side.Cpu:F0} %{(side.DriverCpu > 0 ? $" / {side.DriverCpu:F0} %" : "")}");

    /// <summary>Three digits, or all of a large whole number.</summary>
    private static string Number(double value) => value.ToString(Math.Abs(value) >= 100 ? "N0" : "G3", CultureInfo.InvariantCulture);
}
