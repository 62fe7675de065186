namespace Toe.Policy;

/// <summary>What the operator says at one moment; immutable.</summary>
/// <param name="Rules">The rules of the file.</param>
/// <param name="Forbidden">Why everything that no rule matches is forbidden; <see cref="ToeReason.None"/> when it is left to the
/// program.</param>
/// <param name="ForbiddenBy">The place that says so.</param>
/// <param name="IsAbsolute">True when <paramref name="Forbidden"/> stands above the rules too: the environment variable, or a file that
/// cannot be read.</param>
internal sealed record OperatorRules(PolicyRuleSet Rules, ToeReason Forbidden, string ForbiddenBy, bool IsAbsolute)
{
    /// <summary>The operator says nothing.</summary>
    public static OperatorRules Silent { get; } = new(PolicyRuleSet.Empty, ToeReason.None, "", IsAbsolute: false);
}
