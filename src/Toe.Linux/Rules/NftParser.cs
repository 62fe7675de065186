using System.Text.Json;

namespace Toe.Linux.Rules;

/// <summary>Reads <c>nft -j list ruleset</c>. Source: libnftables-json(5). Total: what has another form becomes a rule that is not understood, by its name.</summary>
internal static class NftParser
{
    private const int MostRules = 100_000;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 128 };

    /// <summary>Reads the tool's answer.</summary>
    /// <returns>Null, or why the answer cannot be read at all.</returns>
    public static string? Read(ReadOnlyMemory<byte> json, FilterRuleSet rules)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root || !root.TryGetProperty("nftables", out var items) || items.ValueKind != JsonValueKind.Array)
                return "the answer of nft has no 'nftables'";
            if (items.GetArrayLength() > MostRules)
                return $"more than {MostRules} rules";
            var sets = new NftSets();
            foreach (var item in items.EnumerateArray())
            {
                if (Find(item, "set") is { } set)
                    sets.Add(set);
                else if (Find(item, "map") is { } map)
                    sets.Add(map);
                else if (Find(item, "chain") is { } chain)
                    AddChain(chain, rules);
            }

            foreach (var item in items.EnumerateArray())
            {
                if (Find(item, "rule") is { } rule)
                    AddRule(rule, rules, sets);
            }

            return null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return $"the answer of nft cannot be read: {exception.Message}";
        }
    }

    internal static JsonElement? Find(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    internal static string Text(JsonElement element, string name) =>
        Find(element, name) is { } value ? value.ValueKind == JsonValueKind.String ? value.GetString()! : value.ToString() : "";

    private static void AddChain(JsonElement chain, FilterRuleSet rules) => rules.Add(new FilterChain(Text(chain, "family"), Text(chain, "table"), Text(chain, "name"))
    {
        Hook = Enum.TryParse<RuleHook>(Text(chain, "hook"), ignoreCase: true, out var hook) ? hook : RuleHook.None,
        IsTranslation = Text(chain, "type") == "nat",
        DropsByDefault = Text(chain, "policy") == "drop",
        Devices = Find(chain, "dev") is { } device ? device.ValueKind == JsonValueKind.Array ? [.. device.EnumerateArray().Select(static one => one.ToString())] : [device.ToString()] : [],
    });

    private static void AddRule(JsonElement json, FilterRuleSet rules, NftSets sets)
    {
        var (family, table, chain) = (Text(json, "family"), Text(json, "table"), Text(json, "chain"));
        if (rules.Find(family, table, chain) is not { } owner)
            return;
        var reader = new NftRuleReader($"{family} {table} {chain} handle {Text(json, "handle")}", family, table, sets);
        owner.Rules.AddRange(Find(json, "expr") is { ValueKind: JsonValueKind.Array } expressions
            ? reader.Read(expressions)
            : [new FilterRule($"{family} {table} {chain}", [], RuleVerdict.NotUnderstood, "a rule without expressions")]);
    }
}
