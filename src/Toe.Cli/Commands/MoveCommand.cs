using System.CommandLine;
using Toe.Cli.Output;
using Toe.Diagnostics;

namespace Toe.Cli.Commands;

/// <summary><c>toe upload</c> and <c>toe offload</c>: connections of a running program to the host stack, or to an adapter.</summary>
internal static class MoveCommand
{
    public static Command CreateUpload() => Create(
        "upload", "Move connections of a running program to the host stack.", to: null,
        (program, id, _, cancellationToken) => program.UploadAsync(id, cancellationToken));

    public static Command CreateOffload() => Create(
        "offload", "Move connections of a running program to an adapter.",
        new Option<string?>("--to") { Description = "The adapter, by its id; without it the first in the program's order of preference that takes the connection.", HelpName = "ADAPTER" },
        static (program, id, adapter, cancellationToken) => program.OffloadAsync(id, adapter, cancellationToken));

    private static Command Create(
        string name, string description, Option<string?>? to, Func<ToeProgram, long?, string?, CancellationToken, IAsyncEnumerable<MoveStep>> move)
    {
        var pid = ProgramArgument.Create(required: true);
        var id = new Option<long?>("--id") { Description = "The connection, by its number in toe connections.", HelpName = "N" };
        var all = new Option<bool>("--all") { Description = "All that are not there yet." };
        var json = new Option<bool>("--json") { Description = "Write JSON." };
        var command = new Command(name, description) { pid, id, all, json };
        if (to is not null)
            command.Add(to);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var connection = parsed.GetValue(id);
            if (connection is null != parsed.GetValue(all) || connection < 0)
                throw new UsageException($"{name} takes --id N or --all, one of the two.");
            var program = ProgramArgument.Find(parsed.GetValue(pid)!.Value);
            var asJson = parsed.GetValue(json);
            var reports = new MoveReports(asJson);
            await foreach (var step in move(program, connection, to is null ? null : parsed.GetValue(to), cancellationToken).ConfigureAwait(false))
            {
                if (step.Connection is { } report)
                    reports.Add(report);
            }

            if (asJson)
                Printer.WriteJson(reports.Write);
            return reports.Stayed == 0 ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }
}
