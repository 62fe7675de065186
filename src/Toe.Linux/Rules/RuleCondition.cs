namespace Toe.Linux.Rules;

/// <summary>One condition of a rule.</summary>
/// <param name="Matches">Whether a packet meets it; null when that depends on what is not known.</param>
/// <param name="Unknown">The expression's name when the reader does not understand it; else null.</param>
internal readonly record struct RuleCondition(Func<RulePacket, bool?> Matches, string? Unknown = null)
{
    /// <summary>A condition that is not understood: it may hold or not.</summary>
    public static RuleCondition NotUnderstood(string name) => new(static _ => null, name);

    /// <summary>A condition that is understood and looks at what nobody knows beforehand, such as a mark or a packet's flags.</summary>
    public static RuleCondition Open { get; } = new(static _ => null);
}
