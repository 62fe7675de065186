using System.CommandLine;
using Toe.Linux;

namespace Toe.Cli.Commands;

/// <summary><c>toe record</c>: an image of this machine, addresses scrubbed.</summary>
internal static class RecordCommand
{
    public static Command Create()
    {
        var directory = new Argument<string>("DIR") { Description = "The folder to write; new or empty." };
        var name = new Option<string?>("--name") { Description = "A name for the image; by default the folder's.", HelpName = "NAME" };
        var json = new Option<bool>("--json") { Description = "Write JSON." };
        var command = new Command("record", "Make an image of this machine for tests and bug reports: what providers would read of it, with addresses replaced.") { directory, name, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (!OperatingSystem.IsLinux())
                throw new UsageException("record needs Linux.");
            var folder = parsed.GetValue(directory)!;
            using var host = new LiveHost();
            var recording = await HostRecorder.RecordAsync(host, folder, parsed.GetValue(name) ?? Path.GetFileName(Path.GetFullPath(folder)), cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(json))
                Output.Printer.WriteJson(writer =>
                {
                    writer.WriteNumber("files", recording.Files);
                    writer.WriteNumber("bytes", recording.Bytes);
                    writer.WriteStartArray("refused");
                    foreach (var refused in recording.Refused)
                        writer.WriteStringValue(refused);
                    writer.WriteEndArray();
                });
            else
                WriteText(folder, recording);
            return ExitCode.Done;
        });
        return command;
    }

    private static void WriteText(string folder, HostRecording recording)
    {
        foreach (var refused in recording.Refused)
            Console.Out.WriteLine($"not read: {refused}");
        Console.Out.WriteLine($"{recording.Files} files, {recording.Bytes} bytes in {folder}. Addresses and the machine's name are replaced; look at it before you give it away.");
        Console.Out.WriteLine($"Play it back: toe adapters --image {folder}");
    }
}
