namespace Toe.Testing;

/// <summary>One thing that is demanded of the stack itself, whichever providers it has.</summary>
/// <param name="Id">Its id, <c>TOE-GROUP-NNN</c>, which never changes its meaning.</param>
/// <param name="Group">The group that it is part of.</param>
/// <param name="Text">What is required, in one sentence.</param>
/// <param name="Source">What it stands on: a public member, a reason, or a clause of an RFC.</param>
public sealed record StackRequirement(string Id, string Group, string Text, string Source)
{
    /// <summary>The id and the text.</summary>
    public override string ToString() => $"{Id}: {Text}";
}
