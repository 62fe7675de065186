namespace Toe.Linux.Rules;

/// <summary>What a rule does with a packet that meets its conditions.</summary>
internal enum RuleVerdict
{
    /// <summary>Nothing that matters: the next rule follows.</summary>
    Continue,

    /// <summary>The chain's hook lets the packet pass.</summary>
    Accept,

    /// <summary>The packet ends here: drop, reject and the like.</summary>
    Deny,

    /// <summary>Something happens to the packet that an offload would leave out: it is changed, counted against a limit, logged, queued.</summary>
    Act,

    /// <summary>Another chain, and back.</summary>
    Jump,

    /// <summary>Another chain, and not back.</summary>
    Goto,

    /// <summary>Back to the chain that jumped.</summary>
    Return,

    /// <summary>A statement that the reader does not understand.</summary>
    NotUnderstood,
}
