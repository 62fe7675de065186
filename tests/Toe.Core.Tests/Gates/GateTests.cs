using System.Net;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Gates;

/// <summary>Every gate's answers, as a dry run shows them.</summary>
public sealed class GateTests
{
    private static readonly IPEndPoint Six = new(IPAddress.Parse("2001:db8::1"), 7);

    [Fact, Trait("Requirement", "TOE-PLAC-001")]
    public async Task EveryGateIsAsked_InOrder_AndTheUnbuiltSayNotApplicable()
    {
        var adapter = new ScriptedAdapter("one");
        await using var bench = await ReadyAsync(adapter);

        var trace = bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere));

        Assert.Equal(["Route", "Capability", "HostRules", "Firmware", "Health", "Budget", "Worth"], trace.Candidates.Single().Gates.Select(gate => gate.Gate));
        Assert.Equal(["HostRules", "Worth"], trace.Candidates.Single().Gates.Where(gate => gate.Outcome == GateOutcome.NotApplicable).Select(gate => gate.Gate));
        Assert.Equal(CandidateOutcome.Eligible, trace.Candidates.Single().Outcome);
        Assert.Equal("scripted:one", trace.AdapterId);
    }

    [Fact, Trait("Requirement", "TOE-PLAC-003")]
    public async Task Explain_ReservesAndOpensNothing()
    {
        var adapter = new ScriptedAdapter("one");
        adapter.Change(status => status with { Budgets = [Table("connections", 0, 10, ToeReasons.ResourceConnections)] });
        await using var bench = await ReadyAsync(adapter);

        for (var i = 0; i < 100; i++)
            Assert.Equal("scripted:one", bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere)).AdapterId);
        for (var i = 0; i < 100; i++)
            Assert.Equal("scripted:one", bench.Stack.Explain(new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 80))).AdapterId);

        Assert.Equal((0, 0), (adapter.Opens, adapter.Listeners.Count));
        Assert.Empty(bench.Stack.Connections);
    }

    [Theory, Trait("Requirement", "TOE-PLAC-002")]
    [InlineData("Route.NotThroughAdapter")]
    [InlineData("Route.None")]
    [InlineData("Route.LocalAddress")]
    [InlineData("Route.Loopback")]
    [InlineData("Health.LinkDown")]
    public async Task RouteGate_GivesTheAdaptersOwnAnswer(string name)
    {
        var reason = ToeReasons.All.Single(descriptor => descriptor.Name == name);
        var adapter = new ScriptedAdapter("one") { Reach = (_, _) => new ToeReason(reason.Code) };
        await using var bench = await ReadyAsync(adapter);

        var trace = bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere));

        Assert.Equal(name, trace.Reason.Name);
        Assert.Equal(("Route", GateOutcome.Refuse), trace.Candidates.Single().Gates.Select(gate => (gate.Gate, gate.Outcome)).Single());
    }

    [Fact]
    public async Task RouteGate_OfAListener_AsksWhetherTheAddressIsServed()
    {
        var adapter = new ScriptedAdapter("one") { Serve = static _ => ToeReasons.RouteLocalAddress };
        await using var bench = await ReadyAsync(adapter);

        Assert.True(bench.Stack.Explain(new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 80))).Reason.Is(ToeReasons.RouteLocalAddress));
    }

    [Fact]
    public async Task CapabilityAddressFamily_names_the_family()
    {
        var adapter = WithFeatures(AdapterFeatures.ActiveOpen | AdapterFeatures.IPv4);
        await using var bench = await ReadyAsync(adapter);

        var reason = bench.Stack.Explain(new ToeConnectRequest(Six)).Reason;

        Assert.True(reason.Is(ToeReasons.CapabilityAddressFamily));
        Assert.Equal("IPv6", reason.Text);
    }

    [Fact]
    public async Task CapabilityActiveOpen_when_the_adapter_only_listens()
    {
        var adapter = WithFeatures(AdapterFeatures.PassiveOpen | AdapterFeatures.IPv4);
        await using var bench = await ReadyAsync(adapter);

        Assert.True(bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere)).Reason.Is(ToeReasons.CapabilityActiveOpen));
    }

    [Theory, Trait("Requirement", "TOE-PLAC-004")]
    [InlineData("connections", "Resource.Connections")]
    [InlineData("l2t", "Resource.Neighbours")]
    [InlineData("memory", "Resource.Memory")]
    [InlineData("clip", "Resource.Other")]
    public async Task EachFullTable_HasItsOwnReason(string table, string name)
    {
        var exhausted = new ToeReason(ToeReasons.All.Single(descriptor => descriptor.Name == name).Code);
        var adapter = new ScriptedAdapter("full");
        adapter.Change(status => status with { Budgets = [Table("other", 0, 100, ToeReasons.ResourceOther), Table(table, 9, 10, exhausted)] });
        await using var bench = await ReadyAsync(adapter);

        var reason = bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere)).Reason;

        Assert.Equal(name, reason.Name);
        Assert.Contains(table, reason.Text, StringComparison.Ordinal);
    }

    [Fact, Trait("Requirement", "TOE-PLAC-004")]
    public async Task ResourceConnections_before_the_table_is_full()
    {
        var adapter = new ScriptedAdapter("small");
        adapter.Change(status => status with { Budgets = [Table("connections", 0, 10, ToeReasons.ResourceConnections)] });
        await using var bench = await ReadyAsync(adapter);
        using var server = StackBench.HostServer();

        var connections = new List<ToeConnection>();
        for (var i = 0; i < 12; i++)
            connections.Add(await bench.ConnectAsync(server.LocalEndpoint));

        Assert.Equal(9, connections.Count(connection => connection.Placement.AdapterId is not null)); // One stays free.
        Assert.Equal(9, adapter.Opens); // The card was never asked for what it does not have.
        Assert.All(connections.Skip(9), connection => Assert.True(connection.Placement.Reason.Is(ToeReasons.ResourceConnections)));
        foreach (var connection in connections)
            await connection.DisposeAsync();
    }

    [Fact]
    public async Task IPv6_TakesWhatItCosts()
    {
        var adapter = new ScriptedAdapter("small");
        adapter.Change(status => status with { Budgets = [Table("tids", 7, 10, ToeReasons.ResourceConnections) with { ConnectionCostIPv6 = 2 }] });
        await using var bench = await ReadyAsync(adapter);

        await using var six = await bench.ConnectAsync(Six);

        Assert.Equal("scripted:small", six.Placement.AdapterId);
        Assert.True(bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere)).Reason.Is(ToeReasons.ResourceConnections));
    }

    [Fact, Trait("Requirement", "TOE-CIRC-003")]
    public async Task LeaseOfARefusedOpen_IsGivenBack()
    {
        var adapter = new ScriptedAdapter("one") { OpenScript = call => call.Answers(() => OpenResult.Refused(ToeReasons.ResourceMemory)) };
        adapter.Change(status => status with { Budgets = [Table("connections", 0, 3, ToeReasons.ResourceConnections)] });
        await using var bench = await ReadyAsync(adapter);
        using var server = StackBench.HostServer();

        for (var i = 0; i < 20; i++)
            await using (await bench.ConnectAsync(server.LocalEndpoint)) { }

        Assert.Equal(20, adapter.Opens);
    }

    [Fact]
    public async Task DegradedAdapter_IsUsed_AndTheTraceSaysSo()
    {
        var adapter = new ScriptedAdapter("hot");
        await using var bench = await ReadyAsync(adapter);

        adapter.Announce(AdapterHealth.Degraded, ToeReasons.HealthRecovering.With("one port is down"));
        await adapter.Thread.DrainAsync();

        var candidate = bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere)).Candidates.Single();
        Assert.Equal(CandidateOutcome.Eligible, candidate.Outcome);
        Assert.Equal("one port is down", candidate.Gates.Single(gate => gate.Gate == "Health").Reason.Text);
    }

    [Fact, Trait("Requirement", "TOE-PLAC-001")]
    public async Task HealthFailed_is_refused_from_cached_status()
    {
        var adapter = new ScriptedAdapter("failed");
        await using var bench = await ReadyAsync(adapter);
        var readings = adapter.Refreshing.Count;

        adapter.Announce(AdapterHealth.Failed);
        await adapter.Thread.DrainAsync();

        Assert.True(bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere)).Reason.Is(ToeReasons.HealthFailed));
        Assert.Equal(readings, adapter.Refreshing.Count); // No gate reads the card.
    }

    private static ToeBudget Table(string name, long used, long limit, ToeReason exhausted) => new(name, used, limit, exhausted) { ConnectionCost = 1, ConnectionCostIPv6 = 1 };

    private static ScriptedAdapter WithFeatures(AdapterFeatures features)
    {
        var adapter = new ScriptedAdapter("one");
        adapter.Change(status => status with { Capabilities = status.Capabilities with { Features = Facts.Queried(features) } });
        return adapter;
    }

    private static async Task<StackBench> ReadyAsync(ScriptedAdapter adapter)
    {
        var bench = StackBench.Create(adapter);
        await bench.RunAsync(bench.Stack.StartAsync(TestContext.Current.CancellationToken).AsTask());
        return bench;
    }
}
