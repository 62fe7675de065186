using Toe.Testing;

namespace Toe.Core.Tests.Telemetry;

/// <summary>docs/telemetry.md as data.</summary>
internal static class TelemetryPage
{
    /// <summary>The instruments of a meter.</summary>
    public static IReadOnlyList<DocumentedInstrument> InstrumentsOf(string meter) =>
        [.. Rows($"## The meter `{meter}`").Select(static cells => new DocumentedInstrument(Bare(cells[0]), cells[1], Bare(cells[2]), Names(cells[3]), cells[4]))];

    /// <summary>The names of tags that the page explains.</summary>
    public static IReadOnlyList<string> Tags => [.. Rows("## Tags").SelectMany(static cells => Names(cells[0]))];

    /// <summary>Each attribute of a span.</summary>
    public static IReadOnlyList<string> AttributesOf(string span) =>
        [.. Rows("## Spans of the source `Toe`").Where(cells => Bare(cells[0]) == span).SelectMany(static cells => Names(cells[2]))];

    private static IEnumerable<string[]> Rows(string heading) => File.ReadLines(Repository.PathOf("docs", "telemetry.md"))
        .SkipWhile(line => line != heading).SkipWhile(static line => !line.StartsWith('|')).Skip(2).TakeWhile(static line => line.StartsWith('|'))
        .Select(static line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]);

    private static string[] Names(string cell) => [.. cell.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Bare)];

    private static string Bare(string cell) => cell.Trim('`');
}
