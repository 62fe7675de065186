using Toe.Testing;

namespace Toe.Integration.Tests.Differential;

/// <summary>The reviewed list, <c>docs/kernel-differences.md</c>: a row for each step where engine and kernel answer differently, with the reason.</summary>
internal static class KernelDifferences
{
    /// <summary>The rows, as <see cref="Row"/> writes them, with their reasons.</summary>
    public static IReadOnlyDictionary<string, string> Read() =>
        File.ReadLines(Repository.PathOf("docs", "kernel-differences.md"))
            .Where(static line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| Scenario ", StringComparison.Ordinal))
            .Select(static line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1])
            .ToDictionary(static cells => Row(cells[0], cells[1], cells[2], cells[3]), static cells => cells[4]);

    public static string Row(string scenario, string step, string engine, string kernel) => $"| {scenario} | {step} | {engine} | {kernel} |";
}
