using System.Reflection;
using System.Text.RegularExpressions;
using Toe.Testing;

namespace Toe.Emulated.Tests;

/// <summary>Holds docs/rfc-conformance.md to what there is.</summary>
public sealed partial class ConformanceTableTests
{
    private static readonly string Table = File.ReadAllText(Repository.PathOf("docs", "rfc-conformance.md"));

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
        Assert.Equal([], named.Except(tests));
    }

    [Fact]
    public void EveryRow_NamesATestOrSaysWhyNot() =>
        Assert.All(Row().Matches(Table).Select(m => m.Value), static row =>
            Assert.True(Test().IsMatch(row) || row.Contains("not applicable: ", StringComparison.Ordinal) || row.Contains("**no test yet**", StringComparison.Ordinal), row));

    private static bool IsTest(MethodInfo method) => method.GetCustomAttributes().Any(a => a is FactAttribute);

    [GeneratedRegex(@"^\| (?<id>(MUST|SHLD)-\d+) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Id();

    [GeneratedRegex(@"`(?<test>\w+Tests\.\w+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Test();

    [GeneratedRegex(@"^\| (MUST|SHLD)-.*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row();
}
