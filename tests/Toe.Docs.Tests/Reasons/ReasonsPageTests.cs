using System.Text;
using Toe.Testing;

namespace Toe.Docs.Tests;

/// <summary>The table of docs/reasons.md is written from the code; only its last column, the test that provokes the reason, is written by hand.</summary>
public sealed class ReasonsPageTests
{
    private const string Path = "docs/reasons.md";

    [Fact]
    public void Table_IsTheCodes()
    {
        var proofs = File.ReadLines(Repository.PathOf(Path)).Where(static line => line.StartsWith("| 0x", StringComparison.Ordinal))
            .Select(static line => line.Trim('|', ' ').Split(" | ")).ToDictionary(static cells => cells[1], static cells => cells[^1], StringComparer.Ordinal);
        var table = new StringBuilder("| Code | Name | Scope | Transient | What happened | Remedy | Provoked by |\n|---|---|---|---|---|---|---|\n");
        foreach (var reason in ToeReasons.All)
        {
            table.Append($"| 0x{reason.Code:X4} | {reason.Name} | {reason.Scope} | {(reason.IsTransient ? "yes" : "no")} | {reason.Description} | {reason.Remedy} ")
                .Append($"| {proofs.GetValueOrDefault(reason.Name, "later: nobody has written it")} |\n");
        }

        GeneratedPart.Check(Path, "reasons", table.ToString());
    }
}
