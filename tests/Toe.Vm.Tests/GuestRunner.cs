using System.Globalization;
using System.Runtime.Versioning;
using Toe.Vm.Tests.Cases;

namespace Toe.Vm.Tests;

/// <summary>Runs the cases one after the other and writes how many passed.</summary>
[SupportedOSPlatform("linux")]
internal static class GuestRunner
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(
        int.TryParse(Environment.GetEnvironmentVariable("TOE_VM_CASE_SECONDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : 60);

    private static readonly GuestCase[] All = [.. DevlinkCases.All, .. FirmwareCases.All, .. RouteCases.All, .. RecordingCases.All, .. HostRulesCases.All, .. NetemCases.All, .. MoveCases.All, .. RsocketCases.All, .. RsocketDuplexCases.All, .. InteropCases.All, .. IwarpCases.All, .. ConformanceCases.All, .. ToolCases.All, .. ThroughputCases.All];

    /// <summary>Runs those whose name contains one of the words, or all; <c>--result FILE</c> gets the numbers of passed and failed.</summary>
    /// <returns>0 when none failed.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var result = arguments is ["--result", var file, ..] ? file : null;
        var words = (result is null ? arguments : arguments[2..]).Where(static word => word.Length != 0).ToArray();
        var (passed, failed) = (0, 0);
        foreach (var one in All.Where(one => (words.Length == 0 && !one.OnlyByName) || words.Any(word => one.Name.Contains(word, StringComparison.OrdinalIgnoreCase))))
        {
            if (await PassesAsync(one))
                passed++;
            else
                failed++;
        }

        if (result is not null)
            await File.WriteAllTextAsync(result, string.Create(CultureInfo.InvariantCulture, $"{passed} {failed}\n"));
        return failed == 0 ? 0 : 1;
    }

    /// <summary>What the threads that wait in the kernel wait for: a hang in a native library shows here only.</summary>
    private static string Threads() => string.Join("; ", Directory.EnumerateDirectories("/proc/self/task")
        .Select(static task => $"{Read(task, "comm")} {Read(task, "wchan")} {Read(task, "syscall").Split(' ')[0]}")
        .GroupBy(static one => one).Select(static same => $"{same.Count()} x {same.Key}"));

    private static string Read(string task, string file)
    {
        try
        {
            return File.ReadAllText($"{task}/{file}").Trim();
        }
        catch (IOException)
        {
            return "?";
        }
    }

    private static async Task<bool> PassesAsync(GuestCase one)
    {
        var patience = Limit * one.Length;
        var started = TimeProvider.System.GetTimestamp();
        string? problem = null;
        try
        {
            using var limit = new CancellationTokenSource(patience, TimeProvider.System);
            await using var witness = TimeProvider.System.CreateTimer(static _ => Console.WriteLine($"     {Threads()}"), null, patience - TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
            await one.Run(limit.Token).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            problem = $"took longer than {patience.TotalSeconds} s";
        }
        catch (Exception exception) // A case may fail in any way; the others run.
        {
            problem = exception is GuestFailureException ? exception.Message : exception.ToString();
        }

        var milliseconds = TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(problem is null ? "pass" : "FAIL")} {one.Name} ({milliseconds:F0} ms){(problem is null ? "" : ": " + problem)}"));
        return problem is null;
    }
}
