using System.Text.Json;

namespace Toe.Linux.Rules;

/// <summary>The named sets and maps of a rule set. A rule sees them as they were when they were listed: a set that fills itself may say otherwise a moment later.</summary>
internal sealed class NftSets
{
    private readonly Dictionary<(string Family, string Table, string Name), JsonElement> _sets = [];

    public void Add(JsonElement set) => _sets[(NftParser.Text(set, "family"), NftParser.Text(set, "table"), NftParser.Text(set, "name"))] = set;

    /// <summary>The elements of a set; null when it is not there, or fills itself.</summary>
    public JsonElement? Elements(string family, string table, string name)
    {
        if (!_sets.TryGetValue((family, table, name), out var set) || IsDynamic(set))
            return null;
        return NftParser.Find(set, "elem") ?? Empty;
    }

    private static JsonElement Empty { get; } = JsonDocument.Parse("[]").RootElement.Clone();

    private static bool IsDynamic(JsonElement set) =>
        NftParser.Find(set, "flags") is { } flags
        && (flags.ValueKind == JsonValueKind.Array ? flags.EnumerateArray().Select(static flag => flag.ToString()) : [flags.ToString()]).Any(static flag => flag is "dynamic" or "timeout");
}
