using System.Net;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Hosting;

/// <summary>Explain answers by the same gates, reserves nothing and opens nothing.</summary>
public sealed class ExplainTests
{
    [Fact, Trait("Requirement", "TOE-PLAC-002")]
    public async Task Connect_NamesEveryAdapterAndEveryGate()
    {
        var unreachable = new ScriptedAdapter("first") { Reach = static (_, _) => ToeReasons.RouteNotThroughAdapter };
        var taken = new ScriptedAdapter("second");
        var spare = new ScriptedAdapter("third");
        await using var bench = StackBench.Create(unreachable, taken, spare);
        await bench.Stack.StartAsync(TestContext.Current.CancellationToken);
        var refreshed = taken.Refreshing.Count;

        var trace = bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere));

        Assert.Equal(("scripted:second", false), (trace.AdapterId, trace.Failed));
        Assert.True(trace.Reason.Is(ToeReasons.RouteNotThroughAdapter));
        Assert.Equal([CandidateOutcome.Refused, CandidateOutcome.Eligible, CandidateOutcome.Eligible], trace.Candidates.Select(candidate => candidate.Outcome));
        Assert.Equal(["Route", "Capability", "HostRules", "Firmware", "Health", "Budget", "Worth"], trace.Candidates[1].Gates.Select(gate => gate.Gate));
        Assert.Equal((0, 0, refreshed), (taken.Opens, taken.Syns, taken.Refreshing.Count));
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        Assert.Equal((trace.AdapterId, trace.Reason), (connection.Trace.AdapterId, connection.Trace.Reason));
    }

    [Theory, Trait("Requirement", "TOE-PLAC-003")]
    [InlineData(null, "HostStack", "Resource.Connections")]
    [InlineData(ToeMode.Require, "None", "Resource.Connections")]
    [InlineData(ToeMode.Forbid, "HostStack", "Policy.Forbidden")]
    public async Task Connect_AnswersAsTheOpenWould(ToeMode? mode, string placement, string reason)
    {
        var full = new ScriptedAdapter("full");
        full.Change(status => status with { Budgets = [new ToeBudget("connections", 10, 10, ToeReasons.ResourceConnections) { ConnectionCost = 1 }] });
        await using var bench = StackBench.Create(full);
        await bench.Stack.StartAsync(TestContext.Current.CancellationToken);
        using var server = StackBench.HostServer();
        var remote = (IPEndPoint)server.LocalEndpoint;

        var trace = bench.Stack.Explain(new ToeConnectRequest(remote) { Mode = mode });

        Assert.Equal((placement, reason), (trace.Placement, trace.Reason.Name));
        if (mode == ToeMode.Require)
        {
            var thrown = await Assert.ThrowsAsync<ToeOffloadRequiredException>(() => bench.ConnectAsync(remote, mode));
            Assert.Equal(trace, thrown.Trace);
            return;
        }

        await using var connection = await bench.ConnectAsync(remote, mode);
        Assert.Equal(trace, connection.Trace);
    }

    [Fact, Trait("Requirement", "TOE-PLAC-003")]
    public async Task Explaining_TakesNoLease()
    {
        var small = new ScriptedAdapter("small");
        small.Change(status => status with { Budgets = [new ToeBudget("connections", 0, 1, ToeReasons.ResourceConnections) { ConnectionCost = 1 }] });
        await using var bench = StackBench.Configured(new() { ["Toe:BudgetReserve"] = "0" }, small);
        await bench.Stack.StartAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 5; i++)
            Assert.Equal("scripted:small", bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere)).AdapterId);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        Assert.Equal("scripted:small", connection.Placement.AdapterId);
    }

    [Fact, Trait("Requirement", "TOE-PLAC-003")]
    public async Task Listen_AnswersAsTheListenerWould_AndBindsNothing()
    {
        var deaf = new ScriptedAdapter("deaf") { Serve = static _ => ToeReasons.RouteLocalAddress };
        var good = new ScriptedAdapter("good");
        await using var bench = StackBench.Create(deaf, good);
        await bench.Stack.StartAsync(TestContext.Current.CancellationToken);
        using var server = StackBench.HostServer(); // Its port is taken: binding it would fail.

        var trace = bench.Stack.Explain(new ToeListenRequest((IPEndPoint)server.LocalEndpoint));

        Assert.Equal("scripted:good", trace.AdapterId);
        Assert.Equal([CandidateOutcome.Refused, CandidateOutcome.Eligible], trace.Candidates.Select(candidate => candidate.Outcome));
        Assert.Empty(good.Listeners);
        Assert.Equal("HostStack", bench.Stack.Explain(new ToeListenRequest((IPEndPoint)server.LocalEndpoint) { Mode = ToeMode.Forbid }).Placement);
    }

    [Fact]
    public async Task Names_AreNotResolved()
    {
        await using var bench = StackBench.Create();

        Assert.Throws<ArgumentException>(() => bench.Stack.Explain(new ToeConnectRequest(new DnsEndPoint("localhost", 80))));
        Assert.Throws<ArgumentNullException>(() => bench.Stack.Explain((ToeConnectRequest)null!));
        Assert.Throws<ArgumentNullException>(() => bench.Stack.Explain((ToeListenRequest)null!));
    }

    [Fact]
    public async Task EnvironmentNoAdapter_where_no_provider_found_one()
    {
        await using var bench = StackBench.Create();
        await bench.Stack.StartAsync(TestContext.Current.CancellationToken);

        var trace = bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere));

        Assert.Equal("HostStack", trace.Placement);
        Assert.True(trace.Reason.Is(ToeReasons.EnvironmentNoAdapter));
    }
}
