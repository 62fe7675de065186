using System.Globalization;
using System.Net;
using System.Text;

namespace Toe.Conformance;

/// <summary>The report as one page that needs nothing beside it: the verdict, a matrix of all requirements, then what is not simply green, then everything.</summary>
internal static class HtmlReport
{
    private const string Style = """
        :root { color-scheme: light dark; --ink: #1d2433; --soft: #667085; --paper: #ffffff; --line: #e4e7ec; --good: #12805c; --refused: #5b8def; --bad: #c9303e; --warn: #d98b0b; --none: #b8bfcc; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6e9f0; --soft: #98a2b3; --paper: #12161f; --line: #2a3140; --good: #35b88a; --refused: #7aa5ff; --bad: #f0616d; --warn: #f0ab3c; --none: #4a5468; } }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 system-ui, "Segoe UI", sans-serif; }
        main { max-width: 1080px; margin: 0 auto; padding: 40px 28px 80px; }
        h1 { font-size: 27px; margin: 0 0 4px; letter-spacing: -.01em; } h2 { font-size: 18px; margin: 44px 0 12px; }
        .verdict { font-size: 17px; padding: 14px 18px; border-radius: 10px; border-left: 6px solid; margin: 20px 0 26px; background: color-mix(in srgb, var(--ink) 4%, transparent); }
        .verdict.good { border-color: var(--good); } .verdict.bad { border-color: var(--bad); }
        .tally { display: flex; flex-wrap: wrap; gap: 10px; margin: 0 0 26px; padding: 0; list-style: none; }
        .tally li { border: 1px solid var(--line); border-radius: 10px; padding: 8px 14px; min-width: 92px; } .tally b { display: block; font-size: 23px; line-height: 1.2; } .tally span { color: var(--soft); font-size: 13px; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; margin: 0; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
        .matrix { display: grid; grid-template-columns: max-content 1fr max-content; gap: 7px 16px; align-items: center; } .matrix .share { color: var(--soft); font-variant-numeric: tabular-nums; }
        .cells { display: flex; flex-wrap: wrap; gap: 3px; } .cells a { width: 15px; height: 15px; border-radius: 3px; }
        .Pass { background: var(--good); } .PassByRefusal { background: var(--refused); } .Fail, .UnderDeclared { background: var(--bad); } .Warning, .Waived { background: var(--warn); } .Skipped, .NotExercised { background: var(--none); }
        table { border-collapse: collapse; width: 100%; font-size: 14px; } th { text-align: left; color: var(--soft); font-weight: 500; } th, td { padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
        td.id { white-space: nowrap; font-variant-numeric: tabular-nums; } td.time { text-align: right; white-space: nowrap; color: var(--soft); } .detail { color: var(--soft); display: block; } .mark { display: inline-block; width: 9px; height: 9px; border-radius: 50%; margin-right: 7px; }
        tr:target { background: color-mix(in srgb, var(--refused) 15%, transparent); } .source { color: var(--soft); white-space: nowrap; }
        """;

    public static string Write(ConformanceReport report)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>Conformance of {Escape(ReportText.Title(report))}</title>\n<style>\n{Style}\n</style>\n<main>\n");
        page.Append(CultureInfo.InvariantCulture, $"<h1>{Escape(ReportText.Title(report))}</h1>\n<p class=\"verdict {(report.IsGood ? "good" : "bad")}\">{Escape(ReportText.Verdict(report))}</p>\n");
        WriteTally(page, report);
        WriteFacts(page, report);
        WriteMatrix(page, report);
        WriteRows(page, "What is not simply green", [.. report.Results.Where(static result => result.Outcome != Outcome.Pass).OrderBy(static result => Urgency(result.Outcome))], anchors: false);
        WriteMeasured(page, report);
        WriteRows(page, "All requirements", report.Results, anchors: true);
        return page.Append("</main>\n</html>\n").ToString();
    }

    private static void WriteTally(StringBuilder page, ConformanceReport report)
    {
        page.Append("<ul class=\"tally\">\n");
        foreach (var outcome in Enum.GetValues<Outcome>().Where(outcome => report.Count(outcome) > 0))
            page.Append(CultureInfo.InvariantCulture, $"<li><b>{report.Count(outcome)}</b><span><i class=\"mark {outcome}\"></i>{Words(outcome)}</span></li>\n");
        page.Append("</ul>\n");
    }

    private static void WriteFacts(StringBuilder page, ConformanceReport report)
    {
        page.Append("<dl>\n");
        foreach (var (key, value) in ReportText.Facts(report))
            page.Append(CultureInfo.InvariantCulture, $"<dt>{key}</dt><dd>{Escape(value)}</dd>\n");
        page.Append("</dl>\n");
    }

    private static void WriteMatrix(StringBuilder page, ConformanceReport report)
    {
        page.Append("<h2>By suite</h2>\n<div class=\"matrix\">\n");
        foreach (var suite in report.BySuite)
        {
            page.Append(CultureInfo.InvariantCulture, $"<span>{suite.Key}</span><span class=\"cells\">");
            foreach (var result in suite)
                page.Append(CultureInfo.InvariantCulture, $"<a href=\"#{result.Requirement.Id}\" class=\"{result.Outcome}\" title=\"{Escape($"{result.Requirement}\n{Words(result.Outcome)} {result.Detail}")}\"></a>");
            page.Append(CultureInfo.InvariantCulture, $"</span><span class=\"share\">{suite.Count(static result => result.Outcome is Outcome.Pass or Outcome.PassByRefusal)} of {suite.Count()}</span>\n");
        }

        page.Append("</div>\n");
    }

    private static void WriteMeasured(StringBuilder page, ConformanceReport report)
    {
        var measured = report.Results.Where(static result => result.Outcome == Outcome.Pass && result.Detail.Length > 0).ToList();
        if (measured.Count == 0)
            return;
        page.Append("<h2>Measured on the way</h2>\n<dl>\n");
        foreach (var result in measured)
            page.Append(CultureInfo.InvariantCulture, $"<dt>{result.Requirement.Id}</dt><dd>{Escape(result.Detail)}</dd>\n");
        page.Append("</dl>\n");
    }

    /// <summary>What is to be looked at first.</summary>
    private static int Urgency(Outcome outcome) => outcome switch
    {
        Outcome.Fail => 0,
        Outcome.UnderDeclared => 1,
        Outcome.Warning => 2,
        Outcome.Waived => 3,
        Outcome.Skipped => 4,
        Outcome.NotExercised => 5,
        _ => 6,
    };

    private static void WriteRows(StringBuilder page, string title, IReadOnlyList<RequirementResult> results, bool anchors)
    {
        if (results.Count == 0)
            return;
        page.Append(CultureInfo.InvariantCulture, $"<h2>{title}</h2>\n<table>\n<tr><th>Id</th><th>Outcome</th><th>What</th><th>Stands on</th><th></th></tr>\n");
        foreach (var result in results)
        {
            var requirement = result.Requirement;
            page.Append(CultureInfo.InvariantCulture, $"<tr{(anchors ? $" id=\"{requirement.Id}\"" : "")}><td class=\"id\">{requirement.Id}</td><td class=\"id\"><i class=\"mark {result.Outcome}\"></i>{Words(result.Outcome)}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{Escape(requirement.Text)}{(requirement.Level == RequirementLevel.Must ? "" : $" <i>({requirement.Level})</i>")}")
                .Append(CultureInfo.InvariantCulture, $"{(result.Detail.Length > 0 ? $"<span class=\"detail\">{Escape(result.Detail)}</span>" : "")}</td><td class=\"source\">{Escape(requirement.Source)}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td class=\"time\">{result.Duration.TotalMilliseconds:0} ms</td></tr>\n");
        }

        page.Append("</table>\n");
    }

    private static string Words(Outcome outcome) => outcome switch
    {
        Outcome.Pass => "pass",
        Outcome.PassByRefusal => "refused as declared",
        Outcome.Fail => "fail",
        Outcome.UnderDeclared => "under-declared",
        Outcome.Waived => "waived",
        Outcome.Warning => "warning",
        Outcome.Skipped => "skipped",
        _ => "not exercised",
    };

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
