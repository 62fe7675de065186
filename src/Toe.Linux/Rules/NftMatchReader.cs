using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Toe.Linux.Rules;

/// <summary>Reads a comparison: addresses, ports, protocols, interfaces and conntrack states, with sets, ranges and prefixes. Everything else may hold or not, by its name.</summary>
internal sealed class NftMatchReader(string family, string table, NftSets sets)
{
    private const byte Tcp = 6;

    /// <summary>Reads <c>{op, left, right}</c>.</summary>
    public RuleCondition Read(JsonElement match) =>
        NftParser.Find(match, "left") is { } left && NftParser.Find(match, "right") is { } right
            ? Compare(left, NftParser.Text(match, "op"), right)
            : RuleCondition.NotUnderstood("match");

    /// <summary>The elements of a set that stands in the rule, or of a named one; null when they are not known.</summary>
    public JsonElement? Elements(JsonElement? set)
    {
        if (set is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.String && value.GetString() is ['@', .. var name])
            return sets.Elements(family, table, name);
        return NftParser.Find(value, "set") is { ValueKind: JsonValueKind.Array } elements ? elements : null;
    }

    /// <summary>Makes the condition.</summary>
    public RuleCondition Compare(JsonElement left, string op, JsonElement right)
    {
        var condition = CompareEqual(left, right, op is "<" or ">" or "<=" or ">=" ? op : "==");
        return op == "!=" ? condition with { Matches = PacketValue.Not(condition.Matches) }
            : op is "==" or "in" or "" or "<" or ">" or "<=" or ">=" ? condition
            : RuleCondition.NotUnderstood($"operator {op}");
    }

    private RuleCondition CompareEqual(JsonElement left, JsonElement right, string op)
    {
        if (NftParser.Find(left, "payload") is { } payload)
            return ComparePayload(NftParser.Text(payload, "protocol"), NftParser.Text(payload, "field"), right, op);
        if (NftParser.Find(left, "meta") is { } meta)
            return CompareMeta(NftParser.Text(meta, "key"), right);
        if (NftParser.Find(left, "ct") is { } ct)
            return NftParser.Text(ct, "key") == "state" ? CompareState(right) : RuleCondition.Open;
        if (NftParser.Find(left, "fib") is { } fib && NftParser.Text(fib, "result") == "type" && Words(right) is { Count: 1 } types && types.Contains("local"))
            return new RuleCondition(PacketValue.IsLocal(NftParser.Text(fib, "flags").Contains("saddr", StringComparison.Ordinal)));
        if (left.ValueKind == JsonValueKind.Object && left.EnumerateObject().FirstOrDefault() is { Name: { Length: > 0 } kind })
            return kind is "&" or "|" ? RuleCondition.Open : RuleCondition.NotUnderstood(kind); // Bits of marks, flags and the like.
        return RuleCondition.NotUnderstood("match");
    }

    private RuleCondition ComparePayload(string protocol, string field, JsonElement right, string op)
    {
        switch (protocol, field)
        {
            case ("tcp" or "th", "sport" or "dport"):
                return Ports(right, op) is { } ports ? new RuleCondition(PacketValue.Port(field == "sport", ports)) : RuleCondition.NotUnderstood($"{protocol} {field}");
            case ("ip" or "ip6", "saddr" or "daddr"):
                return Addresses(right) is { } addresses ? new RuleCondition(PacketValue.Address(field == "saddr", protocol == "ip6", addresses)) : RuleCondition.NotUnderstood($"{protocol} {field}");
            case ("ip", "protocol") or ("ip6", "nexthdr"):
                var wanted = protocol == "ip6";
                return IsTcp(right) is { } tcp ? new RuleCondition(packet => packet.IsIPv6 == wanted && tcp) : RuleCondition.NotUnderstood($"{protocol} {field}");
            case ("udp" or "udplite" or "icmp" or "icmpv6" or "sctp" or "dccp" or "ah" or "esp" or "comp" or "igmp" or "arp", _):
                return new RuleCondition(static _ => false); // Another protocol's field: the kernel looks at the protocol first.
            case ("tcp" or "ip" or "ip6" or "ether" or "vlan", _):
                return RuleCondition.Open; // A field that differs from packet to packet.
            default:
                return RuleCondition.NotUnderstood($"{protocol} {field}");
        }
    }

    private RuleCondition CompareMeta(string key, JsonElement right)
    {
        switch (key)
        {
            case "l4proto":
                return IsTcp(right) is { } tcp ? new RuleCondition(_ => tcp) : RuleCondition.NotUnderstood("meta l4proto");
            case "nfproto":
                return Words(right) is { } families ? new RuleCondition(packet => families.Contains(packet.IsIPv6 ? "ipv6" : "ipv4")) : RuleCondition.NotUnderstood("meta nfproto");
            case "protocol":
                return Words(right) is { } protocols ? new RuleCondition(packet => protocols.Contains(packet.IsIPv6 ? "ip6" : "ip")) : RuleCondition.NotUnderstood("meta protocol");
            case "iifname" or "iif" or "oifname" or "oif":
                return Words(right) is { } names
                    ? new RuleCondition(PacketValue.Interface(key.StartsWith('i'), name => names.Any(pattern => PacketValue.NamePattern(pattern, '*')(name))))
                    : RuleCondition.NotUnderstood($"meta {key}");
            case "mark" or "skuid" or "skgid" or "cgroup" or "pkttype" or "length" or "priority" or "rtclassid" or "cpu" or "random" or "time" or "hour" or "day" or "iiftype" or "oiftype" or "ibrname" or "obrname" or "iifgroup" or "oifgroup":
                return RuleCondition.Open;
            default:
                return RuleCondition.NotUnderstood($"meta {key}");
        }
    }

    private RuleCondition CompareState(JsonElement right) =>
        Words(right) is { } states ? new RuleCondition(PacketValue.State(states)) : RuleCondition.NotUnderstood("ct state");

    /// <summary>Whether TCP is among the protocols named; null when they are not read.</summary>
    private bool? IsTcp(JsonElement right) =>
        Words(right) is { } words ? words.Any(static word => word is "tcp" || (byte.TryParse(word, CultureInfo.InvariantCulture, out var number) && number == Tcp)) : null;

    /// <summary>The literal words of one value or of a set; null when there is anything else.</summary>
    private HashSet<string>? Words(JsonElement right)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        foreach (var value in Values(right) ?? [default])
        {
            if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number))
                return null;
            words.Add(value.ToString());
        }

        return words;
    }

    private List<(int First, int Last)>? Ports(JsonElement right, string op)
    {
        if (op != "==")
        {
            return right.ValueKind == JsonValueKind.Number && right.TryGetInt32(out var bound)
                ? [op switch { "<" => (0, bound - 1), ">" => (bound + 1, 65535), "<=" => (0, bound), _ => (bound, 65535) }]
                : null;
        }

        var ranges = new List<(int First, int Last)>();
        foreach (var value in Values(right) ?? [default])
        {
            if (NftParser.Find(value, "range") is { ValueKind: JsonValueKind.Array } range && range.GetArrayLength() == 2 && range[0].TryGetInt32(out var first) && range[1].TryGetInt32(out var last))
                ranges.Add((first, last));
            else if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var one))
                ranges.Add((one, one));
            else
                return null;
        }

        return ranges;
    }

    private Func<IPAddress, bool>? Addresses(JsonElement right)
    {
        var tests = new List<Func<IPAddress, bool>>();
        foreach (var value in Values(right) ?? [default])
        {
            if (Address(value) is not { } test)
                return null;
            tests.Add(test);
        }

        return address => tests.Exists(test => test(address));
    }

    private static Func<IPAddress, bool>? Address(JsonElement value)
    {
        if (NftParser.Find(value, "prefix") is { } prefix)
        {
            return IPAddress.TryParse(NftParser.Text(prefix, "addr"), out var network) && int.TryParse(NftParser.Text(prefix, "len"), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                && IPNetwork.TryParse($"{network}/{length}", out var parsed)
                ? address => address.AddressFamily == parsed.BaseAddress.AddressFamily && parsed.Contains(address)
                : null;
        }

        if (NftParser.Find(value, "range") is { ValueKind: JsonValueKind.Array } range && range.GetArrayLength() == 2)
        {
            return IPAddress.TryParse(range[0].ToString(), out var first) && IPAddress.TryParse(range[1].ToString(), out var last)
                ? address => Order(address, first) >= 0 && Order(address, last) <= 0
                : null;
        }

        return value.ValueKind == JsonValueKind.String && IPAddress.TryParse(value.GetString(), out var single) ? single.Equals : null;
    }

    private static int Order(IPAddress left, IPAddress right) => left.GetAddressBytes().AsSpan().SequenceCompareTo(right.GetAddressBytes());

    /// <summary>One value, or the elements of a set; an element may carry a counter or a comment. Null when a set is not known.</summary>
    private List<JsonElement>? Values(JsonElement right)
    {
        var isSet = (right.ValueKind == JsonValueKind.String && right.GetString() is ['@', ..]) || NftParser.Find(right, "set") is not null;
        if (isSet && Elements(right) is not { } elements)
            return null;
        else
            elements = isSet ? Elements(right)!.Value : right;
        return elements.ValueKind == JsonValueKind.Array
            ? [.. elements.EnumerateArray().Select(static element => NftParser.Find(element, "elem") is { } wrapped && NftParser.Find(wrapped, "val") is { } value ? value : element)]
            : [elements];
    }
}
