using System.Net;
using CsCheck;
using Toe.Linux.Rules;
using Toe.Linux.Tests.Hosts;
using Toe.Testing;

namespace Toe.Linux.Tests.Rules;

/// <summary>Rule sets as people have them, each with the right answer and the rule named. Written from nft(8), iptables-extensions(8), and what firewalld and Docker document of theirs.</summary>
public sealed class HostRulesTests
{
    private const HostBypass All = HostBypass.NetfilterIn | HostBypass.NetfilterOut | HostBypass.Conntrack | HostBypass.Qdisc | HostBypass.CgroupBpf | HostBypass.Xfrm;

    private const string Own = """
        { "table": { "family": "inet", "name": "filter", "handle": 1 } },
        { "chain": { "family": "inet", "table": "filter", "name": "input", "handle": 1, "type": "filter", "hook": "input", "prio": 0, "policy": "drop" } },
        { "set": { "family": "inet", "table": "filter", "name": "office", "type": "ipv4_addr", "flags": [ "interval" ], "elem": [ { "prefix": { "addr": "203.0.113.0", "len": 24 } }, "198.51.100.7" ] } },
        { "rule": { "family": "inet", "table": "filter", "chain": "input", "handle": 2, "expr": [ { "match": { "op": "in", "left": { "ct": { "key": "state" } }, "right": [ "established", "related" ] } }, { "counter": { "packets": 1, "bytes": 2 } }, { "accept": null } ] } },
        { "rule": { "family": "inet", "table": "filter", "chain": "input", "handle": 3, "expr": [ { "match": { "op": "==", "left": { "ct": { "key": "state" } }, "right": "invalid" } }, { "drop": null } ] } },
        { "rule": { "family": "inet", "table": "filter", "chain": "input", "handle": 4, "expr": [ { "match": { "op": "==", "left": { "meta": { "key": "iifname" } }, "right": "lo" } }, { "accept": null } ] } },
        { "rule": { "family": "inet", "table": "filter", "chain": "input", "handle": 5, "expr": [ { "match": { "op": "==", "left": { "payload": { "protocol": "ip", "field": "saddr" } }, "right": "@office" } }, { "match": { "op": "==", "left": { "payload": { "protocol": "tcp", "field": "dport" } }, "right": 22 } }, { "accept": null } ] } },
        { "rule": { "family": "inet", "table": "filter", "chain": "input", "handle": 6, "expr": [ { "match": { "op": "==", "left": { "payload": { "protocol": "tcp", "field": "dport" } }, "right": { "set": [ 80, 443, { "range": [ 8000, 8999 ] } ] } } }, { "accept": null } ] } },
        { "rule": { "family": "inet", "table": "filter", "chain": "input", "handle": 7, "expr": [ { "match": { "op": "==", "left": { "payload": { "protocol": "udp", "field": "dport" } }, "right": 53 } }, { "drop": null } ] } },
        { "rule": { "family": "inet", "table": "filter", "chain": "input", "handle": 8, "expr": [ { "match": { "op": "==", "left": { "payload": { "protocol": "tcp", "field": "dport" } }, "right": 9999 } }, { "log": { "prefix": "x" } }, { "accept": null } ] } }
        """;

    /// <summary>The skeleton of firewalld's table: zones are found by a jump on the interface; the public zone lets ssh and https in.</summary>
    private const string Firewalld = """
        { "table": { "family": "inet", "name": "firewalld", "handle": 1 } },
        { "chain": { "family": "inet", "table": "firewalld", "name": "filter_INPUT", "handle": 1, "type": "filter", "hook": "input", "prio": 10, "policy": "accept" } },
        { "chain": { "family": "inet", "table": "firewalld", "name": "filter_OUTPUT", "handle": 2, "type": "filter", "hook": "output", "prio": 10, "policy": "accept" } },
        { "chain": { "family": "inet", "table": "firewalld", "name": "filter_INPUT_ZONES", "handle": 3 } },
        { "chain": { "family": "inet", "table": "firewalld", "name": "filter_IN_public", "handle": 4 } },
        { "chain": { "family": "inet", "table": "firewalld", "name": "filter_IN_public_allow", "handle": 5 } },
        { "chain": { "family": "inet", "table": "firewalld", "name": "mangle_PREROUTING", "handle": 6, "type": "filter", "hook": "prerouting", "prio": -140, "policy": "accept" } },
        { "chain": { "family": "inet", "table": "firewalld", "name": "nat_POSTROUTING", "handle": 7, "type": "nat", "hook": "postrouting", "prio": 110, "policy": "accept" } },
        { "rule": { "family": "inet", "table": "firewalld", "chain": "filter_INPUT", "handle": 10, "expr": [ { "match": { "op": "==", "left": { "ct": { "key": "state" } }, "right": { "set": [ "established", "related" ] } } }, { "accept": null } ] } },
        { "rule": { "family": "inet", "table": "firewalld", "chain": "filter_INPUT", "handle": 11, "expr": [ { "match": { "op": "in", "left": { "ct": { "key": "status" } }, "right": "dnat" } }, { "accept": null } ] } },
        { "rule": { "family": "inet", "table": "firewalld", "chain": "filter_INPUT", "handle": 12, "expr": [ { "match": { "op": "==", "left": { "meta": { "key": "iifname" } }, "right": "lo" } }, { "accept": null } ] } },
        { "rule": { "family": "inet", "table": "firewalld", "chain": "filter_INPUT", "handle": 13, "expr": [ { "match": { "op": "==", "left": { "ct": { "key": "state" } }, "right": { "set": [ "invalid" ] } } }, { "drop": null } ] } },
        { "rule": { "family": "inet", "table": "firewalld", "chain": "filter_INPUT", "handle": 14, "expr": [ { "jump": { "target": "filter_INPUT_ZONES" } } ] } },
        { "rule": { "family": "inet", "table": "firewalld", "chain": "filter_INPUT", "handle": 15, "expr": [ { "reject": { "type": "icmpx", "expr": "admin-prohibited" } } ] } },
        { "rule": { "family": "inet", "table": "firewalld", "chain": "filter_INPUT_ZONES", "handle": 20, "expr": [ { "match": { "op": "==", "left": { "meta": { "key": "iifname" } }, "right": "eth2" } }, { "goto": { "target": "filter_IN_public" } } ] } },
        { "rule": { "family": "inet", "table": "firewalld", "chain": "filter_INPUT_ZONES", "handle": 21, "expr": [ { "goto": { "target": "filter_IN_public" } } ] } },
        { "rule": { "family": "inet", "table": "firewalld", "chain": "filter_IN_public", "handle": 30, "expr": [ { "jump": { "target": "filter_IN_public_allow" } } ] } },
        { "rule": { "family": "inet", "table": "firewalld", "chain": "filter_IN_public", "handle": 31, "expr": [ { "reject": { "type": "icmpx", "expr": "admin-prohibited" } } ] } },
        { "rule": { "family": "inet", "table": "firewalld", "chain": "filter_IN_public_allow", "handle": 40, "expr": [ { "match": { "op": "==", "left": { "payload": { "protocol": "tcp", "field": "dport" } }, "right": 22 } }, { "accept": null } ] } },
        { "rule": { "family": "inet", "table": "firewalld", "chain": "filter_IN_public_allow", "handle": 41, "expr": [ { "match": { "op": "==", "left": { "payload": { "protocol": "tcp", "field": "dport" } }, "right": 443 } }, { "accept": null } ] } }
        """;

    /// <summary>What dockerd writes through iptables-nft: the matches are foreign to nft, and iptables-save says them.</summary>
    private const string DockerNft = """
        { "table": { "family": "ip", "name": "nat", "handle": 1 } },
        { "chain": { "family": "ip", "table": "nat", "name": "PREROUTING", "handle": 1, "type": "nat", "hook": "prerouting", "prio": -100, "policy": "accept" } },
        { "rule": { "family": "ip", "table": "nat", "chain": "PREROUTING", "handle": 5, "expr": [ { "xt": { "type": "match", "name": "addrtype" } }, { "counter": { "packets": 0, "bytes": 0 } }, { "jump": { "target": "DOCKER" } } ] } }
        """;

    private const string DockerSave = """
        # Generated by iptables-save v1.8.9 (nf_tables)
        *nat
        :PREROUTING ACCEPT [0:0]
        :INPUT ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        :DOCKER - [0:0]
        -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
        -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
        -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
        -A DOCKER -i docker0 -j RETURN
        -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
        COMMIT
        *filter
        :INPUT ACCEPT [0:0]
        :FORWARD DROP [0:0]
        :OUTPUT ACCEPT [0:0]
        :DOCKER - [0:0]
        -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A FORWARD -o docker0 -j DOCKER
        -A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
        COMMIT
        """;

    [Theory]
    [InlineData("connect", "203.0.113.9:443", null)]
    [InlineData("listen", "443", null)]
    [InlineData("listen", "8500", null)]
    [InlineData("listen", "81", "inet filter input: its policy is drop")]
    [InlineData("listen", "22", "inet filter input: its policy is drop")]
    [InlineData("listen from 203.0.113.9", "22", null)]
    [InlineData("listen from 198.51.100.7", "22", null)]
    [InlineData("listen from 198.51.100.8", "22", "inet filter input: its policy is drop")]
    [InlineData("listen", "9999", "inet filter input handle 8: log")]
    public async Task AHandWrittenRuleSet(string what, string where, string? finding) => Assert.Equal(finding, await AskAsync(Nft(Own), what, where));

    [Theory]
    [InlineData("connect", "203.0.113.9:443", null)]
    [InlineData("listen", "22", null)]
    [InlineData("listen", "443", null)]
    [InlineData("listen", "80", "inet firewalld filter_IN_public handle 31: reject")]
    public async Task Firewalld_LetsInWhatItsZoneAllows(string what, string where, string? finding) => Assert.Equal(finding, await AskAsync(Nft(Firewalld), what, where));

    [Theory]
    [InlineData("connect", "203.0.113.9:443", null)]
    [InlineData("connect", "203.0.113.9:8080", null)]
    [InlineData("listen", "443", null)]
    [InlineData("listen", "8080", "ip nat DOCKER rule 2: DNAT")]
    public async Task Docker_OwnsThePortsThatItPublishes(string what, string where, string? finding) =>
        Assert.Equal(finding, await AskAsync(Nft(DockerNft) with { IptablesSave = DockerSave }, what, where));

    [Fact]
    public async Task ForeignMatches_WithoutTheToolThatSaysThem_AreRefusedByName() =>
        Assert.Equal("ip nat PREROUTING handle 5: 'xt' is not understood", await AskAsync(Nft(DockerNft), "listen", "443"));

    [Theory]
    [InlineData("""{ "match": { "op": "==", "left": { "payload": { "protocol": "tcp", "field": "dport" } }, "right": "@unknown" } }, { "drop": null }""", "inet t c handle 1: 'tcp dport' before 'drop' is not understood")]
    [InlineData("""{ "match": { "op": "==", "left": { "osf": { "key": "name" } }, "right": "Linux" } }, { "drop": null }""", "inet t c handle 1: 'osf' before 'drop' is not understood")]
    [InlineData("""{ "match": { "op": "==", "left": { "meta": { "key": "mark" } }, "right": 7 } }, { "drop": null }""", "inet t c handle 1: may drop")]
    [InlineData("""{ "limit": { "rate": 10 } }, { "accept": null }""", null)]
    [InlineData("""{ "flow": { "op": "add" } }""", "inet t c handle 1: 'flow' is not understood")]
    [InlineData("""{ "jump": { "target": "nowhere" } }""", "inet t c handle 1: the chain 'nowhere' is not understood")]
    [InlineData("""{ "jump": { "target": "c" } }""", "inet t c handle 1: a rule set of this size or depth is not understood")]
    [InlineData("""{ "vmap": { "key": { "payload": { "protocol": "tcp", "field": "dport" } }, "data": { "set": [ [ 443, { "accept": null } ], [ 80, { "drop": null } ] ] } } }""", null)]
    [InlineData("""{ "vmap": { "key": { "ct": { "key": "state" } }, "data": { "set": [ [ "established", { "accept": null } ], [ "new", { "drop": null } ] ] } } }""", "inet t c handle 1: drop")]
    [InlineData("""{ "match": { "op": "!=", "left": { "payload": { "protocol": "ip", "field": "saddr" } }, "right": "192.0.2.1" } }, { "queue": { "num": 1 } }""", "inet t c handle 1: may queue")]
    [InlineData("""{ "reject": { "type": "icmpv6", "expr": "port-unreachable" } }""", null)]
    [InlineData("""{ "reject": { "type": "icmp", "expr": "port-unreachable" } }""", "inet t c handle 1: reject")]
    [InlineData("""{ "counter": null }""", null)]
    [InlineData("""7""", "inet t c handle 1: an empty expression is not understood")]
    public async Task EachExpression_IsUnderstoodOrNamed(string expressions, string? finding)
    {
        var rule = $$$"""
            { "chain": { "family": "inet", "table": "t", "name": "c", "type": "filter", "hook": "input", "prio": 0, "policy": "accept" } },
            { "rule": { "family": "inet", "table": "t", "chain": "c", "handle": 1, "expr": [ {{{expressions}}} ] } }
            """;
        Assert.Equal(finding, await AskAsync(Nft(rule), "listen", "443"));
    }

    [Theory]
    [InlineData("-A INPUT -p tcp -m tcp --dport 443 -j DROP", "ip filter INPUT rule 1: DROP")]
    [InlineData("-A INPUT -p udp -m udp --dport 443 -j DROP", null)]
    [InlineData("-A INPUT ! -i eth2 -j DROP", null)]
    [InlineData("-A INPUT -i eth+ -j DROP", "ip filter INPUT rule 1: DROP")]
    [InlineData("-A INPUT -p tcp -m multiport --dports 80,440:450 -j REJECT --reject-with tcp-reset", "ip filter INPUT rule 1: REJECT")]
    [InlineData("-A INPUT -s 203.0.113.0/24 -j LOG --log-prefix \"a b\"", "ip filter INPUT rule 1: may LOG")]
    [InlineData("-A INPUT -m conntrack --ctstate NEW -m comment --comment \"no -j here\" -j DROP", "ip filter INPUT rule 1: DROP")]
    [InlineData("-A INPUT -m strange --thing 4 -j DROP", "ip filter INPUT rule 1: '-m strange' before 'DROP' is not understood")]
    [InlineData("-A INPUT -m strange --thing 4 -j ACCEPT", null)]
    [InlineData("-A INPUT -j", "ip filter INPUT rule 1: -j without a target is not understood")]
    [InlineData("[1:2] -A INPUT -p tcp --dport 443 -j DROP", "ip filter INPUT rule 1: DROP")]
    public async Task LegacyIptables_AreReadWhereTheKernelHasThem(string rule, string? finding)
    {
        var machine = Nft("") with { IptablesSave = $"*filter\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n{rule}\nCOMMIT\n", LegacyTables = "filter\n" };
        Assert.Equal(finding, await AskAsync(machine, "listen", "443"));
    }

    [Fact]
    public async Task ChosenPorts_ComeFromTheHostsRange()
    {
        const string DropsTelnet = """
            { "chain": { "family": "inet", "table": "t", "name": "c", "type": "filter", "hook": "input", "prio": 0, "policy": "accept" } },
            { "rule": { "family": "inet", "table": "t", "chain": "c", "handle": 1, "expr": [ { "match": { "op": "==", "left": { "payload": { "protocol": "tcp", "field": "dport" } }, "right": PORT } }, { "drop": null } ] } }
            """;
        Assert.Null(await AskAsync(Nft(DropsTelnet.Replace("PORT", "23", StringComparison.Ordinal)), "connect", "203.0.113.9:443"));
        Assert.Equal("inet t c handle 1: may drop", await AskAsync(Nft(DropsTelnet.Replace("PORT", "40000", StringComparison.Ordinal)), "connect", "203.0.113.9:443"));
    }

    [Theory]
    [InlineData("[{\"kind\":\"mq\",\"dev\":\"eth2\",\"root\":true},{\"kind\":\"fq_codel\",\"dev\":\"eth2\"}]", null)]
    [InlineData("[{\"kind\":\"htb\",\"dev\":\"eth2\",\"root\":true}]", "qdisc htb on eth2")]
    [InlineData("[{\"kind\":\"htb\",\"dev\":\"eth7\",\"root\":true}]", null)]
    [InlineData("[{\"kind\":\"clsact\",\"dev\":\"eth2\"}]", "qdisc clsact on eth2")]
    [InlineData("{", "the host's rules: the answer of tc cannot be read")]
    public async Task Queueing_IsNamed_WhereSomebodySetItUp(string tc, string? finding)
    {
        var answer = await AskAsync(Nft("") with { Tc = tc }, "connect", "203.0.113.9:443");
        Assert.Equal(finding, finding?.Contains("cannot be read", StringComparison.Ordinal) == true ? answer?[..finding.Length] : answer);
    }

    [Fact]
    public async Task IPsecPolicies_AreNamed() =>
        Assert.Equal("IPsec policy 'src 192.0.2.0/24 dst 203.0.113.0/24'", await AskAsync(Nft("") with { Xfrm = "src 192.0.2.0/24 dst 203.0.113.0/24\n\tdir out priority 1\n" }, "connect", "203.0.113.9:443"));

    [Fact]
    public async Task AKernelWithoutNftables_HasNoRules_ThoughTheToolFails() =>
        Assert.Null(await AskAsync(Nft("") with { NftExit = 1, NftablesError = "EPROTONOSUPPORT" }, "connect", "203.0.113.9:443"));

    [Fact]
    public async Task WhatCannotBeListed_IsRefusedByName()
    {
        Assert.Contains("CAP_NET_ADMIN", await AskAsync(Nft("") with { NftExit = 1 }, "connect", "203.0.113.9:443"), StringComparison.Ordinal);
        Assert.StartsWith("the host's rules: the answer of nft cannot be read", await AskAsync(Nft("{"), "connect", "203.0.113.9:443"), StringComparison.Ordinal);
        Assert.Contains("iptables has tables (filter)", await AskAsync(Nft("") with { LegacyTables = "filter\n" }, "connect", "203.0.113.9:443"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnlyWhatIsBypassed_IsLookedAt()
    {
        var machine = Nft(Own) with { Tc = "[{\"kind\":\"htb\",\"dev\":\"eth2\",\"root\":true}]" };
        Assert.Null(await AskAsync(machine, "listen", "81", HostBypass.NetfilterOut | HostBypass.Xfrm | HostBypass.CgroupBpf | HostBypass.Conntrack));
        Assert.Equal("qdisc htb on eth2", await AskAsync(machine, "listen", "81", HostBypass.Qdisc));
        Assert.Null(await AskAsync(machine, "listen", "81", HostBypass.None));
    }

    [Fact]
    public void WhateverAToolSays_ItsReaderReturns()
    {
        string[] pieces = [Own, DockerNft, DockerSave, "{ \"nftables\": [", "] }", "{ \"rule\": {", "\"expr\": [", "}", "]", "{", "[", ",", "\"match\"", ":", "null", "-A INPUT ", "-j ", "*filter\n", ":INPUT DROP [0:0]\n", "! ", "\n", "\"", "1e999", "\"range\": [1, 2, 3]", "\0", "é"];
        Gen.OneOf(Gen.Int[0, pieces.Length - 1].Select(index => pieces[index]), Gen.String[0, 6]).Array[0, 10].Select(static parts => string.Concat(parts)).Sample(
            static text =>
            {
                var rules = new FilterRuleSet();
                var bytes = System.Text.Encoding.UTF8.GetBytes(text);
                NftParser.Read(bytes, rules);
                NftParser.Read(System.Text.Encoding.UTF8.GetBytes($"{{ \"nftables\": [ {text} ] }}"), rules);
                IptablesParser.Read(text, "ip", rules);
                QdiscParser.Read(bytes, []);
                foreach (var hook in Enum.GetValues<RuleHook>())
                    new RuleEvaluator(rules).Find(hook, new RulePacket(true, null, null) { IsInbound = true });
            },
            iter: Fuzzing.Inputs(20_000));
    }

    private static Machine Nft(string items) => new($$"""{ "nftables": [ { "metainfo": { "json_schema_version": 1 } }{{(items.Length == 0 ? "" : ", " + items)}} ] }""");

    private static async Task<string?> AskAsync(Machine machine, string what, string where, HostBypass bypass = All)
    {
        using var folder = machine.Write();
        using var host = folder.Open();
        var rules = await HostRulesReader.ReadAsync(host, TestContext.Current.CancellationToken);
        var local = new IPEndPoint(IPAddress.Parse("198.51.100.10"), 0);
        if (what == "connect")
            return rules.Find(bypass, new HostFlow(IsListen: false, local, IPEndPoint.Parse(where), "eth2"));
        local.Port = int.Parse(where, System.Globalization.CultureInfo.InvariantCulture);
        var peer = what.Split(' ') is [.., "from", var address] ? new IPEndPoint(IPAddress.Parse(address), 0) : null;
        return rules.Find(bypass, new HostFlow(IsListen: true, local, peer, "eth2"));
    }

    /// <summary>What a machine's tools and files say.</summary>
    private sealed record Machine(string NftJson)
    {
        public int NftExit { get; init; }

        /// <summary>What the kernel answers who asks for its tables.</summary>
        public string? NftablesError { get; init; }

        public string? IptablesSave { get; init; }

        public string? LegacyTables { get; init; }

        public string Tc { get; init; } = "[]";

        public string? Xfrm { get; init; }

        public ImageFolder Write()
        {
            var folder = new ImageFolder();
            folder.Write("files/proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n").Write("tools/nft", NftJson).Write("tools/tc", Tc).Write("tools/iptables", IptablesSave ?? "").Write("tools/xfrm", Xfrm ?? "");
            if (LegacyTables is not null)
                folder.Write("files/proc/net/ip_tables_names", LegacyTables);
            if (Xfrm is not null)
                folder.Write("files/proc/net/xfrm_stat", "");
            var iptables = IptablesSave is null ? "" : """, { "command": [ "iptables-save" ], "exit": 0, "output": "iptables" }""";
            var tables = NftablesError is null ? "" : $$"""{ "family": "netfilter", "command": 2561, "dump": true, "request": "00000000", "error": "{{NftablesError}}" }""";
            return folder.Write("calls.json", $$"""
                { "netlink": [ {{tables}} ], "tools": [ { "command": [ "nft", "-j", "list", "ruleset" ], "exit": {{NftExit}}, "output": "nft" }, { "command": [ "tc", "-j", "qdisc", "show" ], "exit": 0, "output": "tc" },
                  { "command": [ "ip", "xfrm", "policy" ], "exit": 0, "output": "xfrm" }{{iptables}} ] }
                """);
        }
    }
}
