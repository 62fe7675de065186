using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Toe.Emulated.Tests;

/// <summary>Holds docs/rfc-conformance.md to what there is.</summary>
public partial class ConformanceTableTests
{
    private static readonly string Table = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Here())!, "../../docs/rfc-conformance.md"));

    [Fact]
    public void EveryDemand_IsThereOnce() =>
        Assert.Equal(
            [.. Enumerable.Range(1, 69).Select(i => $"MUST-{i}"), .. Enumerable.Range(1, 31).Select(i => $"SHLD-{i}")],
            Id().Matches(Table).Select(m => m.Groups["id"].Value));

    [Fact]
    public void EveryTestNamed_Exists()
    {
        var tests = typeof(ConformanceTableTests).Assembly.GetTypes()
            .SelectMany(t => t.GetMethods().Where(IsTest).Select(m => $"{t.Name}.{m.Name}")).ToHashSet();
        var named = Test().Matches(Table).Select(m => m.Groups["test"].Value).Distinct().ToList();
        Assert.True(named.Count > 40, "The table's tests are not read.");
        Assert.Empty(named.Where(n => !tests.Contains(n)));
    }

    [Fact]
    public void EveryRow_NamesATestOrSaysWhyNot() =>
        Assert.Empty(Row().Matches(Table).Select(m => m.Value)
            .Where(r => !Test().IsMatch(r) && !r.Contains("not applicable: ", StringComparison.Ordinal) && !r.Contains("**no test yet**", StringComparison.Ordinal)));

    private static bool IsTest(MethodInfo method) => method.GetCustomAttributes().Any(a => a is FactAttribute);

    private static string Here([CallerFilePath] string path = "") => path;

    [GeneratedRegex(@"^\| (?<id>(MUST|SHLD)-\d+) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Id();

    [GeneratedRegex(@"`(?<test>\w+Tests\.\w+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Test();

    [GeneratedRegex(@"^\| (MUST|SHLD)-.*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row();
}
