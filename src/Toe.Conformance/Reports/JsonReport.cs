using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Toe.Conformance;

/// <summary>The report for programs. Keys and their meaning stay within a version of the schema.</summary>
internal static class JsonReport
{
    private const int SchemaVersion = 1;

    public static string Write(ConformanceReport report)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", SchemaVersion);
            json.WriteBoolean("good", report.IsGood);
            json.WriteBoolean("complete", report.IsComplete);
            WriteSubject(json, report.Subject);
            json.WriteString("substrate", report.Substrate);
            json.WriteString("started", report.Started);
            json.WriteNumber("durationMs", Math.Round(report.Duration.TotalMilliseconds));
            json.WriteStartObject("environment");
            foreach (var (key, value) in ReportEnvironment.Read())
                json.WriteString(key, value);
            json.WriteEndObject();
            json.WriteString("repeat", report.Repeat);
            json.WriteString("fixture", report.Fixture);
            json.WriteStartObject("options");
            json.WriteNumber("seed", report.Options.Seed);
            json.WriteNumber("deadlineMs", report.Options.Deadline.TotalMilliseconds);
            json.WriteBoolean("strict", report.Options.IsStrict);
            json.WriteEndObject();
            json.WriteStartObject("outcomes");
            foreach (var outcome in Enum.GetValues<Outcome>())
                json.WriteNumber(outcome.ToString(), report.Count(outcome));
            json.WriteEndObject();
            json.WriteStartArray("requirements");
            foreach (var result in report.Results)
                WriteResult(json, result);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void WriteSubject(Utf8JsonWriter json, ConformanceSubject subject)
    {
        json.WriteStartObject("subject");
        json.WriteString("provider", subject.Provider);
        json.WriteString("version", subject.ProviderVersion);
        if (subject.Missing.Length > 0)
            json.WriteString("missing", subject.Missing);
        if (subject.Adapter is { } adapter)
        {
            json.WriteString("adapter", adapter.Id);
            json.WriteString("product", adapter.Model);
            json.WriteString("evidence", adapter.Evidence.ToString());
        }

        if (subject.Status is { } status)
        {
            json.WriteString("firmware", status.FirmwareText);
            json.WriteString("model", status.Capabilities.Model.ToString());
            json.WriteString("addresses", status.Capabilities.Addresses.ToString());
            json.WriteString("features", status.Capabilities.Features.Value.ToString());
        }

        json.WriteStartArray("drivers");
        foreach (var driver in subject.Drivers)
            json.WriteStringValue(driver);
        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (var note in subject.Notes)
        {
            json.WriteStartObject();
            json.WriteString("kind", note.Kind.ToString());
            json.WriteString("text", note.Text);
            json.WriteString("source", note.Source);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, RequirementResult result)
    {
        json.WriteStartObject();
        json.WriteString("id", result.Requirement.Id);
        json.WriteString("suite", result.Requirement.Suite);
        json.WriteString("level", result.Requirement.Level.ToString());
        json.WriteString("outcome", result.Outcome.ToString());
        json.WriteString("text", result.Requirement.Text);
        json.WriteString("source", result.Requirement.Source);
        if (result.Detail.Length > 0)
            json.WriteString("detail", result.Detail);
        json.WriteNumber("seed", result.Seed);
        json.WriteNumber("durationMs", Math.Round(result.Duration.TotalMilliseconds, 1));
        json.WriteEndObject();
    }
}
