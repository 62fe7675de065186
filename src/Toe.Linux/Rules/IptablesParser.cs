using System.Globalization;
using System.Net;

namespace Toe.Linux.Rules;

/// <summary>Reads <c>iptables-save</c> and <c>ip6tables-save</c>. Source: iptables-extensions(8). Total: what has another form becomes a rule that is not understood, by its name.</summary>
internal static class IptablesParser
{
    private const int MostLines = 200_000;

    /// <summary>Reads the tool's answer into chains of a family: <c>ip</c> or <c>ip6</c>.</summary>
    public static void Read(string text, string family, FilterRuleSet rules)
    {
        var table = "";
        foreach (var content in text.Split('\n').Take(MostLines))
        {
            var line = content.Trim();
            if (line.StartsWith('*'))
                table = line[1..];
            else if (line.StartsWith(':'))
            {
                AddChain(line[1..].Split(' '), family, table, rules);
            }
            else if (line.StartsWith("-A ", StringComparison.Ordinal) || (line.StartsWith('[') && line.Contains("] -A ", StringComparison.Ordinal)))
            {
                AddRule(line[line.IndexOf("-A ", StringComparison.Ordinal)..], family, table, rules);
            }
        }
    }

    private static void AddChain(string[] words, string family, string table, FilterRuleSet rules)
    {
        if (words.Length < 2)
            return;
        var hook = words[0] switch
        {
            "PREROUTING" => RuleHook.Prerouting,
            "INPUT" => RuleHook.Input,
            "FORWARD" => RuleHook.Forward,
            "OUTPUT" => RuleHook.Output,
            "POSTROUTING" => RuleHook.Postrouting,
            _ => RuleHook.None,
        };
        rules.Add(new FilterChain(family, table, words[0]) { Hook = hook, IsTranslation = table == "nat", DropsByDefault = words[1] == "DROP" });
    }

    private static void AddRule(string line, string family, string table, FilterRuleSet rules)
    {
        var words = Words(line);
        var chain = words.Count > 1 ? words[1] : "";
        if (rules.Find(family, table, chain) is not { } owner)
            return;
        var name = string.Create(CultureInfo.InvariantCulture, $"{family} {table} {chain} rule {owner.Rules.Count + 1}");
        owner.Rules.Add(new RuleLine(name, words, family == "ip6").Read());
    }

    /// <summary>Words with spaces between them; a word in double quotes may have spaces itself.</summary>
    private static List<string> Words(string line)
    {
        var words = new List<string>();
        for (var i = 0; i < line.Length;)
        {
            if (line[i] == ' ')
            {
                i++;
                continue;
            }

            var quoted = line[i] == '"';
            var end = quoted ? line.IndexOf('"', i + 1) : line.IndexOf(' ', i);
            if (end < 0)
                end = line.Length;
            words.Add(quoted ? line[(i + 1)..end] : line[i..end]);
            i = end + 1;
        }

        return words;
    }

    /// <summary>One <c>-A</c> line.</summary>
    private sealed class RuleLine(string name, List<string> words, bool ipv6)
    {
        private readonly List<RuleCondition> _conditions = [];
        private RuleVerdict _verdict = RuleVerdict.Continue;
        private string _detail = "";
        private int _next = 2;

        public FilterRule Read()
        {
            while (_next < words.Count)
            {
                var negated = words[_next] == "!";
                if (negated)
                    _next++;
                ReadOption(Take(), negated);
            }

            return new FilterRule(name, _conditions, _verdict, _detail);
        }

        private string Take() => _next < words.Count ? words[_next++] : "";

        private void ReadOption(string option, bool negated)
        {
            switch (option)
            {
                case "-s" or "-d" or "--source" or "--destination":
                    Add(Address(option is "-s" or "--source", Take()), negated, option);
                    break;
                case "-i" or "-o":
                    Add(PacketValue.Interface(option == "-i", PacketValue.NamePattern(Take(), '+')), negated, option);
                    break;
                case "-p" or "--protocol":
                    var tcp = Take() is "tcp" or "6" or "all";
                    Add(_ => tcp, negated, option);
                    break;
                case "--sport" or "--dport" or "--sports" or "--dports" or "--source-port" or "--destination-port":
                    Add(Ports(option.StartsWith("--s", StringComparison.Ordinal), Take()), negated, option);
                    break;
                case "--ports":
                    var ports = Take();
                    Add(Ports(true, ports) is { } left && Ports(false, ports) is { } right ? packet => left(packet) is true || right(packet) is true ? true : left(packet) is null || right(packet) is null ? null : false : null, negated, option);
                    break;
                case "--ctstate" or "--state":
                    Add(PacketValue.State([.. Take().ToLowerInvariant().Split(',')]), negated, option);
                    break;
                case "--dst-type" or "--src-type":
                    Add(Take() == "LOCAL" ? PacketValue.IsLocal(option == "--src-type") : static _ => null, negated, option);
                    break;
                case "-m" or "--match":
                    // Each of these has options of its own, which say what is asked.
                    if (Take() is var module && module is not ("tcp" or "udp" or "conntrack" or "state" or "comment" or "multiport" or "mark" or "limit" or "addrtype" or "set" or "owner" or "hashlimit" or "recent" or "statistic" or "icmp" or "icmp6" or "pkttype"))
                        _conditions.Add(RuleCondition.NotUnderstood($"-m {module}"));
                    break;
                case "--comment":
                    Take();
                    break;
                case "-c" or "--set-counters":
                    Take();
                    Take();
                    break;
                case "-j" or "--jump" or "-g" or "--goto":
                    ReadTarget(Take(), option is "-g" or "--goto");
                    _next = words.Count; // What follows are the target's own options.
                    break;
                case "--mark" or "--limit" or "--limit-burst" or "--uid-owner" or "--gid-owner" or "--tcp-option" or "--icmp-type" or "--icmpv6-type" or "--pkt-type" or "--mode" or "--probability":
                    Take();
                    _conditions.Add(RuleCondition.Open);
                    break;
                case "--tcp-flags":
                    Take();
                    Take();
                    _conditions.Add(RuleCondition.Open);
                    break;
                case "--syn":
                    _conditions.Add(RuleCondition.Open);
                    break;
                default:
                    _conditions.Add(RuleCondition.NotUnderstood(option));
                    while (_next < words.Count && words[_next] is not ['-', ..] and not "!")
                        _next++;
                    break;
            }
        }

        private void ReadTarget(string target, bool isGoto)
        {
            (_verdict, _detail) = target switch
            {
                "ACCEPT" => (RuleVerdict.Accept, target),
                "DROP" or "REJECT" => (RuleVerdict.Deny, target),
                "RETURN" => (RuleVerdict.Return, target),
                "LOG" or "NFLOG" or "ULOG" or "MARK" or "CONNMARK" or "SNAT" or "DNAT" or "MASQUERADE" or "REDIRECT" or "TPROXY" or "NFQUEUE" or "QUEUE" or "TCPMSS" or "DSCP" or "TOS" or "TTL" or "HL" or "NETMAP"
                    or "NOTRACK" or "CT" or "CLASSIFY" or "TEE" or "SYNPROXY" or "SECMARK" or "CONNSECMARK" or "AUDIT" or "SET" or "TCPOPTSTRIP" => (RuleVerdict.Act, target),
                "" => (RuleVerdict.NotUnderstood, "-j without a target"),
                _ => (isGoto ? RuleVerdict.Goto : RuleVerdict.Jump, target),
            };
        }

        private void Add(Func<RulePacket, bool?>? condition, bool negated, string option) =>
            _conditions.Add(condition is null ? RuleCondition.NotUnderstood(option) : new RuleCondition(negated ? PacketValue.Not(condition) : condition));

        private Func<RulePacket, bool?>? Address(bool source, string text)
        {
            if (!text.Contains('/', StringComparison.Ordinal))
                text += ipv6 ? "/128" : "/32";
            return IPNetwork.TryParse(text, out var network) ? PacketValue.Address(source, ipv6, address => address.AddressFamily == network.BaseAddress.AddressFamily && network.Contains(address)) : null;
        }

        private static Func<RulePacket, bool?>? Ports(bool source, string text)
        {
            var ranges = new List<(int First, int Last)>();
            foreach (var part in text.Split(','))
            {
                var ends = part.Split(':');
                if (ends.Length > 2 || !Port(ends[0], 0, out var first) || !Port(ends[^1], 65535, out var last))
                    return null;
                ranges.Add((first, last));
            }

            return PacketValue.Port(source, ranges);
        }

        private static bool Port(string text, int missing, out int port)
        {
            port = missing;
            return text.Length == 0 || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);
        }
    }
}
