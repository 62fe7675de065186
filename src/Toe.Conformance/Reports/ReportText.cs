using System.Globalization;

namespace Toe.Conformance;

/// <summary>Sentences that the pages for people share.</summary>
internal static class ReportText
{
    public static string Title(ConformanceReport report) => report.Subject.Adapter is { } adapter ? $"{adapter.Model} ({adapter.Id})" : "No adapter";

    public static string Verdict(ConformanceReport report)
    {
        if (report.Subject.Missing.Length > 0)
            return $"Nothing could be tried: {report.Subject.Missing}";
        var bad = report.Count(Outcome.Fail) + report.Count(Outcome.UnderDeclared);
        var notRun = report.Count(Outcome.Skipped) + report.Count(Outcome.NotExercised);
        return report.IsGood
            ? string.Create(CultureInfo.InvariantCulture, $"Keeps the contract: of {report.Results.Count} requirements {report.Results.Count - notRun} were tried, and none failed.")
            : string.Create(CultureInfo.InvariantCulture, $"Does not keep the contract: {bad} of {report.Results.Count} requirements are not met.");
    }

    /// <summary>What there is to know about who was tried and where, one line each.</summary>
    public static IEnumerable<(string Key, string Value)> Facts(ConformanceReport report)
    {
        var (subject, options) = (report.Subject, report.Options);
        yield return ("Provider", $"{subject.Provider}, {subject.ProviderVersion}");
        if (subject.Status is { } status)
        {
            yield return ("Firmware", string.Join(", ", status.FirmwareParts.Select(static part => $"{part.Name} {part.Text ?? "unknown"}").Prepend(status.FirmwareText ?? "reports none")));
            yield return ("Offload model", $"{status.Capabilities.Model}, addresses {status.Capabilities.Addresses}");
            yield return ("Declared", status.Capabilities.Features.ToString());
        }

        if (subject.Adapter is { } adapter)
            yield return ("Evidence", adapter.Evidence.ToString());
        if (subject.Drivers.Count > 0)
            yield return ("Driver", string.Join(", ", subject.Drivers));
        foreach (var note in subject.Notes)
            yield return ($"Note on {note.Kind}", $"{note.Text} ({note.Source})");
        yield return ("Substrate", report.Substrate);
        yield return ("Run", string.Create(CultureInfo.InvariantCulture, $"{report.Started:yyyy-MM-dd HH:mm} UTC, {report.Duration.TotalSeconds:0.0} s, seed {options.Seed}, deadline {options.Deadline.TotalSeconds:0.#} s{(options.IsStrict ? ", strict" : "")}"));
        yield return ("Repeat", report.Repeat);
        yield return ("Machine", string.Join(", ", ReportEnvironment.Read().Select(static pair => $"{pair.Key} {pair.Value}")));
    }
}
