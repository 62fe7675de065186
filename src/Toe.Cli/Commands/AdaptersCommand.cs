using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Toe.Cli.Output;
using Toe.Firmware;

namespace Toe.Cli.Commands;

/// <summary><c>toe adapters</c>: every adapter, and every device that was seen and not taken.</summary>
internal static class AdaptersCommand
{
    public static Command Create()
    {
        var options = new StackOptions();
        var command = new Command("adapters", "List every adapter: identity, firmware and verdict, models, budgets, health, evidence.");
        options.AddTo(command, withMode: false);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var stack = await options.CreateStackAsync(parsed, cancellationToken).ConfigureAwait(false);
            await using (stack.ConfigureAwait(false))
            {
                if (parsed.GetValue(options.Json))
                    Printer.WriteJson(json => Write(json, stack));
                else
                    WriteTables(stack);
                return stack.Adapters.Count > 0 ? ExitCode.Done : ExitCode.NothingMatched;
            }
        });
        return command;
    }

    private static void WriteTables(ToeStack stack)
    {
        Printer.WriteTable(
            ["Adapter", "Model", "Offload", "Addresses", "Rung", "Health", "Firmware", "Verdict", "Evidence", "Budgets"],
            [.. stack.Adapters.Select(adapter => Row(stack, adapter))]);
        foreach (var adapter in stack.Adapters)
            WriteNotes(adapter);
        foreach (var device in stack.NotTaken)
            Console.Out.WriteLine($"not taken: {device.Device}: {device.Reason}{Remedy(device.Reason)}");
        if (stack.Adapters.Count == 0 && stack.NotTaken.Count == 0)
            Console.Out.WriteLine("No adapter found. The software TOE needs no card: --adapter emulated:fabric.");
    }

    private static void WriteNotes(IToeAdapter adapter)
    {
        var notes = (adapter as IReportsNotes)?.Notes ?? [];
        foreach (var note in notes.Where(static note => note.Kind != AdapterNoteKind.Advisory))
            Console.Out.WriteLine($"{adapter.Identity.Id}: {note.Kind.ToString().ToLowerInvariant()}: {note.Text} ({note.Source})");
        if (notes.Count(static note => note.Kind == AdapterNoteKind.Advisory) is > 0 and var advisories)
            Console.Out.WriteLine($"{adapter.Identity.Id}: {advisories} known faults of what is installed: --json lists them");
    }

    private static string Remedy(ToeReason reason) =>
        ToeReasons.Find(reason.Code) is { Remedy: { Length: > 0 } remedy } ? " " + remedy : "";

    private static IReadOnlyList<string> Row(ToeStack stack, IToeAdapter adapter)
    {
        var status = adapter.Status;
        var assessment = stack.GetFirmwareAssessment(adapter.Identity.Id);
        // The reason is the health's, or, on a healthy adapter, the rung's.
        var health = status.Reason.IsNone || status.Health == AdapterHealth.Healthy ? status.Health.ToString() : $"{status.Health}: {status.Reason}";
        var rung = status.Reason.IsNone || status.Health != AdapterHealth.Healthy ? status.Rung : $"{status.Rung}: {status.Reason}";
        var circuit = stack.GetCircuitReason(adapter.Identity.Id);
        return
        [
            adapter.Identity.Id, adapter.Identity.Model, status.Capabilities.Model.ToString(), status.Capabilities.Addresses.ToString(), rung,
            circuit.IsNone ? health : $"{health}, {circuit}", string.Join(", ", status.FirmwareParts.Select(static part => $"{part.Name} {part.Text ?? "none"}").Prepend(status.FirmwareText ?? "none")),
            assessment is null ? "" : assessment.Reason.IsNone ? assessment.Verdict.ToString() : $"{assessment.Verdict}: {assessment.Reason}",
            adapter.Identity.Evidence.ToString(),
            string.Join(", ", status.Budgets.Select(budget => string.Create(CultureInfo.InvariantCulture, $"{budget.Table} {budget.Used}/{budget.Limit}"))),
        ];
    }

    private static void Write(Utf8JsonWriter json, ToeStack stack)
    {
        json.WriteStartArray("adapters");
        foreach (var adapter in stack.Adapters)
            Write(json, stack, adapter);
        json.WriteEndArray();
        json.WriteStartArray("notTaken");
        foreach (var device in stack.NotTaken)
        {
            json.WriteStartObject();
            json.WriteString("device", device.Device);
            json.WriteReason("reason", device.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ToeStack stack, IToeAdapter adapter)
    {
        var status = adapter.Status;
        var assessment = stack.GetFirmwareAssessment(adapter.Identity.Id);
        json.WriteStartObject();
        json.WriteString("id", adapter.Identity.Id);
        json.WriteString("provider", adapter.Identity.Provider);
        json.WriteString("product", adapter.Identity.Model);
        json.WriteString("location", adapter.Identity.Location);
        json.WriteString("model", status.Capabilities.Model.ToString());
        json.WriteString("addresses", status.Capabilities.Addresses.ToString());
        json.WriteString("bypasses", status.Capabilities.Bypasses.Value.ToString());
        json.WriteString("features", status.Capabilities.Features.Value.ToString());
        json.WriteString("rung", status.Rung);
        json.WriteStartObject("firmware");
        json.WriteString("text", status.FirmwareText);
        json.WriteString("version", status.Firmware?.ToString());
        json.WriteString("verdict", assessment?.Verdict.ToString());
        json.WriteReason("reason", assessment?.Reason ?? ToeReason.None);
        json.WriteString("source", assessment?.Source);
        WriteParts(json, assessment?.Parts ?? []);
        json.WriteEndObject();
        json.WriteString("evidence", adapter.Identity.Evidence.ToString());
        json.WriteString("health", status.Health.ToString());
        json.WriteReason("reason", status.Reason);
        json.WriteReason("circuit", stack.GetCircuitReason(adapter.Identity.Id));
        json.WriteStartArray("budgets");
        foreach (var budget in status.Budgets)
        {
            json.WriteStartObject();
            json.WriteString("table", budget.Table);
            json.WriteNumber("used", budget.Used);
            json.WriteNumber("limit", budget.Limit);
            json.WriteNumber("reserve", budget.Reserve);
            json.WriteString("source", budget.Source.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("counters");
        foreach (var counter in (adapter as IReportsCounters)?.Counters ?? [])
        {
            json.WriteStartObject();
            json.WriteString("name", counter.Name);
            json.WriteNumber("value", counter.Value);
            json.WriteString("unit", counter.Unit);
            json.WriteBoolean("cumulative", counter.IsCumulative);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (var note in (adapter as IReportsNotes)?.Notes ?? [])
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

    private static void WriteParts(Utf8JsonWriter json, IReadOnlyList<FirmwareAssessment> parts)
    {
        if (parts.Count == 0)
            return;
        json.WriteStartArray("parts");
        foreach (var part in parts)
        {
            json.WriteStartObject();
            json.WriteString("name", part.Part);
            json.WriteString("text", part.FirmwareText);
            json.WriteString("version", part.Firmware?.ToString());
            json.WriteString("verdict", part.Verdict.ToString());
            json.WriteReason("reason", part.Reason);
            json.WriteString("source", part.Source);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
