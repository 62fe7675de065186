using System.Diagnostics;

namespace Toe.Vm.Tests;

/// <summary>Prepares the guest with its own tools. What is under test never goes through here.</summary>
internal static class Shell
{
    /// <summary>Runs a line; its words are separated by single spaces.</summary>
    /// <returns>What it wrote.</returns>
    public static async Task<string> RunAsync(string line, CancellationToken cancellationToken)
    {
        var words = line.Split(' ');
        var start = new ProcessStartInfo(words[0], words[1..]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new GuestFailureException($"'{line}' did not start");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        Check.True(process.ExitCode == 0, $"'{line}' ended with {process.ExitCode}: {await errors}");
        return await output;
    }

    /// <summary>Runs lines one after the other.</summary>
    public static async Task RunAllAsync(CancellationToken cancellationToken, params string[] lines)
    {
        foreach (var line in lines)
            await RunAsync(line, cancellationToken);
    }
}
