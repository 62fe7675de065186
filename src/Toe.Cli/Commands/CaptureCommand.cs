using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Toe.Cli.Output;
using Toe.Diagnostics;

namespace Toe.Cli.Commands;

/// <summary><c>toe capture</c>: the packets of a program's offloaded connections, as pcapng, until SIGINT or SIGTERM.</summary>
internal static class CaptureCommand
{
    private const string StandardOutput = "-";

    public static Command Create()
    {
        var pid = ProgramArgument.Create(required: true);
        var file = new Option<string>("--write", "-w") { Description = "The file to write; - is standard output.", HelpName = "FILE", Required = true };
        var json = new Option<bool>("--json") { Description = "Write the summary as JSON; on standard error where the capture is on standard output." };
        var command = new Command("capture", "Capture the packets of a program's offloaded connections as pcapng until SIGINT or SIGTERM.") { pid, file, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetValue(file)!;
            if (path.Length == 0)
                throw new UsageException("-w takes a file, or - for standard output.");
            var program = ProgramArgument.Find(parsed.GetValue(pid)!.Value);
            using var capture = await program.StartCaptureAsync(cancellationToken).ConfigureAwait(false);
            var output = path == StandardOutput ? Console.OpenStandardOutput() : Create(path); // Only now: a program that refuses costs no file.
            CaptureSummary summary;
            await using (output.ConfigureAwait(false))
            {
                await Console.Error.WriteLineAsync($"capturing process {program.Pid}").ConfigureAwait(false);
                summary = await capture.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
            }

            if (parsed.GetValue(json))
                Printer.WriteJson(writer => Write(writer, program, path, summary), path == StandardOutput ? Console.Error : Console.Out);
            else
                await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{summary.Packets} packets, {summary.Lost} lost, {summary.Bytes} bytes")).ConfigureAwait(false);
            if (!summary.WasStopped)
                await Console.Error.WriteLineAsync($"toe: process {program.Pid} ended the capture").ConfigureAwait(false);
            return summary.WasStopped ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 64 * 1024 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // What connections carry is nobody else's business.
        return new FileStream(path, options);
    }

    private static void Write(Utf8JsonWriter json, ToeProgram program, string path, CaptureSummary summary)
    {
        json.WriteNumber("pid", program.Pid);
        json.WriteString("file", path);
        json.WriteNumber("bytes", summary.Bytes);
        json.WriteNumber("packets", summary.Packets);
        json.WriteNumber("lost", summary.Lost);
    }
}
