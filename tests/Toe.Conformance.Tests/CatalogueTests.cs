using System.Text.RegularExpressions;
using Toe.Testing;

namespace Toe.Conformance.Tests;

/// <summary>The list of requirements is whole: ids are distinct, each says what it stands on, and the page says the same.</summary>
public sealed partial class CatalogueTests
{
    [Fact]
    public void Ids_AreDistinct_AndNameTheirSuite()
    {
        Assert.Equal(ConformanceKit.Requirements.Count, ConformanceKit.Requirements.Select(static requirement => requirement.Id).Distinct().Count());
        foreach (var suite in ConformanceKit.Requirements.GroupBy(static requirement => requirement.Suite))
        {
            Assert.All(suite, static requirement => Assert.Matches(Id(), requirement.Id));
            Assert.Single(suite.Select(static requirement => requirement.Id[..8]).Distinct());
        }
    }

    [Fact]
    public void Requirements_SayWhatTheyStandOn()
    {
        var contract = typeof(IToeAdapter).Assembly.GetExportedTypes().ToDictionary(static type => type.Name.Split('`')[0], StringComparer.Ordinal);
        foreach (var requirement in ConformanceKit.Requirements)
        {
            Assert.EndsWith(".", requirement.Text, StringComparison.Ordinal);
            foreach (var covered in requirement.Covers)
                Assert.True(IsKnown(covered), $"{requirement.Id} covers '{covered}', which is no member of the contract, no reason and no RFC's clause");
        }

        bool IsKnown(string covered)
        {
            if (covered.StartsWith("RFC ", StringComparison.Ordinal))
                return true;
            var parts = covered.Split('.');
            if (ToeReasons.All.Any(reason => reason.Name == covered))
                return true;
            return parts.Length == 2 && contract.TryGetValue(parts[0], out var type)
                && (type.GetMember(parts[1]).Length > 0 || (parts[1] == "DisposeAsync" && typeof(IAsyncDisposable).IsAssignableFrom(type)));
        }
    }

    [Fact]
    public void Contract_HasNoHole()
    {
        var holes = Coverage.Members().Where(static member => member.Ids.Count == 0).Select(static member => member.Member).ToList();

        Assert.Empty(holes.Except(Coverage.Uncovered.Keys));
        Assert.Empty(Coverage.Uncovered.Keys.Except(holes));
    }

    [Fact]
    public void Reasons_HaveNoHole() =>
        Assert.Equal(Coverage.Unprovoked.Keys, Coverage.Reasons().Where(static reason => reason.Ids.Count == 0 && !reason.Test.StartsWith('`')).Select(static reason => reason.Name));

    [Fact]
    public void Page_IsTheCatalogues()
    {
        var path = Repository.PathOf("docs", "conformance.md");
        var text = RequirementPage.Write(ConformanceKit.Requirements, BrokenProviders.All);
        if (Environment.GetEnvironmentVariable("TOE_REGENERATE") == "1")
            File.WriteAllText(path, text);
        Assert.Equal(text, File.ReadAllText(path));
    }

    [GeneratedRegex("^TOE-[A-Z]{4}-[0-9]{3}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Id();
}
