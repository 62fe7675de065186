using System.Globalization;

namespace Toe.Vm.Tests.Devices;

/// <summary>What this process holds.</summary>
/// <param name="Descriptors">Open descriptors.</param>
/// <param name="Pinned">Pinned memory in KiB.</param>
/// <param name="Threads">Threads, without those of the thread pool: how many it keeps depends on how busy the machine is.</param>
internal sealed record Resources(int Descriptors, long Pinned, long Threads)
{
    public static Resources Read()
    {
        var status = File.ReadAllLines("/proc/self/status");
        return new Resources(Directory.GetFiles("/proc/self/fd").Length, Number(status, "VmPin:"), Directory.GetDirectories("/proc/self/task").Count(IsOwn));
    }

    private static bool IsOwn(string task)
    {
        try
        {
            return !File.ReadAllText(Path.Combine(task, "comm")).StartsWith(".NET TP ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // It has ended.
        }
    }

    private static long Number(string[] status, string label) => long.Parse(
        status.Single(line => line.StartsWith(label, StringComparison.Ordinal))[label.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
}
