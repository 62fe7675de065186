using System.Globalization;
using System.Text.Json;
using Toe.Diagnostics;

namespace Toe.Cli.Output;

/// <summary>What became of connections that were to be moved: a line each for people, as it happens; all together for scripts.</summary>
internal sealed class MoveReports(bool asJson)
{
    private readonly Lock _lock = new();
    private readonly List<MoveReport> _all = [];

    /// <summary>Connections that stayed where they were.</summary>
    public int Stayed => _all.Count(static report => report.Outcome == MoveOutcome.Stayed);

    public void Add(MoveReport report)
    {
        lock (_lock)
        {
            _all.Add(report);
            if (!asJson)
                Console.Out.WriteLine(Line(report));
        }
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("connections");
        foreach (var report in _all)
        {
            json.WriteStartObject();
            json.WriteNumber("pid", report.Pid);
            json.WriteNumber("id", report.Id);
            json.WriteString("local", report.Local);
            json.WriteString("remote", report.Remote);
            json.WriteString("from", report.From);
            json.WriteString("placement", report.Placement);
            json.WriteString("outcome", report.Outcome.ToString());
            json.WriteString("reason", report.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Line(MoveReport report)
    {
        var what = report.Outcome switch
        {
            MoveOutcome.Moved when report.From == report.Placement => $"runs on {report.Placement} already",
            MoveOutcome.Moved => $"moved from {report.From} to {report.Placement}",
            MoveOutcome.Ended => $"ended on {report.From}",
            _ => $"stayed on {report.From}: {report.Reason}",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{report.Pid} {report.Id} {report.Local} -> {report.Remote}: {what}");
    }
}
