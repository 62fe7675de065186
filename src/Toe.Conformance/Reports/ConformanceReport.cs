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

    /// <summary>True when nothing failed, nothing was declared as less than it is, and something was tried.</summary>
    public bool IsGood => Results.Count > 0 && Results.All(static result => !result.IsBad);

    internal IEnumerable<IGrouping<string, RequirementResult>> BySuite => Results.GroupBy(static result => result.Requirement.Suite, StringComparer.Ordinal);

    /// <summary>How many requirements came to an outcome.</summary>
    /// <param name="outcome">Which.</param>
    public int Count(Outcome outcome) => Results.Count(result => result.Outcome == outcome);
}
