using System.Diagnostics;
using System.Net;
using Toe.Emulated.Links;

namespace RedisOverToe;

/// <summary>A network namespace with a TAP device, which goes with the program that runs in it.</summary>
internal static class PrivateNetwork
{
    /// <summary>The word by which the program knows that it runs in there.</summary>
    public const string Inside = "inside";

    public const string Tap = "toe0";

    private static readonly string[] Unshare = ["unshare", "--net", "--map-root-user"];

    /// <summary>The kernel's end of the device, and redis-server's address.</summary>
    public static IPAddress KernelAddress { get; } = IPAddress.Parse("192.0.2.1");

    /// <summary>The card's own address.</summary>
    public static InterfaceAddress CardAddress { get; } = InterfaceAddress.Parse("192.0.2.2/24");

    /// <summary>Why there can be none here; null when there can.</summary>
    public static async Task<string?> ObstacleAsync()
    {
        if (!OperatingSystem.IsLinux())
            return "it needs Linux";
        try
        {
            var (code, error) = await RunAsync([.. Unshare, "ip", "tuntap", "add", "dev", Tap, "mode", "tap"], quiet: true);
            return code == 0 ? null : error.Trim();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "it needs unshare and ip";
        }
    }

    /// <summary>Runs this program in a network of its own, to its end.</summary>
    /// <returns>Its exit code.</returns>
    public static async Task<int> RunInsideAsync() => (await RunAsync([.. Unshare, "dotnet", Environment.GetCommandLineArgs()[0], Inside], quiet: false)).Code;

    public static async Task MakeTapAsync()
    {
        string[][] commands =
        [
            ["link", "set", "lo", "up"],
            ["tuntap", "add", "dev", Tap, "mode", "tap"],
            ["address", "add", $"{KernelAddress}/24", "dev", Tap],
            ["link", "set", Tap, "up"],
        ];
        foreach (var command in commands)
        {
            if ((await RunAsync(["ip", .. command], quiet: false)).Code != 0)
                throw new InvalidOperationException($"ip {string.Join(' ', command)} failed");
        }
    }

    private static async Task<(int Code, string Error)> RunAsync(string[] command, bool quiet)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardError = quiet })!;
        var error = quiet ? await process.StandardError.ReadToEndAsync() : "";
        await process.WaitForExitAsync();
        return (process.ExitCode, error);
    }
}
