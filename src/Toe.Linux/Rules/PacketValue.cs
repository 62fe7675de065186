using System.Net;

namespace Toe.Linux.Rules;

/// <summary>What a rule can compare: a field of a packet, in a form in which two can be compared.</summary>
internal static class PacketValue
{
    /// <summary>A port among ranges. One that is not chosen yet is judged by the range that it will be chosen from.</summary>
    public static Func<RulePacket, bool?> Port(bool source, IReadOnlyList<(int First, int Last)> ranges) => packet =>
    {
        if ((source ? packet.Source : packet.Destination) is { Port: > 0 and var port })
            return ranges.Any(range => port >= range.First && port <= range.Last);
        if (source == packet.IsInbound || packet.LocalPorts is not { } local)
            return null; // The peer's, or a listener's.
        if (!ranges.Any(range => range.First <= local.Last && range.Last >= local.First))
            return false;
        return ranges.Any(range => range.First <= local.First && range.Last >= local.Last) ? true : null;
    };

    /// <summary>An address; false for a packet of the other family.</summary>
    public static Func<RulePacket, bool?> Address(bool source, bool ipv6, Func<IPAddress, bool> test) => packet =>
        packet.IsIPv6 != ipv6 ? false : (source ? packet.Source : packet.Destination)?.Address is { } address && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) ? test(address) : null;

    /// <summary>The name of an interface; an empty one on the other way.</summary>
    public static Func<RulePacket, bool?> Interface(bool input, Func<string, bool> test) => packet =>
        input != packet.IsInbound ? test("") : (input ? packet.InputInterface : packet.OutputInterface) is { } name ? test(name) : null;

    /// <summary>A pattern that may end in <c>*</c> (nft) or <c>+</c> (iptables).</summary>
    public static Func<string, bool> NamePattern(string pattern, char wildcard) =>
        pattern.EndsWith(wildcard) ? name => name.Length != 0 && name.StartsWith(pattern[..^1], StringComparison.Ordinal) : name => name == pattern;

    /// <summary>Conntrack's state: of a connection of its own a packet is new or established.</summary>
    public static Func<RulePacket, bool?> State(IReadOnlyCollection<string> states) => packet => states.Contains(packet.IsNew ? "new" : "established", StringComparer.Ordinal);

    /// <summary>Whether an end is this host: a connection that leaves through an adapter has one end here and one elsewhere.</summary>
    public static Func<RulePacket, bool?> IsLocal(bool source) => packet => source != packet.IsInbound;

    /// <summary>Turns an answer round; what is not known stays so.</summary>
    public static Func<RulePacket, bool?> Not(Func<RulePacket, bool?> condition) => packet => !condition(packet);
}
