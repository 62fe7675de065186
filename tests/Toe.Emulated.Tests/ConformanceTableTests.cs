using System.Reflection;
using System.Text.RegularExpressions;
using Toe.Testing;

namespace Toe.Emulated.Tests;

/// <summary>Holds docs/rfc-conformance.md and tests/mutants to what there is, and to each other.</summary>
public sealed partial class ConformanceTableTests
{
    private const int MostDemandsNotApplicable = 8;

    private static readonly string Table = File.ReadAllText(Repository.PathOf("docs", "rfc-conformance.md"));

    private static readonly List<(string Id, string Text)> Rows = [.. Row().Matches(Table).Select(static m => (m.Groups["id"].Value, m.Value))];

    private static readonly Dictionary<string, string> Mutants =
        Directory.GetFiles(Repository.PathOf("tests", "mutants"), "*.patch").ToDictionary(static path => Path.GetFileName(path), File.ReadAllText);

    private static readonly HashSet<string> Tests =
        [.. typeof(ConformanceTableTests).Assembly.GetTypes().SelectMany(static t => t.GetMethods().Where(IsTest).Select(m => $"{t.Name}.{m.Name}"))];

    [Fact]
    public void EveryDemand_IsThereOnce() => Assert.Equal([.. Ids("MUST", 69), .. Ids("SHLD", 31), .. Ids("MAY", 18), "REC-1"], Rows.Select(static row => row.Id));

    [Fact]
    public void EveryTestNamed_Exists()
    {
        var named = TestsIn(Table).Distinct().ToList();
        Assert.True(named.Count > 40, "The table's tests are not read.");
        Assert.Equal([], named.Except(Tests));
    }

    [Fact]
    public void EveryRow_NamesATestOrSaysWhyNot() =>
        Assert.All(Rows, static row => Assert.True(Test().IsMatch(row.Text) || Reason().IsMatch(row.Text), row.Text));

    [Fact]
    public void FewDemands_AreNotApplicable_AndTheirFilesExist()
    {
        var rows = Rows.Where(static row => row.Text.Contains("not applicable: ", StringComparison.Ordinal)).ToList();
        Assert.InRange(rows.Count(static row => IsMust(row.Id)), 0, MostDemandsNotApplicable);
        Assert.All(rows, static row => Assert.True(File.Exists(Repository.PathOf(SourceFile().Match(row.Text).Groups["path"].Value)), row.Text));
    }

    [Fact]
    public void EveryDemandWithATest_NamesItsMutant() =>
        Assert.All(Rows.Where(static row => (IsMust(row.Id) || IsShould(row.Id)) && Test().IsMatch(row.Text)), static row =>
        {
            var name = MutantLink().Match(row.Text).Groups["name"].Value;
            Assert.True(Mutants.TryGetValue(name, out var mutant), $"{row.Id} names no mutant that exists.");
            Assert.Contains(row.Id, Demands(mutant));
        });

    [Fact]
    public void EveryMutant_IsNamedByItsRows_AsItsTestIs() =>
        Assert.All(Mutants.Where(IsOfRfc9293), static mutant =>
        {
            var rows = Rows.Where(row => Demands(mutant.Value).Contains(row.Id)).ToList();
            Assert.NotEmpty(rows);
            Assert.All(rows, row => Assert.Contains(mutant.Key, row.Text, StringComparison.Ordinal));
            var test = MutantTest().Match(mutant.Value).Groups["test"].Value;
            Assert.Contains(test, Tests);
            Assert.All(rows, row => Assert.Contains($"`{test}`", row.Text, StringComparison.Ordinal));
        });

    [Fact]
    public void EveryMutantOfAnotherRfc_BreaksTheTestOfItsRow() =>
        Assert.All(Mutants.Where(static mutant => !IsOfRfc9293(mutant)), static mutant =>
        {
            var (clause, test) = (OtherMutantRow().Match(mutant.Value).Groups["clause"].Value, MutantTest().Match(mutant.Value).Groups["test"].Value);
            Assert.Contains(test, Tests);
            Assert.Contains(OtherRow().Matches(Table), row => row.Groups["clause"].Value.Split(", ").Contains(clause) && row.Value.Contains($"`{test}`", StringComparison.Ordinal));
        });

    [Fact]
    public void EveryRowOfAnotherRfc_NamesATest() =>
        Assert.All(OtherRow().Matches(Table).Select(static row => row.Value), static row => Assert.True(Test().IsMatch(row) || row.Contains("not applicable", StringComparison.OrdinalIgnoreCase), row));

    [Fact]
    public async Task EveryMutant_Applies()
    {
        Needs.Tool("git");
        foreach (var name in Mutants.Keys)
            (await KernelPeer.RunAsync(["git", "-C", Repository.Root, "apply", "--check", Path.Combine("tests", "mutants", name)])).Good();
    }

    private static IEnumerable<string> Ids(string kind, int count) => Enumerable.Range(1, count).Select(i => $"{kind}-{i}");

    private static bool IsOfRfc9293(KeyValuePair<string, string> mutant) => mutant.Key.StartsWith("9293-", StringComparison.Ordinal);

    private static bool IsMust(string id) => id.StartsWith("MUST", StringComparison.Ordinal);

    private static bool IsShould(string id) => id.StartsWith("SHLD", StringComparison.Ordinal);

    private static IEnumerable<string> TestsIn(string text) => Test().Matches(text).Select(static m => m.Groups["test"].Value);

    private static List<string> Demands(string mutant) => [.. MutantRow().Matches(mutant).Select(static m => m.Groups["id"].Value)];

    private static bool IsTest(MethodInfo method) => method.GetCustomAttributes().Any(a => a is FactAttribute);

    [GeneratedRegex(@"`(?<test>\w+Tests\.\w+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Test();

    [GeneratedRegex(@"^\| (?<id>(MUST|SHLD|MAY|REC)-\d+) \|.*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row();

    [GeneratedRegex(@"\| not (applicable|taken): \w", RegexOptions.ExplicitCapture)]
    private static partial Regex Reason();

    [GeneratedRegex(@"\(`(?<path>src/[^`]+)`\)", RegexOptions.ExplicitCapture)]
    private static partial Regex SourceFile();

    [GeneratedRegex(@"\(\.\./tests/mutants/(?<name>[^)]+)\) \|$", RegexOptions.ExplicitCapture)]
    private static partial Regex MutantLink();

    [GeneratedRegex(@"^Row: 9293 (?<id>\S+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex MutantRow();

    [GeneratedRegex(@"^Row: (?<clause>\d{4} .+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex OtherMutantRow();

    [GeneratedRegex(@"^\| (?<clause>\d{4} [^|]+) \|.*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex OtherRow();

    [GeneratedRegex(@"^Test: (?<test>\S+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex MutantTest();
}
