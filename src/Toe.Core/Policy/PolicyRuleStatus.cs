namespace Toe.Policy;

/// <summary>A rule as the tool shows it.</summary>
/// <param name="Source">Who wrote it, and its name: <c>policy rule 'x'</c>, <c>operator /etc/toe/toe.json rule 'y'</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Mode">The mode that follows.</param>
/// <param name="Hits">Decisions it made since the program started or the rule changed.</param>
/// <param name="ShadowedBy">The name of an earlier rule that matches all this one matches, so that this one never decides; null when no
/// single rule does.</param>
public sealed record PolicyRuleStatus(string Source, string Name, ToeMode Mode, long Hits, string? ShadowedBy);
