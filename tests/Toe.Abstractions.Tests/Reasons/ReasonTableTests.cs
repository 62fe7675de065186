using System.Globalization;
using System.Text.RegularExpressions;
using Toe.Testing;

namespace Toe.Abstractions.Tests.Reasons;

/// <summary>docs/reasons.md has one row a reason: what it means, and the test that provokes it or the area that owes one.</summary>
public sealed partial class ReasonTableTests
{
    private static readonly string Page = Repository.PathOf("docs", "reasons.md");

    [Fact]
    public void EveryReason_HasItsRow()
    {
        var rows = ReadRows();
        Assert.Equal(ToeReasons.All.Select(Describe), rows.Select(row => row.Description));
    }

    [Fact]
    public void EveryProof_IsATestThatExists_OrNamesTheAreaThatOwesIt()
    {
        var tests = Directory.GetFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();
        var holes = ReadRows()
            .Where(row => !LaterPattern().IsMatch(row.Proof))
            .Where(row => !tests.Any(text => text.Contains($" {row.Proof}(", StringComparison.Ordinal)))
            .Select(row => $"{row.Description}: no test named '{row.Proof}'");
        Assert.Empty(holes);
    }

    [Fact]
    public void Codes_AreUnique_AndNamedAfterTheirClass()
    {
        Assert.Equal(ToeReasons.All.Count, ToeReasons.All.Select(reason => reason.Code).Distinct().Count());
        Assert.Equal(ToeReasons.All.Count, ToeReasons.All.Select(reason => reason.Name).Distinct().Count());
        Assert.All(ToeReasons.All, reason => Assert.StartsWith($"{new ToeReason(reason.Code).Class}.", reason.Name, StringComparison.Ordinal));
    }

    [Fact]
    public void Codes_AreFrozen()
    {
        var frozen = File.ReadLines(Repository.PathOf("tests", "Toe.Abstractions.Tests", "Reasons", "frozen-codes.txt")).Where(line => !line.StartsWith('#')).ToList();
        var current = ToeReasons.All.Select(reason => string.Create(CultureInfo.InvariantCulture, $"0x{reason.Code:X4} {reason.Name}")).ToList();

        Assert.Empty(frozen.Except(current)); // Changed or taken away.
        Assert.Empty(current.Except(frozen)); // Not frozen yet: append it.
    }

    [Fact]
    public void UnknownCode_HasAName()
    {
        var reason = new ToeReason(0x7F7F, 3, "words");
        Assert.Equal("Unknown.0x7F7F [3] (words)", reason.ToString());
        Assert.Null(ToeReasons.Find(0x7F7F));
        Assert.Equal("None", ToeReason.None.ToString());
    }

    private static string Describe(ToeReasonDescriptor reason) => string.Create(CultureInfo.InvariantCulture,
        $"0x{reason.Code:X4} | {reason.Name} | {reason.Scope} | {(reason.IsTransient ? "yes" : "no")} | {reason.Description} | {reason.Remedy}");

    private static List<(string Description, string Proof)> ReadRows()
    {
        var rows = new List<(string, string)>();
        foreach (var line in File.ReadLines(Page).Where(line => line.StartsWith("| 0x", StringComparison.Ordinal)))
        {
            var cells = line.Trim().Trim('|').Split(" | ").Select(cell => cell.Trim()).ToArray();
            Assert.Equal(7, cells.Length);
            rows.Add((string.Join(" | ", cells[..6]), cells[6].Trim('`')));
        }

        return rows;
    }

    [GeneratedRegex("^later: .+")]
    private static partial Regex LaterPattern();
}
