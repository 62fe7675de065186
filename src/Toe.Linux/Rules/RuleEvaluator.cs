namespace Toe.Linux.Rules;

/// <summary>
/// Finds what a packet could meet on its way but plain acceptance. What depends on something not known is followed both ways; bounded in steps and depth.
/// </summary>
internal sealed class RuleEvaluator(FilterRuleSet rules)
{
    private const int MostSteps = 200_000;
    private const int DeepestJump = 16; // NFT_JUMP_STACK_SIZE, include/net/netfilter/nf_tables.h

    private int _steps;

    /// <summary>How a walk through a chain ends.</summary>
    private enum Way
    {
        /// <summary>The chain let every such packet pass.</summary>
        Accepted,

        /// <summary>The end of the chain was reached, by some or all such packets.</summary>
        End,
    }

    /// <summary>The first rule of a hook that does more than let the packet pass; null when there is none.</summary>
    public RuleFinding? Find(RuleHook hook, RulePacket packet)
    {
        foreach (var chain in rules.Chains)
        {
            if (chain.Hook != hook || !chain.Sees(packet) || (hook is RuleHook.Ingress or RuleHook.Egress && !OnDevice(chain, packet)))
                continue;
            if (Walk(chain, packet, 0, out var finding) == Way.End && finding is null && chain.DropsByDefault)
                finding = new RuleFinding(chain.ToString(), "its policy is drop", IsUnderstood: true);
            if (finding is not null)
                return finding;
        }

        return null;
    }

    private static bool OnDevice(FilterChain chain, RulePacket packet) =>
        (packet.InputInterface ?? packet.OutputInterface) is not { } device || chain.Devices.Count == 0 || chain.Devices.Contains(device, StringComparer.Ordinal);

    private Way Walk(FilterChain chain, RulePacket packet, int depth, out RuleFinding? finding)
    {
        finding = null;
        foreach (var rule in chain.Rules)
        {
            if (++_steps > MostSteps || depth > DeepestJump)
            {
                finding = new RuleFinding(rule.Name, "a rule set of this size or depth", IsUnderstood: false);
                return Way.End;
            }

            var matches = rule.Matches(packet);
            if (matches == false)
                continue;
            switch (rule.Verdict)
            {
                case RuleVerdict.Continue:
                    break;
                case RuleVerdict.Accept when matches == true:
                    return Way.Accepted;
                case RuleVerdict.Return when matches == true:
                    return Way.End;
                case RuleVerdict.Accept or RuleVerdict.Return:
                    break;
                case RuleVerdict.NotUnderstood:
                    finding = new RuleFinding(rule.Name, rule.Detail, IsUnderstood: false);
                    return Way.End;
                case RuleVerdict.Deny or RuleVerdict.Act:
                    finding = rule.Unknown is { } unknown
                        ? new RuleFinding(rule.Name, $"'{unknown}' before '{rule.Detail}'", IsUnderstood: false)
                        : new RuleFinding(rule.Name, matches == true ? rule.Detail : $"may {rule.Detail}", IsUnderstood: true);
                    return Way.End;
                case RuleVerdict.Jump or RuleVerdict.Goto:
                    if (Follow(chain, rule, packet, depth, out finding) is var way && finding is not null)
                        return way;
                    if (matches == true && (way == Way.Accepted || rule.Verdict == RuleVerdict.Goto))
                        return way;
                    break;
            }
        }

        return Way.End;
    }

    private Way Follow(FilterChain from, FilterRule rule, RulePacket packet, int depth, out RuleFinding? finding)
    {
        if (rules.Find(from.Family, from.Table, rule.Detail) is { } target)
            return Walk(target, packet, depth + 1, out finding);
        finding = new RuleFinding(rule.Name, $"the chain '{rule.Detail}'", IsUnderstood: false);
        return Way.End;
    }
}
