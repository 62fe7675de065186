namespace Toe.Conformance;

/// <summary>Marks the method of a suite that finds out whether a provider meets one requirement.</summary>
/// <param name="id">Its id, <c>TOE-SUITE-NNN</c>, which never changes its meaning.</param>
/// <param name="text">What is required, in one sentence.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequirementAttribute(string id, string text) : Attribute
{
    public string Id => id;

    public string Text => text;

    public RequirementLevel Level { get; init; } = RequirementLevel.Must;

    /// <summary>What it stands on: a member of the contract, or a clause of an RFC.</summary>
    public required string Source { get; init; }

    /// <summary>Further members and reasons that it proves something about, by name.</summary>
    public string[] Covers { get; init; } = [];

    /// <summary>What an adapter must have declared. Where it has not, the same is tried, and a documented refusal is what passes.</summary>
    public AdapterFeatures Needs { get; init; }

    /// <summary>True when nothing has to pass over a wire: it can be run against a replayed host.</summary>
    public bool IsControlOnly { get; init; }

    /// <summary>True when it fills the adapter's tables.</summary>
    public bool HasSmallTables { get; init; }

    /// <summary>True when host sockets cannot be asked, or rightly answer otherwise: then this says how.</summary>
    public string HostDiffers { get; init; } = "";
}
