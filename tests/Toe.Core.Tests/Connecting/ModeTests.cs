using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Toe.Core.Tests.Scripted;
using Toe.Policy;
using Toe.Testing;

namespace Toe.Core.Tests.Connecting;

/// <summary>Rule 6: Require fails instead of falling back; Forbid asks no adapter and keeps the kernel from offloading.</summary>
public sealed class ModeTests
{
    [Fact, Trait("Requirement", "TOE-POLI-007")]
    public async Task Require_FailsWithTheTrace_AndTouchesNoHost()
    {
        var adapter = new ScriptedAdapter("full") { OpenScript = call => call.Answers(() => OpenResult.Refused(ToeReasons.ResourceMemory)) };
        await using var bench = StackBench.Create(adapter);
        using var server = StackBench.HostServer();

        var thrown = await Assert.ThrowsAsync<ToeOffloadRequiredException>(() => bench.ConnectAsync(server.LocalEndpoint, ToeMode.Require));

        Assert.True(thrown.Trace.Failed);
        Assert.Equal((ToeMode.Require, "request"), (thrown.Trace.Mode, thrown.Trace.ModeSource));
        Assert.True(thrown.Trace.Candidates.Single().Reason.Is(ToeReasons.ResourceMemory));
        Assert.False(server.Pending());
    }

    [Fact]
    public async Task Require_GoesOnToTheNextAdapter_WhereOneDoesNotTakeTheHostsConnection()
    {
        var (takesNone, opens) = (new ScriptedAdapter("established", OffloadModel.EstablishedState), new ScriptedAdapter("full"));
        await using var bench = StackBench.Create(takesNone, opens);
        using var server = StackBench.HostServer();

        await using var connection = await bench.ConnectAsync(server.LocalEndpoint, ToeMode.Require);

        Assert.Equal("scripted:full", connection.Placement.AdapterId);
        Assert.Equal([CandidateOutcome.Refused, CandidateOutcome.Taken], connection.Trace.Candidates.Select(candidate => candidate.Outcome));
        Assert.True(connection.Trace.Candidates[0].Reason.Is(ToeReasons.CapabilityMove));
        Assert.Same(connection, Assert.Single(bench.Stack.Connections));
    }

    [Fact, Trait("Requirement", "TOE-POLI-003")]
    public async Task Require_AgainstTheOperatorsForbid_FailsBeforeAnybodyIsAsked()
    {
        var adapter = new ScriptedAdapter("one");
        await using var bench = StackBench.Create(
            [], [new ScriptedProvider(adapter)], [adapter], static services => services.AddSingleton(new OperatorPlace("/nonexistent/toe.json", "forbid")));
        using var server = StackBench.HostServer();

        var connect = await Assert.ThrowsAsync<ToeOffloadRequiredException>(() => bench.ConnectAsync(server.LocalEndpoint, ToeMode.Require));
        var listen = await Assert.ThrowsAsync<ToeOffloadRequiredException>(() => bench.ListenAsync(mode: ToeMode.Require));

        foreach (var trace in new[] { connect.Trace, listen.Trace })
        {
            Assert.True(trace.Failed);
            Assert.Equal(ToeReasons.PolicyConflict.With("request says Require, operator TOE_MODE says Forbid (Operator.Forbidden)"), trace.Reason);
        }

        Assert.Equal(connect.Trace, bench.Stack.Explain(new ToeConnectRequest(server.LocalEndpoint) { Mode = ToeMode.Require }));
        Assert.Equal((0, 0), (adapter.Opens, adapter.Listeners.Count));
        Assert.False(server.Pending());
    }

    [Fact, Trait("Requirement", "TOE-POLI-008"), Trait("Requirement", "TOE-PLAC-002")]
    public async Task Forbid_AsksNoAdapter()
    {
        var adapter = new ScriptedAdapter("one");
        await using var bench = StackBench.Create(adapter);
        using var server = StackBench.HostServer();

        await using var connection = await bench.ConnectAsync(server.LocalEndpoint, ToeMode.Forbid);

        Assert.Equal((0, 0), (adapter.Opens, adapter.Syns));
        Assert.Equal((OffloadConfidence.NotOffloaded, ToeReasons.PolicyForbidden.Name), (connection.Placement.Confidence, connection.Placement.Reason.Name));
        Assert.Equal(CandidateOutcome.NotAsked, connection.Trace.Candidates.Single().Outcome);
    }

    [Fact, Trait("Requirement", "TOE-POLI-009")]
    public async Task EnvironmentUncontrolled_where_a_kernel_module_takes_any_socket()
    {
        var module = new ScriptedKernelAdapter("t4_tom", canKeepOff: false);
        await using var bench = StackBench.Create(module);
        using var server = StackBench.HostServer();
        module.Reach = static (_, _) => ToeReasons.RouteNotThroughAdapter;

        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);

        Assert.Equal((null, OffloadConfidence.Unknown), (connection.Placement.AdapterId, connection.Placement.Confidence));
        Assert.True(connection.Placement.Reason.Is(ToeReasons.EnvironmentUncontrolled));
        var thrown = await Assert.ThrowsAsync<ToeOffloadRequiredException>(() => bench.ConnectAsync(server.LocalEndpoint, ToeMode.Forbid));
        Assert.True(thrown.Trace.Reason.Is(ToeReasons.EnvironmentUncontrolled));
        Assert.Equal(connection.Trace, bench.Stack.Explain(new ToeConnectRequest(server.LocalEndpoint)));
        Assert.Equal(thrown.Trace, bench.Stack.Explain(new ToeConnectRequest(server.LocalEndpoint) { Mode = ToeMode.Forbid }));
    }

    [Fact, Trait("Requirement", "TOE-POLI-009")]
    public async Task HostSockets_AreSteeredAway_WhereTheModuleHonoursAMark()
    {
        var module = new ScriptedKernelAdapter("t4_tom", canKeepOff: true) { Reach = static (_, _) => ToeReasons.RouteNotThroughAdapter };
        await using var bench = StackBench.Create(module);
        using var server = StackBench.HostServer();

        await using var connection = await bench.ConnectAsync(server.LocalEndpoint, ToeMode.Forbid);
        await using var listener = await bench.ListenAsync(mode: ToeMode.Forbid);

        Assert.Equal(OffloadConfidence.NotOffloaded, connection.Placement.Confidence);
        Assert.Equal(2, module.KeptOff); // The connecting socket, and the listening one.
    }

    [Fact, Trait("Requirement", "TOE-POLI-009")]
    public async Task SteeringThatFails_IsNoCertainty()
    {
        var module = new ScriptedKernelAdapter("t4_tom", canKeepOff: true) { Reach = static (_, _) => ToeReasons.RouteNotThroughAdapter, Steering = static _ => ToeReasons.EnvironmentPrivilege };
        await using var bench = StackBench.Create(module);
        using var server = StackBench.HostServer();

        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);

        Assert.Equal(OffloadConfidence.Unknown, connection.Placement.Confidence);
        module.Steering = static _ => throw new InvalidOperationException("scripted");
        await Assert.ThrowsAsync<ToeOffloadRequiredException>(() => bench.ConnectAsync(server.LocalEndpoint, ToeMode.Forbid));
    }

    [Fact, Trait("Requirement", "TOE-PLAC-007")]
    public async Task KernelManagedConnection_IsDrivenAsASocket_AndSaysHowSureItIs()
    {
        var module = new ScriptedKernelAdapter("t4_tom", canKeepOff: true);
        await using var bench = StackBench.Create(module);
        using var server = StackBench.HostServer();

        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);
        using var accepted = await server.AcceptTcpClientAsync(TestContext.Current.CancellationToken);

        Assert.Equal(("scripted:t4_tom", OffloadModel.KernelManaged, OffloadConfidence.Likely), (connection.Placement.AdapterId, connection.Placement.Model, connection.Placement.Confidence));
        await accepted.GetStream().WriteAsync(new byte[] { 1, 2, 3 }, TestContext.Current.CancellationToken);
        Assert.Equal(3, await connection.ReceiveAsync(new byte[8], TestContext.Current.CancellationToken));
        var pending = connection.ReceiveAsync(new byte[8], TestContext.Current.CancellationToken).AsTask();
        module.Announce(AdapterHealth.Failed);
        var lost = await Assert.ThrowsAsync<ToeConnectionLostException>(() => pending.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.True(lost.Reason.Is(ToeReasons.HealthFailed)); // A dead card's sockets may hang: its health ended this one.
    }

    [Fact, Trait("Requirement", "TOE-TELE-001")]
    public async Task Fallback_HasALogLine_ACounterAndARowInTheTable()
    {
        var adapter = new ScriptedAdapter("full") { OpenScript = call => call.Answers(() => OpenResult.Refused(ToeReasons.ResourceMemory)) };
        await using var bench = StackBench.Create(adapter);
        using var server = StackBench.HostServer();
        var counted = new List<string>();
        using var meters = new System.Diagnostics.Metrics.MeterListener();
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "Toe", Name: "toe.connection.fallbacks" })
                listener.EnableMeasurementEvents(instrument);
        };
        meters.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            lock (counted)
                counted.Add((string)tags[0].Value!);
        });
        meters.Start();

        var connections = new List<ToeConnection>();
        for (var i = 0; i < 5; i++)
            connections.Add(await bench.ConnectAsync(server.LocalEndpoint));

        Assert.Single(bench.Log.Of(1010)); // One line a reason in ten seconds.
        lock (counted)
            Assert.True(counted.Count(name => name == "Resource.Memory") >= 5);
        Assert.Equal(5, bench.Stack.Connections.Count);
        Assert.All(bench.Stack.Connections, connection => Assert.True(connection.Placement.Reason.Is(ToeReasons.ResourceMemory)));
        Assert.Single(connections.Select(connection => connection.Trace).Distinct(ReferenceEqualityComparer.Instance)); // The same answers, the same trace.
        bench.Time.Advance(TimeSpan.FromSeconds(11));
        connections.Add(await bench.ConnectAsync(server.LocalEndpoint));
        Assert.Contains("4 more since the last line", bench.Log.Of(1010)[1], StringComparison.Ordinal);
        foreach (var connection in connections)
            await connection.DisposeAsync();
    }

    [Fact, Trait("Requirement", "TOE-FALL-005")]
    public async Task Downgrades_AreReported_NotDropped()
    {
        var adapter = new ScriptedAdapter("one") { Downgrades = [ToeReasons.CapabilityCongestionControl.With("bbr")] };
        await using var bench = StackBench.Create(adapter);

        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);

        Assert.Equal("bbr", Assert.Single(connection.Downgrades).Text);
    }

    [Fact, Trait("Requirement", "TOE-FALL-005")]
    public async Task CapabilityCongestionControl_and_buffer_sizes_that_the_host_does_not_have_are_downgrades()
    {
        await using var bench = StackBench.Create();
        using var server = StackBench.HostServer();

        await using var connection = await bench.RunAsync(bench.Stack.ConnectAsync(
            new ToeConnectRequest(server.LocalEndpoint) { Options = new ToeSocketOptions { CongestionControl = "none-such", ReceiveBuffer = int.MaxValue } },
            TestContext.Current.CancellationToken).AsTask());

        Assert.Contains(connection.Downgrades, downgrade => downgrade.Is(ToeReasons.CapabilityCongestionControl));
        Assert.Contains(connection.Downgrades, downgrade => downgrade.Is(ToeReasons.CapabilityBufferSize));
    }

    [Fact, Trait("Requirement", "TOE-FALL-005")]
    public async Task OwnSourceAddress_LostInTheFallback_IsADowngrade()
    {
        var own = IPAddress.Parse("192.0.2.77");
        var adapter = new ScriptedAdapter("own", addresses: AddressModel.Own)
        {
            Serve = address => address.Equals(own) ? ToeReason.None : ToeReasons.RouteLocalAddress,
            OpenScript = call => call.Answers(() => OpenResult.Refused(ToeReasons.ResourceConnections)),
        };
        await using var bench = StackBench.Create(adapter);
        using var server = StackBench.HostServer();

        await using var connection = await bench.RunAsync(bench.Stack.ConnectAsync(
            new ToeConnectRequest(server.LocalEndpoint) { Local = new IPEndPoint(own, 0) }, TestContext.Current.CancellationToken).AsTask());

        Assert.Contains(connection.Downgrades, downgrade => downgrade.Is(ToeReasons.RouteLocalAddress));
        Assert.NotEqual(own, connection.LocalEndPoint.Address);
    }

    [Fact, Trait("Requirement", "TOE-POLI-010")]
    public async Task OperatorsRuleOnALocalPrefix_CatchesAnUnboundConnect()
    {
        var adapter = new ScriptedAdapter("one") { Address = IPAddress.Parse("192.0.2.50") };
        await using var bench = StackBench.Configured(
            new()
            {
                ["Toe:Policy:Rules:0:Name"] = "never from here",
                ["Toe:Policy:Rules:0:Local"] = "192.0.2.0/24",
                ["Toe:Policy:Rules:0:Mode"] = "Forbid",
            },
            adapter);
        using var server = StackBench.HostServer();

        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);

        Assert.Equal(0, adapter.Syns); // The adapter chose the address when it reserved, and nothing was sent.
        Assert.True(connection.Placement.Reason.Is(ToeReasons.PolicyForbidden), connection.Trace.ToString());
    }

    [Fact, Trait("Requirement", "TOE-POLI-010")]
    public async Task RuleOnTheRoutesSourceAddress_DecidesBeforeAnyAdapterIsAsked()
    {
        Needs.Linux();
        var adapter = new ScriptedAdapter("one");
        await using var bench = StackBench.Configured(
            new()
            {
                ["Toe:Policy:Rules:0:Name"] = "not on loopback",
                ["Toe:Policy:Rules:0:Local"] = "127.0.0.0/8",
                ["Toe:Policy:Rules:0:Mode"] = "Forbid",
            },
            adapter);
        using var server = StackBench.HostServer();

        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);

        Assert.Equal(0, adapter.Opens);
        Assert.Contains("not on loopback", connection.Trace.ModeSource, StringComparison.Ordinal);
    }
}
