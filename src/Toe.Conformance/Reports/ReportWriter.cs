namespace Toe.Conformance;

/// <summary>Writes reports.</summary>
public static class ReportWriter
{
    /// <summary>Writes one.</summary>
    /// <param name="report">The report.</param>
    /// <param name="format">How.</param>
    public static string Write(ConformanceReport report, ReportFormat format)
    {
        ArgumentNullException.ThrowIfNull(report);
        return format switch
        {
            ReportFormat.Json => JsonReport.Write(report),
            ReportFormat.Markdown => MarkdownReport.Write(report),
            ReportFormat.Html => HtmlReport.Write(report),
            ReportFormat.JUnit => JUnitReport.Write(report),
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        };
    }

    /// <summary>The format that a file's ending stands for: <c>.json</c>, <c>.md</c>, <c>.html</c>, <c>.xml</c>.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Null for another ending.</returns>
    public static ReportFormat? FormatOf(string path) => Path.GetExtension(path)?.ToUpperInvariant() switch
    {
        ".JSON" => ReportFormat.Json,
        ".MD" => ReportFormat.Markdown,
        ".HTML" or ".HTM" => ReportFormat.Html,
        ".XML" => ReportFormat.JUnit,
        _ => null,
    };
}
