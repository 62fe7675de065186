namespace Toe.Core.Tests.Policy;

/// <summary>Operator × request × policy: who decides, and with which reason.</summary>
public sealed class OperatorMatrixTests
{
    private const string Rule = "policy rule 'p'";
    private const string Above = "operator /etc/toe/toe.json rule 'o'";

    public static TheoryData<string?, ToeMode?, ToeMode?, ToeMode, string, string> Matrix => new()
    {
        // operator, request, policy → mode, source, reason
        { null, null, null, ToeMode.Prefer, "default", "None" },
        { null, null, ToeMode.Prefer, ToeMode.Prefer, Rule, "None" },
        { null, null, ToeMode.Require, ToeMode.Require, Rule, "None" },
        { null, null, ToeMode.Forbid, ToeMode.Forbid, Rule, "Policy.Forbidden" },
        { null, ToeMode.Prefer, ToeMode.Forbid, ToeMode.Prefer, "request", "None" },
        { null, ToeMode.Require, ToeMode.Forbid, ToeMode.Require, "request", "None" },
        { null, ToeMode.Forbid, ToeMode.Require, ToeMode.Forbid, "request", "Policy.Forbidden" },
        { "prefer", null, null, ToeMode.Prefer, "default", "None" },
        { "prefer", null, ToeMode.Forbid, ToeMode.Forbid, Rule, "Policy.Forbidden" },
        { "prefer", null, ToeMode.Require, ToeMode.Require, Rule, "None" },
        { "prefer", ToeMode.Require, null, ToeMode.Require, "request", "None" },
        { "forbid", null, null, ToeMode.Forbid, Above, "Operator.Forbidden" },
        { "forbid", ToeMode.Prefer, null, ToeMode.Forbid, Above, "Operator.Forbidden" },
        { "forbid", null, ToeMode.Prefer, ToeMode.Forbid, Above, "Operator.Forbidden" },
        { "forbid", ToeMode.Forbid, ToeMode.Require, ToeMode.Forbid, Above, "Operator.Forbidden" },
        { "forbid", ToeMode.Prefer, ToeMode.Require, ToeMode.Forbid, Above, "Operator.Forbidden" },
        { "forbid", ToeMode.Require, null, ToeMode.Forbid, Above, "Policy.Conflict" },
        { "forbid", ToeMode.Require, ToeMode.Forbid, ToeMode.Forbid, Above, "Policy.Conflict" },
        { "forbid", null, ToeMode.Require, ToeMode.Forbid, Above, "Policy.Conflict" },
    };

    [Theory, Trait("Requirement", "TOE-POLI-001"), Trait("Requirement", "TOE-POLI-002")]
    [MemberData(nameof(Matrix))]
    public void Decides(string? above, ToeMode? requested, ToeMode? policy, ToeMode mode, string source, string reason)
    {
        using var bench = new PolicyBench(policy is null ? [] : [PolicyBench.Rule("p", policy)]);
        if (above is not null)
            bench.Operator.SayJson($$"""{ "policy": { "rules": [ { "name": "o", "remote": "10.0.0.0/8", "mode": "{{above}}" } ] } }""");
        var decision = bench.Connect("10.1.2.3:80", requested);
        Assert.Equal((mode, source, reason), (decision.Mode, decision.ModeSource, decision.Reason.IsNone ? "None" : decision.Reason.Name));
        Assert.Equal(reason == "Policy.Conflict", decision.IsConflict);
    }

    [Fact, Trait("Requirement", "TOE-POLI-003")]
    public void PolicyConflict_names_both_sides()
    {
        using var bench = new PolicyBench();
        bench.Operator.SayJson("""{ "mode": "forbid" }""");
        Assert.Equal(
            "request says Require, operator /etc/toe/toe.json says Forbid (Operator.Forbidden)",
            bench.Connect("10.1.2.3:80", ToeMode.Require).Reason.Text);
    }

    [Fact]
    public void OperatorForbidden_by_the_files_mode_where_no_rule_matches()
    {
        using var bench = new PolicyBench();
        bench.Operator.SayJson("""
            { "mode": "forbid", "policy": { "rules": [ { "name": "lab", "remote": "10.0.0.0/8", "mode": "prefer" } ] } }
            """);
        Assert.Equal(ToeMode.Prefer, bench.Connect("10.1.2.3:80").Mode);
        var decision = bench.Connect("192.0.2.1:80");
        Assert.Equal((ToeMode.Forbid, "operator /etc/toe/toe.json"), (decision.Mode, decision.ModeSource));
        Assert.True(decision.Reason.Is(ToeReasons.OperatorForbidden));
    }

    [Theory, Trait("Requirement", "TOE-POLI-004")]
    [InlineData("chelsio:0", true)]
    [InlineData("chelsio:1", false)]
    [InlineData("emulated:0", false)]
    [InlineData("qlogic:0", false)]
    public void Adapters_are_those_that_both_allow(string adapter, bool allowed)
    {
        using var bench = new PolicyBench(PolicyBench.Rule("p", null, null, "*:0"));
        bench.Operator.SayJson("""{ "policy": { "rules": [ { "name": "o", "adapters": ["chelsio"] } ] } }""");
        Assert.Equal(allowed, bench.Connect("10.1.2.3:80").Allows(PolicyBench.Adapter(adapter)));
    }

    [Fact]
    public void The_engine_passes_on_that_the_operator_spoke()
    {
        using var bench = new PolicyBench();
        var changes = 0;
        bench.Engine.Changed += () => changes++;
        bench.Operator.SayJson("{}");
        Assert.Equal(1, changes);
    }
}
