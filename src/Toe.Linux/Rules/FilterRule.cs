namespace Toe.Linux.Rules;

/// <summary>One rule.</summary>
/// <param name="Name">As a person finds it: <c>inet filter input handle 4</c>.</param>
/// <param name="Conditions">All must hold.</param>
/// <param name="Verdict">What it does.</param>
/// <param name="Detail">The statement in words, or the chain that follows.</param>
internal sealed record FilterRule(string Name, IReadOnlyList<RuleCondition> Conditions, RuleVerdict Verdict, string Detail)
{
    /// <summary>Whether a packet meets all conditions.</summary>
    public bool? Matches(RulePacket packet)
    {
        bool? all = true;
        foreach (var condition in Conditions)
        {
            switch (condition.Matches(packet))
            {
                case false:
                    return false;
                case null:
                    all = null;
                    break;
            }
        }

        return all;
    }

    /// <summary>The first condition that the reader does not understand; null when it understands all.</summary>
    public string? Unknown => Conditions.Select(static condition => condition.Unknown).FirstOrDefault(static name => name is not null);
}
