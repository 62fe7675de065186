using System.Collections.Concurrent;

namespace Toe.Conformance.Tests;

/// <summary>The kit finds what is wrong, and blames nothing else for it.</summary>
[Collection("whole kit")] // Not at once: providers that hang keep threads.
public sealed class BrokenProviderTests
{
    private const int AtOnce = 6; // Most of the time goes into waiting for what does not happen.
    private const int Attempts = 3; // What comes at the wrong time may, on a busy machine, come at the right one.

    private static readonly ConformanceOptions Impatient = new() { Deadline = TimeSpan.FromSeconds(2) };

    [Fact]
    public async Task EachDefect_IsFoundByItsRequirements_AndTouchesNoOthers()
    {
        var wrong = new ConcurrentQueue<string>();

        await Parallel.ForEachAsync(
            BrokenProviders.All, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken },
            async (variant, stop) => await TryAsync(variant, wrong, stop));

        Assert.True(wrong.IsEmpty, string.Join('\n', wrong));
    }

    [Fact]
    public void Defects_AreMany_AndEverySuiteHasSome()
    {
        Assert.InRange(BrokenProviders.All.Count, 40, int.MaxValue);
        Assert.Equal(Enum.GetValues<Defect>().Length, BrokenProviders.All.Select(static variant => variant.Defect).Distinct().Count());
        Assert.All(BrokenProviders.All, static variant =>
        {
            Assert.Equal(3, variant.Leaves.Count);
            Assert.Same(variant, BrokenProviders.Find(variant.Name));
        });
        foreach (var suite in ConformanceKit.Requirements.GroupBy(static requirement => requirement.Suite))
        {
            var ids = suite.Select(static requirement => requirement.Id).ToHashSet(StringComparer.Ordinal);
            Assert.True(BrokenProviders.All.Count(variant => variant.Breaks.Any(ids.Contains)) >= 3, $"fewer than three defects are found by {suite.Key}");
        }
    }

    [Fact]
    public void EachRequirement_IsReachedByADefect_OrItIsSaidWhyNot()
    {
        var reached = BrokenProviders.All.SelectMany(static variant => variant.Breaks).ToHashSet(StringComparer.Ordinal);

        Assert.Equal(ConformanceKit.Requirements.Select(static requirement => requirement.Id).Where(id => !reached.Contains(id)).Order(), Unreached.Reasons.Keys.Order());
    }

    private static bool IsFound(RequirementResult result) => result.IsBad || result.Outcome == Outcome.Warning;

    private static async Task TryAsync(BrokenVariant variant, ConcurrentQueue<string> wrong, CancellationToken stop)
    {
        foreach (var id in variant.Breaks)
        {
            var requirement = ConformanceKit.Requirements.Single(requirement => requirement.Id == id);
            var result = await ConformanceKit.TryAsync(requirement, Fixtures.Broken(variant), Impatient, stop);
            for (var again = 1; again < Attempts && !IsFound(result); again++)
                result = await ConformanceKit.TryAsync(requirement, Fixtures.Broken(variant), Impatient, stop);
            if (!IsFound(result))
                wrong.Enqueue($"{variant.Name}: {id} came to {result.Outcome} {result.Detail}");
        }

        foreach (var requirement in ConformanceKit.Requirements.Where(requirement => variant.Leaves.Contains(requirement.Suite)))
        {
            var result = await ConformanceKit.TryAsync(requirement, Fixtures.Broken(variant), Fixtures.Patient, stop);
            if (IsFound(result))
                wrong.Enqueue($"{variant.Name}: {requirement.Id} came to {result.Outcome}: {result.Detail}");
        }
    }
}
