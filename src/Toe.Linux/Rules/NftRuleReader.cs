using System.Text.Json;

namespace Toe.Linux.Rules;

/// <summary>Reads one rule's expressions. A verdict map becomes one rule for each of its entries.</summary>
internal sealed class NftRuleReader(string name, string family, string table, NftSets sets)
{
    private const int MostEntries = 65_536;

    private readonly List<RuleCondition> _conditions = [];
    private readonly List<FilterRule> _rules = [];

    /// <summary>Reads the expressions in order.</summary>
    public IReadOnlyList<FilterRule> Read(JsonElement expressions)
    {
        foreach (var expression in expressions.EnumerateArray())
        {
            if (expression.ValueKind != JsonValueKind.Object || expression.EnumerateObject().FirstOrDefault() is not { Name: { Length: > 0 } kind, Value: var body })
            {
                Add(RuleVerdict.NotUnderstood, "an empty expression");
                return _rules;
            }

            if (!ReadOne(kind, body))
                return _rules;
        }

        if (_rules.Count == 0)
            Add(RuleVerdict.Continue, "");
        return _rules;
    }

    /// <summary>Reads one expression.</summary>
    /// <returns>False when nothing can follow.</returns>
    private bool ReadOne(string kind, JsonElement body)
    {
        switch (kind)
        {
            case "match":
                _conditions.Add(new NftMatchReader(family, table, sets).Read(body));
                return true;
            case "counter" or "comment" or "last" or "meter" or "ct count" or "continue":
                return true;
            case "accept":
                Add(RuleVerdict.Accept, kind);
                return false;
            case "drop" or "reject":
                // A listing leaves a condition out that the kind of refusal implies.
                if (NftParser.Text(body, "type") is ("icmp" or "icmpv6") and var type)
                    _conditions.Add(new RuleCondition(packet => packet.IsIPv6 == (type == "icmpv6")));
                Add(RuleVerdict.Deny, kind);
                return false;
            case "return":
                Add(RuleVerdict.Return, kind);
                return false;
            case "jump":
                Add(RuleVerdict.Jump, NftParser.Text(body, "target"));
                return false;
            case "goto":
                Add(RuleVerdict.Goto, NftParser.Text(body, "target"));
                return false;
            case "vmap":
                ReadMap(body);
                return false;
            case "limit" or "quota":
                _conditions.Add(RuleCondition.Open); // It holds until it does not.
                return true;
            case "log" or "mangle" or "snat" or "dnat" or "masquerade" or "redirect" or "tproxy" or "queue" or "dup" or "fwd" or "synproxy" or "notrack" or "secmark" or "ct helper" or "ct timeout":
                Add(RuleVerdict.Act, kind);
                return true;
            default:
                Add(RuleVerdict.NotUnderstood, $"'{kind}'");
                return false;
        }
    }

    private void ReadMap(JsonElement body)
    {
        var matches = new NftMatchReader(family, table, sets);
        if (NftParser.Find(body, "key") is not { } key || matches.Elements(NftParser.Find(body, "data")) is not { } entries || entries.GetArrayLength() > MostEntries)
        {
            Add(RuleVerdict.NotUnderstood, "'vmap'");
            return;
        }

        foreach (var entry in entries.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Array || entry.GetArrayLength() != 2)
            {
                Add(RuleVerdict.NotUnderstood, "'vmap'");
                return;
            }

            var one = new NftRuleReader(name, family, table, sets);
            one._conditions.AddRange(_conditions);
            one._conditions.Add(matches.Compare(key, "==", entry[0]));
            if (entry[1].ValueKind == JsonValueKind.Object && entry[1].EnumerateObject().FirstOrDefault() is { Name: { Length: > 0 } kind } verdict)
                one.ReadOne(kind, verdict.Value);
            else
                one.Add(RuleVerdict.NotUnderstood, "'vmap'");
            _rules.AddRange(one._rules);
        }

        if (_rules.Count == 0)
            Add(RuleVerdict.Continue, "");
    }

    private void Add(RuleVerdict verdict, string detail) => _rules.Add(new FilterRule(name, [.. _conditions], verdict, detail));
}
