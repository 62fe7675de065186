using System.Globalization;

namespace Toe.AspNetCore.Tests.Scenarios;

/// <summary>How many descriptors a process may have.</summary>
internal static class Descriptors
{
    /// <summary>The hard limit: .NET raises its own to it. As /proc/self/limits tells it (proc(5)); none elsewhere.</summary>
    public static long Limit { get; } = Read();

    private static long Read()
    {
        if (!File.Exists("/proc/self/limits"))
            return long.MaxValue;
        var words = File.ReadLines("/proc/self/limits").First(static line => line.StartsWith("Max open files", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return long.TryParse(words[4], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : long.MaxValue;
    }
}
