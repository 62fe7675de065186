namespace Toe.Conformance;

/// <summary>One thing that the contract demands of a provider.</summary>
/// <param name="Id">Its id, <c>TOE-SUITE-NNN</c>, which never changes its meaning.</param>
/// <param name="Suite">The suite that it is part of.</param>
/// <param name="Level">How much it demands.</param>
/// <param name="Text">What is required, in one sentence.</param>
/// <param name="Source">What it stands on: a member of the contract, or a clause of an RFC.</param>
public sealed record Requirement(string Id, string Suite, RequirementLevel Level, string Text, string Source)
{
    /// <summary>Members of the contract and reasons that it proves something about, by name.</summary>
    public IReadOnlyList<string> Covers { get; init; } = [];

    /// <summary>What an adapter must have declared. Where it has not, the same is tried, and a documented refusal is what passes. Default nothing.</summary>
    public AdapterFeatures Needs { get; init; }

    /// <summary>True when nothing has to pass over a wire, so that a replayed host will do. Default false.</summary>
    public bool IsControlOnly { get; init; }

    /// <summary>True when it fills the adapter's tables: <see cref="ConformanceFixture.CreateSmallProviderAsync"/>. Default false.</summary>
    public bool HasSmallTables { get; init; }

    /// <summary>In what host sockets rightly differ, or why they cannot be asked; empty when they do the same.</summary>
    public string HostDiffers { get; init; } = "";

    /// <summary>Finds out.</summary>
    internal Func<Bench, Task> Try { get; init; } = static _ => throw new NotHereException("the requirement is not the kit's own");

    /// <summary>The id and the text.</summary>
    public override string ToString() => $"{Id}: {Text}";
}
