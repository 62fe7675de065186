using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Adapters;

/// <summary>Rule 5: repeated faults open the circuit; probes, never a customer's connection, decide the way back.</summary>
public sealed class CircuitTests
{
    [Fact, Trait("Requirement", "TOE-CIRC-001"), Trait("Requirement", "TOE-CIRC-002")]
    public async Task HealthCircuitOpen_after_repeated_faults_until_probes_succeed()
    {
        var adapter = new ScriptedAdapter("faulty") { OpenScript = call => call.Throws(() => new IOException("scripted")) };
        await using var bench = StackBench.Configured(new() { ["Toe:Circuit:MinimumThroughput"] = "3", ["Toe:Circuit:ProbeSuccesses"] = "2", ["Toe:Circuit:BreakDuration"] = "00:00:10" }, adapter);
        using var server = StackBench.HostServer();

        for (var i = 0; i < 3; i++)
            await using (await bench.ConnectAsync(server.LocalEndpoint)) { }
        adapter.OpenScript = null;
        var opened = bench.Time.GetTimestamp();
        var opens = adapter.Opens;

        await using (var aside = await bench.ConnectAsync(server.LocalEndpoint))
            Assert.True(aside.Placement.Reason.Is(ToeReasons.HealthCircuitOpen), aside.Trace.ToString());
        Assert.Equal(opens, adapter.Opens);

        await bench.RunUntilAsync(() => bench.Log.Of(1003).Count == 1);
        Assert.True(bench.Time.GetElapsedTime(opened) >= TimeSpan.FromSeconds(10 + 5)); // The break, and two probes a probe interval apart.
        Assert.Equal(opens, adapter.Opens); // No customer's connection was the probe.
        await using var back = await bench.ConnectAsync(StackBench.Elsewhere);
        Assert.Equal("scripted:faulty", back.Placement.AdapterId);
    }

    [Fact, Trait("Requirement", "TOE-CIRC-002")]
    public async Task FailingProbe_BeginsTheRowAnew()
    {
        var adapter = new ScriptedAdapter("flapping") { OpenScript = call => call.Throws(() => new IOException("scripted")) };
        await using var bench = StackBench.Configured(new() { ["Toe:Circuit:MinimumThroughput"] = "2", ["Toe:Circuit:ProbeSuccesses"] = "3", ["Toe:Circuit:BreakDuration"] = "00:00:01" }, adapter);
        using var server = StackBench.HostServer();
        for (var i = 0; i < 2; i++)
            await using (await bench.ConnectAsync(server.LocalEndpoint)) { }
        adapter.OpenScript = null;
        var opened = bench.Time.GetTimestamp();

        while (bench.Time.GetElapsedTime(opened) < TimeSpan.FromSeconds(8)) // Two good probes by now; the third would close.
        {
            bench.Time.Advance(TimeSpan.FromMilliseconds(500));
            await StackBench.UntilAsync(() => true);
        }

        adapter.Refreshing.Throws(() => new IOException("scripted"));
        var readings = adapter.Refreshing.Count;
        await bench.RunUntilAsync(() => adapter.Refreshing.Count > readings);
        adapter.Refreshing.Usual();
        var mended = bench.Time.GetTimestamp();
        await bench.RunUntilAsync(() => bench.Log.Of(1003).Count == 1);

        Assert.True(bench.Time.GetElapsedTime(mended) >= TimeSpan.FromSeconds(10), "Three probes in a row are two intervals at least.");
    }

    [Fact, Trait("Requirement", "TOE-CIRC-006")]
    public async Task HealthNotJudged_after_recovery_until_the_firmware_was_read_again()
    {
        var adapter = new ScriptedAdapter("back");
        await using var bench = StackBench.Create(adapter);
        await bench.RunAsync(bench.Stack.StartAsync(TestContext.Current.CancellationToken).AsTask());
        adapter.Announce(AdapterHealth.Failed);
        await adapter.Thread.DrainAsync();
        var release = adapter.Refreshing.Hangs();

        adapter.Announce(AdapterHealth.Healthy);
        await adapter.Thread.DrainAsync();

        var trace = bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere));
        Assert.True(trace.Candidates.Single().Reason.Is(ToeReasons.HealthNotJudged), trace.ToString());
        release.SetResult();
        adapter.Refreshing.Usual();
        await bench.RunUntilAsync(() => bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere)).AdapterId is not null);
    }

    [Fact, Trait("Requirement", "TOE-CIRC-006")]
    public async Task FirmwareThatChangedInTheReset_IsJudgedBeforeAdmission()
    {
        var adapter = new ScriptedAdapter("reflashed");
        await using var bench = StackBench.Create(adapter);
        await bench.RunAsync(bench.Stack.StartAsync(TestContext.Current.CancellationToken).AsTask());
        adapter.Announce(AdapterHealth.Recovering);
        await adapter.Thread.DrainAsync();
        Assert.True(bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere)).Candidates.Single().Reason.Is(ToeReasons.HealthRecovering));

        adapter.Announce(status => status with { Health = AdapterHealth.Healthy, FirmwareText = "not a version", Firmware = null });
        await adapter.Thread.DrainAsync();

        await bench.RunUntilAsync(() => bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere)).Candidates.Single().Reason.Is(ToeReasons.VersionFirmwareUnreadable));
        Assert.Equal(0, adapter.Opens);
    }

    [Fact, Trait("Requirement", "TOE-CIRC-006")]
    public async Task FirmwareThatChangedUnannounced_IsFoundOnTheTimer()
    {
        var adapter = new ScriptedAdapter("reflashed");
        await using var bench = StackBench.Create(adapter);
        await bench.RunAsync(bench.Stack.StartAsync(TestContext.Current.CancellationToken).AsTask());
        Assert.Equal("scripted:reflashed", bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere)).AdapterId);

        adapter.Change(status => status with { FirmwareText = "not a version", Firmware = null });

        await bench.RunUntilAsync(() => bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere)).Candidates.Single().Reason.Is(ToeReasons.VersionFirmwareUnreadable));
    }

    [Fact]
    public async Task HealthRecovering_is_refused()
    {
        var adapter = new ScriptedAdapter("recovering");
        await using var bench = StackBench.Create(adapter);
        await bench.RunAsync(bench.Stack.StartAsync(TestContext.Current.CancellationToken).AsTask());

        adapter.Announce(AdapterHealth.Recovering);
        await adapter.Thread.DrainAsync();

        Assert.True(bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere)).Reason.Is(ToeReasons.HealthRecovering));
    }

    [Fact]
    public async Task HealthRemoved_when_discovery_no_longer_returns_it()
    {
        var adapter = new ScriptedAdapter("gone");
        var provider = new ScriptedProvider(adapter);
        await using var bench = StackBench.Create([], [provider], [adapter]);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var receiving = connection.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken).AsTask();

        provider.Adapters = [];
        provider.Host!.RescanNeeded();

        var lost = await Assert.ThrowsAsync<ToeConnectionLostException>(() => bench.RunAsync(receiving));
        Assert.True(lost.Reason.Is(ToeReasons.HealthRemoved));
        await bench.RunUntilAsync(() => bench.Stack.Adapters.Count == 0 && adapter.IsDisposed);
    }

    [Fact, Trait("Requirement", "TOE-POLI-011"), Trait("Requirement", "TOE-PLAC-006")]
    public async Task OrderOfRegistration_IsOrderOfPreference_AndNothingRegisteredChangesNothing()
    {
        var first = new ScriptedAdapter("first");
        var second = new ScriptedAdapter("second");
        await using var both = StackBench.Create([], [new ScriptedProvider(second) { Name = "b" }, new ScriptedProvider(first) { Name = "a" }], [first, second]);
        await using var connection = await both.ConnectAsync(StackBench.Elsewhere);
        Assert.Equal("scripted:second", connection.Placement.AdapterId);
        Assert.Equal(CandidateOutcome.NotAsked, connection.Trace.Candidates[1].Outcome);

        await using var none = StackBench.Create();
        using var server = StackBench.HostServer();
        await using var plain = await none.ConnectAsync(server.LocalEndpoint);
        Assert.True(plain.Placement.Reason.Is(ToeReasons.EnvironmentNoAdapter));
        Assert.Empty(plain.Trace.Candidates);
    }
}
