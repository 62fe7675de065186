namespace Toe.Conformance.Tests;

/// <summary>The kit finds what is wrong, and blames nothing else for it.</summary>
public sealed class BrokenProviderTests
{
    private static readonly ConformanceOptions Impatient = new() { Deadline = TimeSpan.FromSeconds(2) };

    public static TheoryData<string> Names => [.. BrokenProviders.All.Select(static variant => variant.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Defect_IsFoundByItsRequirements_AndTouchesNoOthers(string name)
    {
        var variant = BrokenProviders.Find(name)!;
        var fixture = new BrokenFixture(variant);
        foreach (var id in variant.Breaks)
        {
            var requirement = ConformanceKit.Requirements.Single(requirement => requirement.Id == id);
            var result = await ConformanceKit.TryAsync(requirement, fixture, Impatient, TestContext.Current.CancellationToken);
            Assert.True(result.IsBad || result.Outcome == Outcome.Warning, $"{requirement} came to {result.Outcome} {result.Detail}");
        }

        Assert.Equal(3, variant.Leaves.Count);
        foreach (var requirement in ConformanceKit.Requirements.Where(requirement => variant.Leaves.Contains(requirement.Suite)))
        {
            var result = await ConformanceKit.TryAsync(requirement, fixture, cancellationToken: TestContext.Current.CancellationToken);
            Assert.False(result.IsBad || result.Outcome == Outcome.Warning, $"{requirement} came to {result.Outcome}: {result.Detail}");
        }
    }

    [Fact]
    public void Defects_AreMany_AndEverySuiteHasSeveral()
    {
        Assert.InRange(BrokenProviders.All.Count, 40, int.MaxValue);
        Assert.Equal(Enum.GetValues<Defect>().Length, BrokenProviders.All.Select(static variant => variant.Defect).Distinct().Count());
        foreach (var suite in ConformanceKit.Requirements.GroupBy(static requirement => requirement.Suite))
        {
            var ids = suite.Select(static requirement => requirement.Id).ToHashSet(StringComparer.Ordinal);
            var found = BrokenProviders.All.Count(variant => variant.Breaks.Any(ids.Contains));
            Assert.True(found >= 1, $"no defect is found by {suite.Key}");
        }
    }
}
