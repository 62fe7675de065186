using Xunit;

namespace Toe.Conformance.Xunit;

/// <summary>What the classes of all suites share: tries one requirement, and makes a test's outcome of what came of it.</summary>
/// <typeparam name="TFixture">The vendor's fixture; a requirement gets one of its own.</typeparam>
public abstract class SuiteConformance<TFixture>
    where TFixture : ConformanceFixture, new()
{
    /// <summary>How requirements are tried. Default as the kit has it, and strict where <c>TOE_STRICT</c> is 1 in the environment.</summary>
    protected virtual ConformanceOptions Options { get; } = new() { IsStrict = Environment.GetEnvironmentVariable("TOE_STRICT") == "1" };

    /// <summary>The ids of a suite's requirements.</summary>
    /// <param name="suite">The suite's name.</param>
    protected static TheoryData<string> IdsOf(string suite) =>
        [.. ConformanceKit.Requirements.Where(requirement => requirement.Suite == suite).Select(static requirement => requirement.Id)];

    /// <summary>Tries one requirement. What is not met fails, a warning or a waiver is a warning, and what the environment lacks is skipped.</summary>
    /// <param name="id">The requirement's id.</param>
    protected async Task TryAsync(string id)
    {
        var requirement = ConformanceKit.Requirements.Single(requirement => requirement.Id == id);
        var result = await ConformanceKit.TryAsync(requirement, new TFixture(), Options, TestContext.Current.CancellationToken);
        var text = $"{requirement} {result.Outcome}: {result.Detail} ({requirement.Source}, seed {result.Seed})";
        switch (result.Outcome)
        {
            case Outcome.Fail or Outcome.UnderDeclared:
                Assert.Fail(text);
                break;
            case Outcome.Skipped or Outcome.NotExercised:
                Assert.Skip(text);
                break;
            case Outcome.Warning or Outcome.Waived:
                TestContext.Current.AddWarning(text);
                break;
            default:
                break;
        }
    }
}
