using System.Buffers;
using System.Text;
using System.Text.Json;
using Spectre.Console;

namespace Toe.Cli.Output;

/// <summary>Writes results: tables for people, JSON for scripts.</summary>
internal static class Printer
{
    public static void WriteJson(Action<Utf8JsonWriter> write) => WriteJson(write, Console.Out);

    public static void WriteJson(Action<Utf8JsonWriter> write, TextWriter output)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    /// <summary>A table; when the output is redirected, plain text in the same columns.</summary>
    public static void WriteTable(IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var table = new Table().Border(Console.IsOutputRedirected ? TableBorder.None : TableBorder.Rounded);
        foreach (var heading in headings)
            table.AddColumn(new TableColumn(Markup.Escape(heading)).NoWrap());
        foreach (var row in rows)
            table.AddRow(row.Select(cell => new Text(cell)).ToArray());
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect,
            Out = new AnsiConsoleOutput(Console.Out),
        });
        if (Console.IsOutputRedirected)
            console.Profile.Width = 4096; // Lines are for other programs: never wrapped.
        console.Write(table);
    }

    public static void WriteReason(this Utf8JsonWriter json, string name, ToeReason reason)
    {
        if (reason.IsNone)
            json.WriteNull(name);
        else
            json.WriteString(name, reason.ToString());
    }
}
