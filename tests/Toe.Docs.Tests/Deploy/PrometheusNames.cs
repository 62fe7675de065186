using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Toe.Telemetry;
using Toe.Testing;

namespace Toe.Docs.Tests;

/// <summary>The names that an OpenTelemetry exporter gives the meter <c>Toe</c> for Prometheus (OpenTelemetry specification, Prometheus and OpenMetrics Compatibility).</summary>
internal static partial class PrometheusNames
{
    /// <summary>All series: a histogram has three.</summary>
    public static IReadOnlySet<string> Metrics()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => names.UnionWith(instrument.Meter.Name == ToeMetrics.MeterName ? NamesOf(instrument) : []) };
        listener.Start();
        using var metrics = new ToeMetrics(factory: null);
        return names;
    }

    /// <summary>The labels: the tags as the source names them.</summary>
    public static IReadOnlySet<string> Labels() => Tag().Matches(File.ReadAllText(Repository.PathOf("src", "Toe.Core", "Telemetry", "ToeMetrics.cs")))
        .Select(static match => Plain(match.Groups[1].Value)).ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<string> NamesOf(Instrument instrument)
    {
        var name = Plain(instrument.Name) + (instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" });
        var kind = instrument.GetType().Name.Split('`')[0];
        return kind switch
        {
            nameof(Histogram<>) => [name + "_bucket", name + "_count", name + "_sum"],
            nameof(Counter<>) or nameof(ObservableCounter<>) => [name + "_total"],
            _ => [name],
        };
    }

    private static string Plain(string name) => name.Replace('.', '_');

    [GeneratedRegex("Tag\\(\"([^\"]+)\"")]
    private static partial Regex Tag();
}
