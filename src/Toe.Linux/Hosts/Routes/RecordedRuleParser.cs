using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Toe.Linux.Routes;

/// <summary>Reads RTM_NEWRULE: <c>struct fib_rule_hdr</c> and FRA_ attributes (linux/fib_rules.h). Total: anything truncated or of a wrong length is refused.</summary>
internal static class RecordedRuleParser
{
    private const int HeaderSize = 12;
    private const uint FlagInvert = 2;          // FIB_RULE_INVERT

    internal static RecordedRule? TryParse(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < HeaderSize || payload[0] is not (Libc.FamilyInternet or Libc.FamilyInternet6))
            return null;
        var rule = new RecordedRule
        {
            Family = payload[0],
            Table = payload[4],
            Action = payload[7],
            IsForMarkedPackets = payload[3] != 0, // frh.tos
            IsInverted = (MemoryMarshal.Read<uint>(payload[8..]) & FlagInvert) != 0,
        };
        var reader = new AttributeReader(payload[HeaderSize..]);
        while (reader.TryRead(out var type, out var value))
        {
            if (Apply(rule, payload, type, value) is not { } changed)
                return null;
            rule = changed;
        }

        return reader.IsMalformed ? null : rule;
    }

    private static RecordedRule? Apply(RecordedRule rule, ReadOnlySpan<byte> header, ushort type, ReadOnlySpan<byte> value) => type switch
    {
        1 => Prefix(rule.Family, value, header[1]) is { } destination ? rule with { Destination = destination } : null,         // FRA_DST
        2 => Prefix(rule.Family, value, header[2]) is { } source ? rule with { Source = source } : null,                        // FRA_SRC
        3 => rule with { InputInterface = Text(value) },                                                                        // FRA_IIFNAME
        4 => Word(value) is { } target ? rule with { Goto = target } : null,                                                    // FRA_GOTO
        6 => Word(value) is { } priority ? rule with { Priority = priority } : null,                                            // FRA_PRIORITY
        10 => Word(value) is { } mark ? rule with { Mark = mark } : null,                                                       // FRA_FWMARK
        12 => rule with { IsForMarkedPackets = rule.IsForMarkedPackets || value.ContainsAnyExcept((byte)0) },                     // FRA_TUN_ID
        14 => Word(value) is { } length ? rule with { SuppressPrefixLength = unchecked((int)length) } : null,                   // FRA_SUPPRESS_PREFIXLEN
        15 => Word(value) is { } table ? rule with { Table = table } : null,                                                    // FRA_TABLE
        16 => Word(value) is { } mask ? rule with { MarkMask = mask } : null,                                                   // FRA_FWMASK
        17 => rule with { OutputInterface = Text(value) },                                                                      // FRA_OIFNAME
        19 => value.Length == 1 ? rule with { IsLayer3Master = value[0] != 0 } : null,                                          // FRA_L3MDEV
        20 => value.Length == 8 ? rule with { Users = (MemoryMarshal.Read<uint>(value), MemoryMarshal.Read<uint>(value[4..])) } : null, // FRA_UID_RANGE
        22 => value.Length == 1 ? rule with { Protocol = value[0] } : null,                                                     // FRA_IP_PROTO
        23 => Ports(value) is { } from ? rule with { SourcePorts = from } : null,                                               // FRA_SPORT_RANGE
        24 => Ports(value) is { } to ? rule with { DestinationPorts = to } : null,                                              // FRA_DPORT_RANGE
        25 or 26 => rule with { IsForMarkedPackets = rule.IsForMarkedPackets || value.ContainsAnyExcept((byte)0) },               // FRA_DSCP, FRA_FLOWLABEL
        _ => rule,
    };

    internal static IPNetwork? Prefix(int family, ReadOnlySpan<byte> value, int length)
    {
        if (!RouteParser.TryAddress(family, value, out var address) || length > value.Length * 8)
            return null;
        var octets = address!.GetAddressBytes();
        for (var bit = length; bit < octets.Length * 8; bit++)
            octets[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPNetwork(new IPAddress(octets), length);
    }

    private static uint? Word(ReadOnlySpan<byte> value) => value.Length == 4 ? MemoryMarshal.Read<uint>(value) : null;

    /// <summary><c>struct fib_rule_port_range</c>: two 16-bit numbers in the host's order.</summary>
    private static (int First, int Last)? Ports(ReadOnlySpan<byte> value) =>
        value.Length == 4 ? (BinaryPrimitives.ReadUInt16LittleEndian(value), BinaryPrimitives.ReadUInt16LittleEndian(value[2..])) : null;

    private static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value.TrimEnd((byte)0));
}
