using System.Diagnostics;

namespace KestrelOverToe;

/// <summary>A network namespace with a TAP device: the site on the engine's address, the kernel's <c>curl</c>, <c>wrk</c> and <c>h2load</c> at the other end.</summary>
internal sealed class TapDemonstration
{
    private const string Site = "10.77.0.2";

    private readonly string _network = $"toe-web-{Environment.ProcessId}";

    public async Task<int> RunAsync()
    {
        await Programs.RunAsync("ip", "netns", "add", _network);
        try
        {
            await Programs.RunAsync("ip", "-n", _network, "link", "set", "lo", "up");
            await Programs.RunAsync("ip", "-n", _network, "tuntap", "add", "dev", "toe0", "mode", "tap");
            await Programs.RunAsync("ip", "-n", _network, "address", "add", "10.77.0.1/24", "dev", "toe0");
            await Programs.RunAsync("ip", "-n", _network, "link", "set", "toe0", "up");
            using var site = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", _network, "dotnet", Environment.GetCommandLineArgs()[0], "--tap", "toe0", Site + "/24"])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
            })!;
            try
            {
                Console.WriteLine(await site.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The site did not start."));
                return await AskAsync();
            }
            finally
            {
                await Programs.RunAsync("kill", "-TERM", site.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)); // It drains what runs.
                await site.WaitForExitAsync();
            }
        }
        finally
        {
            await Programs.RunAsync("ip", "netns", "delete", _network);
        }
    }

    private async Task<int> AskAsync()
    {
        var me = await ShowAsync("curl", "-sS", $"http://{Site}/api/me");
        await ShowAsync("curl", "-sS", "-k", "--http2", $"https://{Site}/api/me");
        await ShowAsync("curl", "-sS", "-o", "/dev/null", "-w", "%{size_download} bytes at %{speed_download} bytes/s\\n", $"http://{Site}/download/256");
        if (Programs.Find("wrk") is not null)
            await ShowAsync("wrk", "-t1", "-c32", "-d2s", "--latency", $"http://{Site}/api/me");
        if (Programs.Find("h2load") is not null)
            await ShowAsync("h2load", "-t1", "-c8", "-m8", "-n20000", $"https://{Site}/api/me");
        await ShowAsync("curl", "-sS", $"http://{Site}/health");
        return me.Contains("\"placement\":\"emulated:toe0\"", StringComparison.Ordinal) ? 0 : 1;
    }

    private async Task<string> ShowAsync(params string[] command)
    {
        Console.WriteLine($"$ {string.Join(' ', command)}");
        var said = await Programs.RunAsync(["ip", "netns", "exec", _network, .. command]);
        Console.WriteLine(said);
        return said;
    }
}
