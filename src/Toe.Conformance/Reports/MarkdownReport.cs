using System.Globalization;
using System.Text;

namespace Toe.Conformance;

/// <summary>The report as a page beside the code.</summary>
internal static class MarkdownReport
{
    public static string Write(ConformanceReport report)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"# Conformance of {Escape(ReportText.Title(report))}\n\n{Escape(ReportText.Verdict(report))}\n\n");
        foreach (var (key, value) in ReportText.Facts(report))
            page.Append(CultureInfo.InvariantCulture, $"- **{key}**: {Escape(value)}\n");
        page.Append("\n| Suite |");
        var outcomes = Enum.GetValues<Outcome>().Where(outcome => report.Count(outcome) > 0).ToList();
        page.AppendJoin("", outcomes.Select(static outcome => $" {outcome} |")).Append("\n|---|").AppendJoin("", outcomes.Select(static _ => "---|")).Append('\n');
        foreach (var suite in report.BySuite)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {suite.Key} |");
            foreach (var outcome in outcomes)
                page.Append(CultureInfo.InvariantCulture, $" {(suite.Any(result => result.Outcome == outcome) ? suite.Count(result => result.Outcome == outcome) : "")} |");
            page.Append('\n');
        }

        page.Append("\n| Id | Level | Outcome | What | Detail |\n|---|---|---|---|---|\n");
        foreach (var result in report.Results)
            page.Append(CultureInfo.InvariantCulture, $"| {result.Requirement.Id} | {result.Requirement.Level} | {result.Outcome} | {Escape(result.Requirement.Text)} | {Escape(result.Detail)} |\n");
        return page.ToString();
    }

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
