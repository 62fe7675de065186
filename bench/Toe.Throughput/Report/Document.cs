using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Toe.Throughput.Report;

/// <summary>The result of a run, for people and for programs.</summary>
/// <param name="machine">Where.</param>
/// <param name="commit">Of what.</param>
/// <param name="command">How it is repeated.</param>
/// <param name="time">When.</param>
/// <param name="rows">What.</param>
internal sealed class Document(Machine machine, string commit, string command, DateTimeOffset time, IReadOnlyList<RowResult> rows)
{
    private static readonly string[] Head =
    [
        "Row", "Unit", "Median (smallest to largest)", "CPU end / driver", "Reference", "CPU end / driver", "Ratio (95 %)", "Slowed by a tenth", "Path",
    ];

    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string ToJson() => JsonSerializer.Serialize(new
    {
        commit,
        command,
        time,
        machine = new { processor = machine.Processor, processors = machine.Processors, kernel = machine.Kernel, runtime = machine.Runtime, load = machine.Load },
        rows = rows.Select(row => row.ToJson()),
    }, Options);

    public string ToMarkdown()
    {
        var text = new StringBuilder("# Throughput\n\n");
        text.Append(CultureInfo.InvariantCulture, $"`{command}` at {time:yyyy-MM-dd HH:mm} UTC, commit {commit}.\n");
        text.Append(CultureInfo.InvariantCulture, $"{machine.Processors} × {machine.Processor}, Linux {machine.Kernel}, {machine.Runtime}, load before the run {machine.Load}.\n\n");
        Line(text, Head);
        Line(text, [.. Head.Select(_ => "---")]);
        foreach (var row in rows)
            Line(text, row.Cells());
        return text.ToString();
    }

    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "throughput.json"), ToJson() + "\n");
        File.WriteAllText(Path.Combine(folder, "throughput.md"), ToMarkdown());
    }

    private static void Line(StringBuilder text, IReadOnlyList<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
