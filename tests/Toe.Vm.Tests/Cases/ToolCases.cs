using System.Diagnostics;
using System.Runtime.Versioning;
using Toe.Vm.Tests.Devices;

namespace Toe.Vm.Tests.Cases;

/// <summary>The tool over Soft-iWARP, in processes of its own.</summary>
[SupportedOSPlatform("linux")]
internal static class ToolCases
{
    private const string Adapter = "siw,port=7471";

    public static readonly GuestCase[] All = [new("iwarp: toe listen and toe connect with --adapter siw", EchoAsync)];

    private static async Task EchoAsync(CancellationToken cancellationToken)
    {
        await using var siw = await SiwDevice.CreateAsync(cancellationToken);
        var ready = Path.GetTempFileName();
        File.Delete(ready);
        using var listener = Start($"listen {SiwDevice.Address}:0 --echo --adapter {Adapter} --ready-file {ready}");
        while (!File.Exists(ready) || new FileInfo(ready).Length == 0)
        {
            Check.True(!listener.HasExited, "toe listen ended");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        }

        using var client = Start($"connect {(await File.ReadAllTextAsync(ready, cancellationToken)).Trim()} --adapter {Adapter} --mode require");
        await client.StandardInput.WriteAsync("over iWARP");
        client.StandardInput.Close();
        var (output, summary) = (client.StandardOutput.ReadToEndAsync(cancellationToken), client.StandardError.ReadToEndAsync(cancellationToken));
        Check.Equal("over iWARP", await output);
        Check.True((await summary).Contains($"siw:{SiwDevice.Interface}", StringComparison.Ordinal), await summary);
        await client.WaitForExitAsync(cancellationToken);
        Check.Equal(0, client.ExitCode);
        await Shell.RunAsync($"kill -TERM {listener.Id}", cancellationToken);
        await listener.WaitForExitAsync(cancellationToken);
        Check.Equal(0, listener.ExitCode);
    }

    private static Process Start(string line)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["--toe", .. line.Split(' ')])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start) ?? throw new GuestFailureException("toe did not start");
    }
}
