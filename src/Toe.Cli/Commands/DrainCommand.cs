using System.CommandLine;
using System.Text.Json;
using Toe.Cli.Output;
using Toe.Diagnostics;

namespace Toe.Cli.Commands;

/// <summary><c>toe drain</c>: all connections off an adapter, and no new ones to it.</summary>
internal static class DrainCommand
{
    private const double DefaultDeadline = 30;
    private const double LongestDeadline = 86_400;

    public static Command Create()
    {
        var adapter = new Argument<string>("ADAPTER") { Description = "The adapter, by its id." };
        var pid = ProgramArgument.Create(required: false);
        var deadline = new Option<double>("--deadline") { Description = "How long connections that do not move are waited for.", HelpName = "SECONDS", DefaultValueFactory = static _ => DefaultDeadline };
        var undo = new Option<bool>("--undo") { Description = "Use the adapter again." };
        var json = new Option<bool>("--json") { Description = "Write JSON." };
        var command = new Command("drain", "Move all connections of all programs, or of one, off an adapter, and keep new ones from it until --undo or the program's end.") { adapter, pid, deadline, undo, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var id = parsed.GetValue(adapter)!;
            var seconds = parsed.GetValue(deadline);
            if (string.IsNullOrWhiteSpace(id) || !(seconds is >= 0 and <= LongestDeadline))
                throw new UsageException("drain takes the id of an adapter, and a deadline of at most a day.");
            IReadOnlyList<ToeProgram> programs = parsed.GetValue(pid) is { } process ? [ProgramArgument.Find(process)] : ToeProgram.FindAll();
            var reports = new MoveReports(parsed.GetValue(json));
            // Together: they have the same deadline.
            var drains = await Task.WhenAll(programs.Select(program => parsed.GetValue(undo)
                ? UndoAsync(program, id, cancellationToken)
                : DrainAsync(program, id, TimeSpan.FromSeconds(seconds), reports, cancellationToken))).ConfigureAwait(false);
            var answered = drains.Where(static drain => drain.Error is null).ToList();
            if (parsed.GetValue(json))
                Printer.WriteJson(writer => Write(writer, id, drains, reports));
            else if (parsed.GetValue(undo))
                answered.ForEach(drain => Console.Out.WriteLine($"{drain.Pid} uses {id} again"));
            if (drains.Any(static drain => drain is { Error: not null, NothingMatched: false }) || answered.Any(static drain => drain.Remaining > 0))
                return ExitCode.Failed;
            return answered.Count > 0 ? ExitCode.Done : throw new NothingMatchedException(parsed.GetValue(undo) ? $"No program has set {id} aside." : $"No program has an adapter {id}.");
        });
        return command;
    }

    private static async Task<ProgramDrain> DrainAsync(ToeProgram program, string adapterId, TimeSpan deadline, MoveReports reports, CancellationToken cancellationToken)
    {
        int? remaining = null;
        try
        {
            await foreach (var step in program.DrainAsync(adapterId, deadline, cancellationToken).ConfigureAwait(false))
            {
                if (step.Connection is { } report)
                    reports.Add(report);
                if (step.Remaining != remaining)
                    await Console.Error.WriteLineAsync($"{program.Pid}: {step.Remaining} on {adapterId}").ConfigureAwait(false);
                remaining = step.Remaining;
            }

            return new ProgramDrain(program.Pid, remaining ?? 0);
        }
        catch (ToeProgramException exception)
        {
            return await FailedAsync(program, exception, remaining ?? 0).ConfigureAwait(false);
        }
    }

    private static async Task<ProgramDrain> UndoAsync(ToeProgram program, string adapterId, CancellationToken cancellationToken)
    {
        try
        {
            await program.UndoDrainAsync(adapterId, cancellationToken).ConfigureAwait(false);
            return new ProgramDrain(program.Pid, 0);
        }
        catch (ToeProgramException exception)
        {
            return await FailedAsync(program, exception, 0).ConfigureAwait(false);
        }
    }

    private static async Task<ProgramDrain> FailedAsync(ToeProgram program, ToeProgramException exception, int remaining)
    {
        if (!exception.NothingMatched) // Others may have the adapter.
            await Console.Error.WriteLineAsync("toe: " + exception.Message).ConfigureAwait(false);
        return new ProgramDrain(program.Pid, remaining, exception.Message, exception.NothingMatched);
    }

    private static void Write(Utf8JsonWriter json, string adapterId, IEnumerable<ProgramDrain> drains, MoveReports reports)
    {
        json.WriteString("adapter", adapterId);
        json.WriteStartArray("programs");
        foreach (var drain in drains)
        {
            json.WriteStartObject();
            json.WriteNumber("pid", drain.Pid);
            json.WriteNumber("remaining", drain.Remaining);
            json.WriteString("error", drain.Error);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        reports.Write(json);
    }

    private sealed record ProgramDrain(int Pid, int Remaining, string? Error = null, bool NothingMatched = false);
}
