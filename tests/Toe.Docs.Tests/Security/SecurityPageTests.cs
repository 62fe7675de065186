using System.Text.RegularExpressions;
using Toe.Testing;

namespace Toe.Docs.Tests;

/// <summary>What docs/security.md names as proof is there: tests, and requirements of the conformance kit.</summary>
public sealed partial class SecurityPageTests
{
    private static readonly string Text = File.ReadAllText(Repository.PathOf("docs", "security.md"));

    [Fact]
    public void EveryTest_IsThere()
    {
        var tests = Directory.GetFiles(Repository.PathOf("tests"), "*Tests.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();
        var named = TestName().Matches(Text).Select(static match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(tests, text => text.Contains($" {name}(", StringComparison.Ordinal)));
    }

    [Fact]
    public void EveryRequirement_IsThere()
    {
        var there = Conformance.ConformanceKit.Requirements.Select(static requirement => requirement.Id).Concat(StackRequirements.All.Select(static requirement => requirement.Id));

        Assert.Empty(Requirement().Matches(Text).Select(static match => match.Value).Except(there));
    }

    [GeneratedRegex(@"`([A-Z]+[a-z]\w*_\w+)`")]
    private static partial Regex TestName();

    [GeneratedRegex("TOE-[A-Z]{4}-[0-9]{3}")]
    private static partial Regex Requirement();
}
