using System.Globalization;

namespace Toe.Conformance;

/// <summary>What came of a run of the kit.</summary>
/// <param name="Subject">Who was tried.</param>
/// <param name="Results">What came of each requirement, in the order of the run; empty when there was no adapter to try.</param>
public sealed record ConformanceReport(ConformanceSubject Subject, IReadOnlyList<RequirementResult> Results)
{
    /// <summary>What it was tried on.</summary>
    public string Substrate { get; init; } = "";

    /// <summary>When the run began.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>How it was run.</summary>
    public ConformanceOptions Options { get; init; } = new();

    /// <summary>The fixture, by the name of its type.</summary>
    public string Fixture { get; init; } = "";

    /// <summary>How the run is repeated: <see cref="ConformanceOptions.Command"/>, or the fixture with its options.</summary>
    public string Repeat => Options.Command ?? $"{Fixture}, seed {Options.Seed}, deadline {Options.Deadline.TotalSeconds:0.###} s{(Options.IsStrict ? ", strict" : "")}";

    /// <summary>True when all requirements of the kit were tried: a part of them proves a part.</summary>
    public bool IsComplete => ConformanceKit.Requirements.All(requirement => Results.Any(result => result.Requirement.Id == requirement.Id));

    /// <summary>True when nothing failed, nothing was declared as less than it is, and something was tried.</summary>
    public bool IsGood => Results.Count > 0 && Results.All(static result => !result.IsBad);

    internal IEnumerable<IGrouping<string, RequirementResult>> BySuite => Results.GroupBy(static result => result.Requirement.Suite, StringComparer.Ordinal);

    /// <summary>How many requirements came to an outcome.</summary>
    /// <param name="outcome">Which.</param>
    public int Count(Outcome outcome) => Results.Count(result => result.Outcome == outcome);

    /// <summary>The sum in one line.</summary>
    public override string ToString()
    {
        var counts = Enum.GetValues<Outcome>().Where(outcome => Count(outcome) > 0).Select(outcome => $"{Count(outcome)} {outcome}");
        return string.Create(CultureInfo.InvariantCulture, $"{Results.Count} requirements on {Substrate}: {string.Join(", ", counts)} in {Duration.TotalSeconds:0.0} s");
    }
}
