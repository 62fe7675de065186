using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;

namespace Toe.Linux.Live;

/// <summary>Runs tools of the system's folders: no shell, no inherited environment, bounded in time and in what they write.</summary>
[SupportedOSPlatform("linux")]
internal static class LiveTools
{
    private const int MostOfError = 64 * 1024;
    private const int OutOfMemory = 12;

    private static readonly string[] Folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];

    public static async ValueTask<HostAnswer<ToolOutput>> RunAsync(ToolCommand command, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Find(command.Tool) is not { } path)
            return HostAnswers.Failed<ToolOutput>(ErrorNumber.NoEntry, $"{command.Tool} is not installed");
        using var deadline = new CancellationTokenSource(command.Deadline, TimeProvider.System);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        using var process = new Process { StartInfo = Describe(path, command) };
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            return HostAnswers.Failed<ToolOutput>(exception.NativeErrorCode == 0 ? OutOfMemory : exception.NativeErrorCode, exception.Message);
        }

        try
        {
            var output = ReadAsync(process.StandardOutput.BaseStream, HostLimits.ToolOutput, end.Token);
            var error = ReadAsync(process.StandardError.BaseStream, MostOfError, end.Token, drains: true);
            await WriteAsync(process, command.Input, end.Token).ConfigureAwait(false);
            var (bytes, isWhole) = await output.ConfigureAwait(false);
            if (!isWhole)
                return HostAnswers.Failed<ToolOutput>(ErrorNumber.FileTooBig, $"{command.Tool} writes too much");
            var (words, _) = await error.ConfigureAwait(false);
            await process.WaitForExitAsync(end.Token).ConfigureAwait(false);
            return HostAnswers.Found(new ToolOutput(process.ExitCode, bytes, Encoding.UTF8.GetString(words)));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HostAnswers.Failed<ToolOutput>(ErrorNumber.TimedOut, $"{command.Tool} did not end in time");
        }
        catch (IOException exception)
        {
            return HostAnswers.Failed<ToolOutput>(ErrorNumber.InputOutput, exception.Message);
        }
        finally
        {
            Kill(process);
        }
    }

    private static string? Find(string tool) =>
        tool.Length == 0 || tool.Contains('/', StringComparison.Ordinal) || tool.Contains('\0', StringComparison.Ordinal)
            ? null
            : Folders.Select(folder => $"{folder}/{tool}").FirstOrDefault(File.Exists);

    private static ProcessStartInfo Describe(string path, ToolCommand command)
    {
        var start = new ProcessStartInfo(path, command.Arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = string.Join(':', Folders);
        start.Environment["LC_ALL"] = "C";
        return start;
    }

    private static async Task WriteAsync(Process process, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, cancellationToken).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It does not want to read: what it answers tells.
        }
    }

    /// <summary>Reads a pipe to its end, or to its limit.</summary>
    /// <param name="stream">The pipe.</param>
    /// <param name="limit">What is kept at most.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="drains">True reads on behind the limit, and keeps nothing of it: a tool whose words nobody takes would wait for ever.</param>
    private static async Task<(byte[] Bytes, bool IsWhole)> ReadAsync(Stream stream, int limit, CancellationToken cancellationToken, bool drains = false)
    {
        var content = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var read and not 0)
        {
            content.Write(buffer, 0, Math.Min(read, limit - (int)content.Length));
            if (content.Length == limit && !drains)
                return (content.ToArray(), false);
        }

        return (content.ToArray(), true);
    }

    private static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or NotSupportedException)
        {
            // It ended meanwhile.
        }
    }
}
