using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Toe.Emulated;
using Toe.Testing;

namespace Toe.Docs.Tests;

/// <summary>The names that an OpenTelemetry exporter gives the meter <c>Toe</c> for Prometheus (OpenTelemetry specification, Prometheus and OpenMetrics Compatibility).</summary>
internal static partial class PrometheusNames
{
    /// <summary>All series: a histogram has three.</summary>
    public static async Task<IReadOnlySet<string>> MetricsAsync()
    {
        var names = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                foreach (var name in instrument.Meter.Name.StartsWith("Toe", StringComparison.Ordinal) ? NamesOf(instrument) : [])
                    names[name] = true;
            },
        };
        listener.Start();
        await using var stack = ToeStack.Create(static toe => toe.AddEmulated());
        await stack.StartAsync();
        return names.Keys.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The labels: the tags as the sources name them.</summary>
    public static IReadOnlySet<string> Labels() => Directory.GetFiles(Repository.PathOf("src", "Toe.Core", "Telemetry"), "*.cs")
        .SelectMany(static file => Tag().Matches(File.ReadAllText(file)).Select(static match => Plain(match.Groups[1].Value))).ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<string> NamesOf(Instrument instrument)
    {
        var kind = instrument.GetType().Name.Split('`')[0];
        var isGauge = kind.EndsWith("Gauge", StringComparison.Ordinal);
        var name = Plain(instrument.Name) + (instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", "1" when isGauge => "_ratio", _ => "" });
        return kind switch
        {
            nameof(Histogram<>) => [name + "_bucket", name + "_count", name + "_sum"],
            nameof(Counter<>) or nameof(ObservableCounter<>) => [name + "_total"],
            _ => [name],
        };
    }

    private static string Plain(string name) => name.Replace('.', '_');

    [GeneratedRegex("(?:Tag|new)\\(\"((?:toe|error|network)\\.[a-z.]+)\"")]
    private static partial Regex Tag();
}
