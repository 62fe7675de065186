using System.Runtime.InteropServices;

namespace Toe.Throughput.Report;

/// <summary>Where it was measured.</summary>
/// <param name="Processor">The CPU's name.</param>
/// <param name="Processors">How many.</param>
/// <param name="Kernel">The kernel's version.</param>
/// <param name="Runtime">The runtime's version.</param>
/// <param name="Load">The load averages before the run: on a busy machine nothing is resolved.</param>
internal sealed record Machine(string Processor, int Processors, string Kernel, string Runtime, string Load)
{
    public static Machine Read() =>
        new(ProcessorName(), Environment.ProcessorCount, Text("/proc/sys/kernel/osrelease"), RuntimeInformation.FrameworkDescription, Text("/proc/loadavg"));

    private static string ProcessorName() => File.ReadLines("/proc/cpuinfo")
        .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static string Text(string path) => File.ReadAllText(path).Trim();
}
