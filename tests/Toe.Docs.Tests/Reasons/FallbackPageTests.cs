using System.Text.RegularExpressions;
using Toe.Testing;

namespace Toe.Docs.Tests;

/// <summary>docs/fallback.md has every reason in a situation, and no other.</summary>
public sealed partial class FallbackPageTests
{
    [Fact]
    public void EveryReason_HasItsSituation_AndNoneIsMadeUp()
    {
        var rows = File.ReadLines(Repository.PathOf("docs", "fallback.md")).Where(static line => line.StartsWith('|'));
        var told = rows.SelectMany(static row => Reason().Matches(row).Select(static match => match.Groups[1].Value)).Where(static name => Enum.TryParse<ToeReasonClass>(name.Split('.')[0], out _))
            .Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(ToeReasons.All.Select(static reason => reason.Name).Order(StringComparer.Ordinal), told);
    }

    [GeneratedRegex(@"`([A-Z]\w+\.[A-Z]\w+)`")]
    private static partial Regex Reason();
}
