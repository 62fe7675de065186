using System.Diagnostics;
using Toe.Testing;

namespace Toe.Docs.Tests;

/// <summary>Runs a program of the operating system in the checkout.</summary>
internal static class Command
{
    public static async Task<ProcessAnswer> RunAsync(string program, params string[] arguments)
    {
        Needs.Tool(program);
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var cancellationToken = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return new ProcessAnswer(process.ExitCode, await output, await errors);
    }
}
