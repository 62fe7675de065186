namespace Toe.Policy;

/// <summary>Who wrote a rule set, how its members are spelled in messages, and what its rules may say.</summary>
/// <param name="Words">Stands before a rule's name in traces.</param>
/// <param name="RulesKey">Where the list is written.</param>
/// <param name="IsOperator">True for the operator, who can only narrow.</param>
internal sealed record PolicyAuthority(string Words, string RulesKey, bool IsOperator)
{
    /// <summary>The program's own configuration.</summary>
    public static PolicyAuthority Program { get; } = new("policy", $"{ToeOptions.SectionName}:Policy:Rules", IsOperator: false);

    /// <summary>The operator's file.</summary>
    public static PolicyAuthority Operator(string path) => new($"operator {path}", "policy.rules", IsOperator: true);

    public string RuleKey(int index) => ItemKey(RulesKey, index);

    public string MemberKey(string rule, string member) =>
        IsOperator ? $"{rule}.{char.ToLowerInvariant(member[0])}{member[1..]}" : $"{rule}:{member}";

    public string ItemKey(string list, int index) =>
        IsOperator ? FormattableString.Invariant($"{list}[{index}]") : FormattableString.Invariant($"{list}:{index}");
}
