using System.Net;

namespace Toe.Policy;

/// <summary>An immutable, ordered list of rules; the first that matches decides.</summary>
internal sealed class PolicyRuleSet(IReadOnlyList<PolicyRule> rules)
{
    private readonly PolicyRule[] _rules = [.. rules];

    public static PolicyRuleSet Empty { get; } = new([]);

    public IReadOnlyList<PolicyRule> Rules => _rules;

    /// <summary>The first rule that matches; null when none does. Allocates nothing.</summary>
    public PolicyRule? Match(PolicyDirection direction, IPEndPoint? local, IPEndPoint? remote, bool counted = true)
    {
        foreach (var rule in _rules)
        {
            if (!rule.Match.Matches(direction, local, remote))
                continue;
            if (counted)
                rule.Hit();
            return rule;
        }

        return null;
    }

    /// <summary>The RDMA port of the first rule that has one and could match a peer of the listener; null when none does.</summary>
    public int? RdmaPortAt(IPEndPoint listener)
    {
        foreach (var rule in _rules)
        {
            if (rule.RdmaPort is { } port && rule.Match.CouldMatchAt(listener))
                return port;
        }

        return null;
    }
}
