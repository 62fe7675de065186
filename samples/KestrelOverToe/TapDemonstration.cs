using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace KestrelOverToe;

/// <summary>A network namespace with a TAP device: the site on the engine's address, the kernel's <c>curl</c>, <c>wrk</c> and <c>h2load</c> at the other end.</summary>
internal sealed class TapDemonstration
{
    private const string Site = "10.77.0.2";

    private readonly string _network = $"toe-web-{Environment.ProcessId}";

    public async Task<int> RunAsync()
    {
        using var stopping = new CancellationTokenSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await Programs.RunAsync(["ip", "netns", "add", _network], CancellationToken.None);
        try
        {
            await Programs.RunAsync(["ip", "-n", _network, "link", "set", "lo", "up"], stopping.Token);
            await Programs.RunAsync(["ip", "-n", _network, "tuntap", "add", "dev", "toe0", "mode", "tap"], stopping.Token);
            await Programs.RunAsync(["ip", "-n", _network, "address", "add", "10.77.0.1/24", "dev", "toe0"], stopping.Token);
            await Programs.RunAsync(["ip", "-n", _network, "link", "set", "toe0", "up"], stopping.Token);
            return await ServeAndAskAsync(stopping.Token);
        }
        finally
        {
            await Programs.RunAsync(["ip", "netns", "delete", _network], CancellationToken.None);
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true; // The namespace is removed first.
            stopping.Cancel();
        }
    }

    private async Task<int> ServeAndAskAsync(CancellationToken cancellationToken)
    {
        using var site = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", _network, "dotnet", Environment.GetCommandLineArgs()[0], "--tap", "toe0", Site + "/24"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        try
        {
            Console.WriteLine(await site.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("The site did not start."));
            return await AskAsync(cancellationToken);
        }
        finally
        {
            if (!site.HasExited)
                await Programs.RunAsync(["kill", "-TERM", site.Id.ToString(CultureInfo.InvariantCulture)], CancellationToken.None); // It drains what runs.
            await site.WaitForExitAsync(CancellationToken.None);
        }
    }

    private async Task<int> AskAsync(CancellationToken cancellationToken)
    {
        var me = await ShowAsync("curl", "-fsS", $"http://{Site}/api/me");
        await ShowAsync("curl", "-fsSk", "--http2", $"https://{Site}/api/me");
        await ShowAsync("curl", "-fsS", "-o", "/dev/null", "-w", "%{size_download} bytes at %{speed_download} bytes/s\\n", $"http://{Site}/download/256");
        if (Programs.Find("wrk") is not null)
            await ShowAsync("wrk", "-t1", "-c32", "-d2s", "--latency", $"http://{Site}/api/me");
        if (Programs.Find("h2load") is not null)
            await ShowAsync("h2load", "-t1", "-c8", "-m8", "-n20000", $"https://{Site}/api/me");
        await ShowAsync("curl", "-fsS", $"http://{Site}/health");
        return me.Contains("\"placement\":\"emulated:toe0\"", StringComparison.Ordinal) ? 0 : 1;

        async Task<string> ShowAsync(params string[] command)
        {
            Console.WriteLine($"$ {string.Join(' ', command)}");
            var said = await Programs.RunAsync(["ip", "netns", "exec", _network, .. command], cancellationToken);
            Console.WriteLine(said);
            return said;
        }
    }
}
