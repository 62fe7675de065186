using System.Net;
using Toe.Policy;
using Toe.Testing;

namespace Toe.Core.Tests.Policy;

public sealed class PolicyEngineTests
{
    private static readonly IPEndPoint Peer = IPEndPoint.Parse("10.1.2.3:80");

    [Fact]
    public void Without_any_rule_the_default_holds()
    {
        using var bench = new PolicyBench();
        var decision = bench.Connect("10.1.2.3:80");
        Assert.Equal((ToeMode.Prefer, "default"), (decision.Mode, decision.ModeSource));
        Assert.True(decision.Reason.IsNone);
        Assert.True(decision.Allows(PolicyBench.Adapter("emulated:fabric")));
    }

    [Fact]
    public void The_first_match_wins_and_is_counted()
    {
        using var bench = new PolicyBench(
            PolicyBench.Rule("inner", ToeMode.Require, "10.1.0.0/16"),
            PolicyBench.Rule("outer", ToeMode.Forbid, "10.0.0.0/8"));
        Assert.Equal("policy rule 'inner'", bench.Connect("10.1.2.3:80").ModeSource);
        Assert.Equal("policy rule 'inner'", bench.Connect("[::ffff:10.1.2.3]:80").ModeSource);
        Assert.Equal("policy rule 'outer'", bench.Connect("10.2.2.3:80").ModeSource);
        Assert.Equal("default", bench.Connect("192.0.2.1:80").ModeSource);
        Assert.Equal("inner", bench.Engine.Decide(PolicyDirection.Connect, null, Peer, null, counted: false).RuleName);
        Assert.Equal([("inner", 2L), ("outer", 1L)], bench.Engine.Rules.Select(rule => (rule.Name, rule.Hits)));
    }

    [Fact]
    public void PolicyForbidden_by_rule_by_request_and_by_default()
    {
        using var bench = new PolicyBench(PolicyBench.Rule("no", ToeMode.Forbid, "10.0.0.0/8"));
        Assert.Equal(ToeReasons.PolicyForbidden.With("policy rule 'no'"), bench.Connect("10.1.2.3:80").Reason);
        Assert.Equal(ToeReasons.PolicyForbidden.With("request"), bench.Connect("192.0.2.1:80", ToeMode.Forbid).Reason);
        bench.Options.Set(new ToeOptions { Mode = ToeMode.Forbid });
        Assert.Equal(ToeReasons.PolicyForbidden.With("default"), bench.Connect("10.1.2.3:80").Reason);
    }

    [Fact]
    public void PolicyAdapterNotAllowed_by_ids_providers_and_patterns()
    {
        using var bench = new PolicyBench(PolicyBench.Rule("some", null, null, "chelsio", "emulated:tap*", "qlogic:0000:3b:00.0"));
        var decision = bench.Connect("10.1.2.3:80");
        Assert.True(decision.Allows(PolicyBench.Adapter("chelsio:0000:04:00.4")));
        Assert.True(decision.Allows(PolicyBench.Adapter("emulated:tap0")));
        Assert.True(decision.Allows(PolicyBench.Adapter("qlogic:0000:3b:00.0")));
        Assert.False(decision.Allows(PolicyBench.Adapter("qlogic:0000:3b:00.1")));
        Assert.False(decision.Allows(PolicyBench.Adapter("chelsiox:0")));
        Assert.Equal(
            ToeReasons.PolicyAdapterNotAllowed.With("policy rule 'some' allows chelsio, emulated:tap*, qlogic:0000:3b:00.0"),
            decision.Check(PolicyBench.Adapter("emulated:fabric")));
    }

    [Fact]
    public void A_requests_mode_does_not_lift_a_rules_adapters()
    {
        using var bench = new PolicyBench(PolicyBench.Rule("some", ToeMode.Prefer, null, "chelsio"));
        var decision = bench.Connect("10.1.2.3:80", ToeMode.Require);
        Assert.Equal((ToeMode.Require, "request"), (decision.Mode, decision.ModeSource));
        Assert.False(decision.Allows(PolicyBench.Adapter("emulated:fabric")));
    }

    [Fact]
    public void What_is_not_known_matches_no_constraint()
    {
        using var bench = new PolicyBench(
            PolicyBench.Rule("remote", ToeMode.Forbid, "0.0.0.0/0"),
            new PolicyRuleOptions { Name = "listeners", Direction = PolicyDirection.Listen, LocalPorts = "80", Mode = ToeMode.Require },
            new PolicyRuleOptions { Name = "bound", Local = "10.0.0.0/8", Mode = ToeMode.Forbid });
        Assert.Equal("listeners", Listen("0.0.0.0:80").RuleName);
        Assert.Equal("bound", Listen("10.0.0.1:81").RuleName);
        Assert.Null(Listen("0.0.0.0:81").RuleName);
        Assert.Equal("remote", bench.Engine.Decide(PolicyDirection.Listen, IPEndPoint.Parse("10.0.0.1:80"), Peer, null).RuleName);
        Assert.Null(bench.Connect("[2001:db8::1]:80").RuleName);

        PolicyDecision Listen(string local) => bench.Engine.Decide(PolicyDirection.Listen, IPEndPoint.Parse(local), null, null);
    }

    [Fact]
    public void Ports_of_both_ends_are_told_apart()
    {
        using var bench = new PolicyBench(
            new PolicyRuleOptions { Name = "to", RemotePorts = "8000-8999", Mode = ToeMode.Forbid },
            new PolicyRuleOptions { Name = "from", LocalPorts = "8000-8999", Mode = ToeMode.Require });
        Assert.Equal("to", Decide(1, 8000));
        Assert.Equal("to", Decide(1, 8999));
        Assert.Equal("from", Decide(8999, 7999));
        Assert.Null(Decide(7999, 9000));
        Assert.Null(Decide(0, 9000));

        string? Decide(int local, int remote) =>
            bench.Engine.Decide(PolicyDirection.Connect, new(IPAddress.Loopback, local), new(IPAddress.Loopback, remote), null).RuleName;
    }

    [Fact]
    public void A_rule_that_never_decides_is_named()
    {
        using var bench = new PolicyBench(
            new PolicyRuleOptions { Name = "wide", Remote = "10.0.0.0/8", RemotePorts = "1-500" },
            new PolicyRuleOptions { Name = "dead", Remote = "10.1.0.0/16", RemotePorts = "80,443", Direction = PolicyDirection.Listen },
            new PolicyRuleOptions { Name = "alive", Remote = "10.1.0.0/16", RemotePorts = "80,501" });
        Assert.Equal([null, "wide", null], bench.Engine.Rules.Select(rule => rule.ShadowedBy), StringComparer.Ordinal);
        Assert.Single(bench.Log.Lines, line => line.Id.Id == 1100 && line.Text.Contains("'dead'", StringComparison.Ordinal));
    }

    [Fact]
    public void Unknown_adapters_are_named_with_their_key()
    {
        using var bench = new PolicyBench(PolicyBench.Rule("a"), PolicyBench.Rule("b", null, null, "chelsio", "emulated:*"));
        Assert.Equal(
            ["Toe:Policy:Rules:1:Adapters:0: no adapter matches 'chelsio'"],
            bench.Engine.UnknownAdapters([PolicyBench.Adapter("emulated:fabric")]),
            StringComparer.Ordinal);
    }

    [Fact]
    public void A_reload_replaces_the_rules_and_keeps_the_counters_of_those_that_stayed()
    {
        using var bench = new PolicyBench(
            PolicyBench.Rule("a", ToeMode.Forbid, "10.0.0.0/8"), PolicyBench.Rule("b", ToeMode.Forbid, "11.0.0.0/8"));
        var changes = 0;
        bench.Engine.Changed += () => changes++;
        bench.Connect("10.0.0.1:1");
        bench.Connect("11.0.0.1:1");
        bench.Options.Set(PolicyBench.With(
            PolicyBench.Rule("b", ToeMode.Require, "11.0.0.0/8"), PolicyBench.Rule("a", ToeMode.Forbid, "10.0.0.0/8")));
        Assert.Equal(1, changes);
        Assert.Equal(ToeMode.Require, bench.Connect("11.0.0.1:1").Mode);
        Assert.Equal([("b", 1L), ("a", 1L)], bench.Engine.Rules.Select(rule => (rule.Name, rule.Hits)));
    }

    [Fact]
    public void Deciding_allocates_nothing()
    {
        using var bench = new PolicyBench(
            PolicyBench.Rule("v6", ToeMode.Forbid, "2001:db8::/32"),
            PolicyBench.Rule("v4", ToeMode.Prefer, "10.0.0.0/8", "emulated:*", "chelsio"));
        bench.Operator.SayJson("""{ "policy": { "rules": [ { "name": "o", "remote": "10.0.0.0/8", "adapters": ["chelsio*"] } ] } }""");
        var mapped = IPEndPoint.Parse("[::ffff:10.1.2.3]:80");
        var adapter = PolicyBench.Adapter("emulated:fabric");
        var sum = Round();
        Assert.Equal(0, Allocations.LeastOf(() => sum = Round()));
        Assert.Equal(2_000, sum);

        int Round()
        {
            var count = 0;
            for (var i = 0; i < 1_000; i++)
            {
                count += bench.Engine.Decide(PolicyDirection.Connect, Peer, mapped, null).Check(adapter).IsNone ? 0 : 1;
                count += bench.Engine.Decide(PolicyDirection.Connect, null, Peer, ToeMode.Require).Mode == ToeMode.Require ? 1 : 0;
            }

            return count;
        }
    }
}
