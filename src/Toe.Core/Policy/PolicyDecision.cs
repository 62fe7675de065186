namespace Toe.Policy;

/// <summary>What the policy says about one connection. Points at answers made when the rules were compiled, so that making one allocates
/// nothing.</summary>
internal readonly record struct PolicyDecision
{
    private readonly PolicyRule? _rule;
    private readonly PolicyRule? _operatorRule;
    private readonly ToeReason _reason;
    private readonly string? _conflictWith;

    /// <summary>Puts a decision together from answers made before.</summary>
    /// <param name="mode">The mode in force.</param>
    /// <param name="modeSource">Who said so.</param>
    /// <param name="reason">Why offloading is forbidden, if it is.</param>
    /// <param name="rule">The program's rule that matched.</param>
    /// <param name="operatorRule">The operator's rule that matched.</param>
    /// <param name="conflictWith">Who required what the operator forbids; null when nobody did.</param>
    public PolicyDecision(
        ToeMode mode, string modeSource, ToeReason reason, PolicyRule? rule, PolicyRule? operatorRule, string? conflictWith = null)
    {
        Mode = mode;
        ModeSource = modeSource;
        _reason = reason;
        _rule = rule;
        _operatorRule = operatorRule;
        _conflictWith = conflictWith;
    }

    /// <summary>The mode in force. Where the operator forbids it is <see cref="ToeMode.Forbid"/>, also when
    /// <see cref="IsConflict"/>.</summary>
    public ToeMode Mode { get; }

    /// <summary>For <see cref="DecisionTrace.ModeSource"/>.</summary>
    public string ModeSource { get; }

    /// <summary>True when the program requires what the operator forbids: the open fails with <see cref="Reason"/>, and nothing falls
    /// back.</summary>
    public bool IsConflict => _conflictWith is not null;

    /// <summary>Why no adapter is asked: <c>Policy.Forbidden</c>, <c>Operator.Forbidden</c>, <c>Operator.PolicyUnreadable</c> or
    /// <c>Policy.Conflict</c>;
    /// <see cref="ToeReason.None"/> when adapters are asked. Only a conflict's text is made when asked for.</summary>
    public ToeReason Reason => _conflictWith is null
        ? _reason
        : ToeReasons.PolicyConflict.With($"{_conflictWith} says Require, {ModeSource} says Forbid ({_reason.Name})");

    /// <summary>The name of the program's rule that matched; null when none did.</summary>
    public string? RuleName => _rule?.Name;

    /// <summary>The name of the operator's rule that matched; null when none did.</summary>
    public string? OperatorRuleName => _operatorRule?.Name;

    /// <summary>Whether the program's rule lets offloads walk around the host's rules; null when it does not say.</summary>
    public bool? AllowsBypass => _rule?.AllowBypass;

    /// <summary>The port of the peer's RDMA side by the program's rule; null when it has none.</summary>
    public int? RdmaPort => _rule?.RdmaPort;

    /// <summary>True when neither the program's rule nor the operator's leaves the adapter out. The mode is not looked at.</summary>
    public bool Allows(AdapterIdentity adapter) => Check(adapter).IsNone;

    /// <summary><see cref="ToeReason.None"/> when the adapter is allowed, else <c>Policy.AdapterNotAllowed</c> naming the rule. Allocates
    /// nothing.</summary>
    public ToeReason Check(AdapterIdentity adapter)
    {
        if (_operatorRule is { Adapters: { } narrowed } && !narrowed.Matches(adapter))
            return _operatorRule.NotAllowed;
        return _rule is { Adapters: { } wanted } && !wanted.Matches(adapter) ? _rule.NotAllowed : ToeReason.None;
    }
}
