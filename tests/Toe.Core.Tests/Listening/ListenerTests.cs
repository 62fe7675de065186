using System.Net;
using System.Net.Sockets;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Listening;

/// <summary>Rule 3: the host binds first, adapters take the same number, and an adapter that dies costs no listener.</summary>
public sealed class ListenerTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private static IPEndPoint Somebody { get; } = new(IPAddress.Parse("198.51.100.7"), 50_000);

    [Fact, Trait("Requirement", "TOE-LSTN-001")]
    public async Task HostBindsFirst_AndAdaptersTakeTheSameNumber()
    {
        var one = new ScriptedAdapter("one");
        var two = new ScriptedAdapter("two");
        await using var bench = StackBench.Create(one, two);

        await using var listener = await bench.ListenAsync();

        Assert.NotEqual(0, listener.LocalEndPoint.Port);
        Assert.Equal(listener.LocalEndPoint, one.Listeners.Single().LocalEndPoint);
        Assert.Equal(listener.LocalEndPoint, two.Listeners.Single().LocalEndPoint);
        Assert.Equal([CandidateOutcome.Taken, CandidateOutcome.Taken], listener.Trace.Candidates.Select(candidate => candidate.Outcome));
    }

    [Fact, Trait("Requirement", "TOE-LSTN-001")]
    public async Task PortThatTheHostHas_IsTheHostsError_AndNoAdapterIsAsked()
    {
        var adapter = new ScriptedAdapter("one");
        await using var bench = StackBench.Create(adapter);
        using var taken = StackBench.HostServer();

        var thrown = await Assert.ThrowsAsync<SocketException>(() => bench.ListenAsync((IPEndPoint)taken.LocalEndpoint));

        Assert.Equal(SocketError.AddressAlreadyInUse, thrown.SocketErrorCode);
        Assert.Empty(adapter.Listeners);
    }

    [Fact, Trait("Requirement", "TOE-PLAC-006"), Trait("Requirement", "TOE-LSTN-002")]
    public async Task BothWays_ArriveAtOneAccept_EachWithItsPlacement()
    {
        var adapter = new ScriptedAdapter("one");
        await using var bench = StackBench.Create(adapter);
        await using var listener = await bench.ListenAsync();

        var (peer, _) = await adapter.Listeners.Single().KnockAsync(Somebody);
        await using var offloaded = await listener.AcceptAsync(None);
        using var client = new TcpClient();
        await client.ConnectAsync(listener.LocalEndPoint, None);
        await using var plain = await listener.AcceptAsync(None);

        Assert.Equal(("scripted:one", Somebody), (offloaded.Placement.AdapterId, offloaded.RemoteEndPoint));
        Assert.Null(plain.Placement.AdapterId);
        Assert.True(plain.Placement.Reason.Is(ToeReasons.RouteNotThroughAdapter));
        await offloaded.SendAsync(new byte[] { 42 }, None);
        Assert.Equal([42], await peer!.ReceiveAsync(1));
    }

    [Fact, Trait("Requirement", "TOE-LSTN-003")]
    public async Task RefusedPassiveOpen_IsLeftToTheHost_WithTheReason()
    {
        var adapter = new ScriptedAdapter("full");
        adapter.Change(status => status with { Budgets = [new ToeBudget("connections", 0, 4, ToeReasons.ResourceConnections) { ConnectionCost = 1, ConnectionCostIPv6 = 2 }] });
        await using var bench = StackBench.Create(adapter);
        await using var listener = await bench.ListenAsync();
        adapter.Announce(status => status with { Budgets = [status.Budgets[0] with { Used = 3 }] });
        await adapter.Thread.DrainAsync();
        using var client = new TcpClient();
        client.Client.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var (peer, refusal) = await adapter.Listeners.Single().KnockAsync((IPEndPoint)client.Client.LocalEndPoint!);
        await client.ConnectAsync(listener.LocalEndPoint, None); // The same SYN, punted.
        await using var accepted = await listener.AcceptAsync(None);

        Assert.Null(peer);
        Assert.True(refusal.Is(ToeReasons.ResourceConnections));
        Assert.Equal(ToeReasons.ResourceConnections.Name, accepted.Placement.Reason.Name);
        Assert.Single(bench.Log.Of(1010));
    }

    [Fact, Trait("Requirement", "TOE-LSTN-004")]
    public async Task AdapterThatDies_CostsNoListener_AndIsAskedAgainWhenItIsBack()
    {
        var adapter = new ScriptedAdapter("dies");
        await using var bench = StackBench.Create(adapter);
        await using var listener = await bench.ListenAsync();

        adapter.Announce(AdapterHealth.Failed);
        await bench.RunUntilAsync(() => adapter.Listeners.Single().IsDisposed);
        using var client = new TcpClient();
        await client.ConnectAsync(listener.LocalEndPoint, None);
        await using var plain = await listener.AcceptAsync(None);
        Assert.True(plain.Placement.Reason.Is(ToeReasons.HealthFailed), plain.Placement.Reason.ToString());

        adapter.Announce(AdapterHealth.Healthy);
        await bench.RunUntilAsync(() => adapter.Listeners.Count == 2);
        await adapter.Listeners.Last().KnockAsync(Somebody);
        await using var offloaded = await listener.AcceptAsync(None);
        Assert.Equal("scripted:dies", offloaded.Placement.AdapterId);
    }

    [Fact, Trait("Requirement", "TOE-LSTN-004")]
    public async Task ListenerThatStops_IsAskedForAgain_AndTheHostGoesOn()
    {
        var adapter = new ScriptedAdapter("stops");
        await using var bench = StackBench.Create(adapter);
        await using var listener = await bench.ListenAsync();

        adapter.Listeners.Single().Stop(ToeReasons.HealthLinkDown);

        await bench.RunUntilAsync(() => adapter.Listeners.Count == 2);
        Assert.True(adapter.Listeners.First().IsDisposed);
        Assert.Single(bench.Log.Of(1021));
    }

    [Fact]
    public async Task ResourceListeners_when_the_table_is_full()
    {
        var adapter = new ScriptedAdapter("full");
        adapter.Change(status => status with { Budgets = [new ToeBudget("listeners", 2, 3, ToeReasons.ResourceListeners) { ListenerCost = 1 }] });
        await using var bench = StackBench.Create(adapter);

        await using var listener = await bench.ListenAsync();

        Assert.True(listener.Trace.Candidates.Single().Reason.Is(ToeReasons.ResourceListeners));
        Assert.Empty(adapter.Listeners);
        Assert.NotEqual(0, listener.LocalEndPoint.Port);
    }

    [Fact]
    public async Task CapabilityPassiveOpen_when_the_adapter_has_none()
    {
        var adapter = new ScriptedAdapter("active-only");
        adapter.Change(status => status with
        {
            Capabilities = status.Capabilities with { Features = Facts.Queried(AdapterFeatures.ActiveOpen | AdapterFeatures.IPv4) },
        });
        await using var bench = StackBench.Create(adapter);

        await using var listener = await bench.ListenAsync();

        Assert.True(listener.Trace.Candidates.Single().Reason.Is(ToeReasons.CapabilityPassiveOpen));
    }

    [Fact, Trait("Requirement", "TOE-LSTN-005")]
    public async Task OwnAddress_ThatTheAdapterRefuses_IsAnErrorWithItsReason()
    {
        var adapter = new ScriptedAdapter("own", addresses: AddressModel.Own) { ListenScript = call => call.Answers(() => ListenResult.Refused(ToeReasons.RouteTupleInUse)) };
        await using var bench = StackBench.Create(adapter);

        var thrown = await Assert.ThrowsAsync<ToeOffloadRequiredException>(() => bench.ListenAsync(new IPEndPoint(IPAddress.Parse("192.0.2.5"), 80)));

        Assert.True(thrown.Trace.Candidates.Single().Reason.Is(ToeReasons.RouteTupleInUse));
    }

    [Fact]
    public async Task OwnAddress_ChoosesThePortWhereNoneWasAsked()
    {
        var adapter = new ScriptedAdapter("own", addresses: AddressModel.Own);
        await using var bench = StackBench.Create(adapter);

        await using var listener = await bench.ListenAsync(new IPEndPoint(IPAddress.Parse("192.0.2.5"), 0));

        Assert.Equal(adapter.Listeners.Single().LocalEndPoint, listener.LocalEndPoint);
    }

    [Fact, Trait("Requirement", "TOE-LSTN-006")]
    public async Task Require_KeepsThePort_AndTheHostAnswersRst()
    {
        var adapter = new ScriptedAdapter("one");
        await using var bench = StackBench.Create(adapter);

        await using var listener = await bench.ListenAsync(mode: ToeMode.Require);
        using var client = new TcpClient();

        var refused = await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(listener.LocalEndPoint, None).AsTask());
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        await adapter.Listeners.Single().KnockAsync(Somebody);
        await using var accepted = await listener.AcceptAsync(None);
        Assert.Equal("scripted:one", accepted.Placement.AdapterId);
    }

    [Fact, Trait("Requirement", "TOE-LSTN-006")]
    public async Task Require_WithNobodyToTakeIt_Fails_AndFreesThePort()
    {
        var adapter = new ScriptedAdapter("no") { ListenScript = call => call.Answers(() => ListenResult.Refused(ToeReasons.ResourceListeners)) };
        await using var bench = StackBench.Create(adapter);
        var probe = StackBench.HostServer();
        var local = (IPEndPoint)probe.LocalEndpoint;
        probe.Stop();

        await Assert.ThrowsAsync<ToeOffloadRequiredException>(() => bench.ListenAsync(local, ToeMode.Require));

        await using var again = await bench.ListenAsync(local, ToeMode.Forbid);
        Assert.Equal(local, again.LocalEndPoint);
    }

    [Fact, Trait("Requirement", "TOE-POLI-008")]
    public async Task Forbid_AsksNoAdapter()
    {
        var adapter = new ScriptedAdapter("one");
        await using var bench = StackBench.Create(adapter);

        await using var listener = await bench.ListenAsync(mode: ToeMode.Forbid);

        Assert.Empty(adapter.Listeners);
        Assert.Equal(CandidateOutcome.NotAsked, listener.Trace.Candidates.Single().Outcome);
    }

    [Fact]
    public async Task FullBacklog_AbortsWhatTheAdapterAccepts()
    {
        var adapter = new ScriptedAdapter("busy");
        await using var bench = StackBench.Create(adapter);
        await using var listener = await bench.RunAsync(bench.Stack.ListenAsync(new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 0)) { Backlog = 1 }, None).AsTask());

        var (first, _) = await adapter.Listeners.Single().KnockAsync(Somebody);
        var (second, _) = await adapter.Listeners.Single().KnockAsync(new IPEndPoint(Somebody.Address, 50_001));

        Assert.Equal(IoStatus.Reset, await second!.WaitForEndAsync());
        await using var accepted = await listener.AcceptAsync(None);
        await accepted.SendAsync(new byte[] { 1 }, None);
        Assert.Equal([1], await first!.ReceiveAsync(1));
    }

    [Fact, Trait("Requirement", "TOE-LSTN-008")]
    public async Task Disposal_EndsWaitingAccepts_AndResetsWhatNobodyAccepted()
    {
        var adapter = new ScriptedAdapter("one");
        await using var bench = StackBench.Create(adapter);
        var listener = await bench.ListenAsync();
        var (peer, _) = await adapter.Listeners.Single().KnockAsync(Somebody);

        await bench.RunAsync(listener.DisposeAsync().AsTask());

        Assert.Equal(IoStatus.Reset, await peer!.WaitForEndAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => listener.AcceptAsync(None).AsTask());
        Assert.True(adapter.Listeners.Single().IsDisposed);
    }

    [Fact, Trait("Requirement", "TOE-LSTN-008")]
    public async Task Disposal_EndsAcceptsThatWait_AndAcceptedConnectionsLiveOn()
    {
        var adapter = new ScriptedAdapter("one");
        await using var bench = StackBench.Create(adapter);
        var listener = await bench.ListenAsync();
        var (peer, _) = await adapter.Listeners.Single().KnockAsync(Somebody);
        await using var offloaded = await listener.AcceptAsync(None);
        using var client = new TcpClient();
        await client.ConnectAsync(listener.LocalEndPoint, None);
        await using var plain = await listener.AcceptAsync(None);
        var waiting = listener.AcceptAsync(None).AsTask();

        await bench.RunAsync(listener.DisposeAsync().AsTask());

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await offloaded.SendAsync(new byte[] { 1 }, None);
        Assert.Equal([1], await peer!.ReceiveAsync(1));
        await plain.SendAsync(new byte[] { 2 }, None);
        Assert.Equal(1, await client.GetStream().ReadAsync(new byte[4], None));
        Assert.Equal(2, bench.Stack.Connections.Count);
    }

    [Fact, Trait("Requirement", "TOE-LSTN-002")]
    public async Task AcceptsThatWait_GetAConnectionEach()
    {
        var adapter = new ScriptedAdapter("one");
        await using var bench = StackBench.Create(adapter);
        await using var listener = await bench.ListenAsync();
        List<Task<ToeConnection>> accepts = [.. Enumerable.Range(0, 3).Select(_ => listener.AcceptAsync(None).AsTask())];

        for (var port = 50_000; port < 50_003; port++)
            await adapter.Listeners.Single().KnockAsync(new IPEndPoint(Somebody.Address, port));

        var accepted = await Task.WhenAll(accepts).WaitAsync(TimeSpan.FromSeconds(30), None);
        Assert.Equal([50_000, 50_001, 50_002], accepted.Select(connection => connection.RemoteEndPoint.Port).Order());
        foreach (var connection in accepted)
            await connection.DisposeAsync();
    }

    [Fact]
    public async Task InternalStackDisposed_for_a_syn_that_comes_too_late()
    {
        var adapter = new ScriptedAdapter("slow");
        await using var bench = StackBench.Create(adapter);
        var listener = await bench.ListenAsync();
        await bench.RunAsync(listener.DisposeAsync().AsTask());

        var (peer, refusal) = await adapter.Listeners.Single().KnockAsync(Somebody);

        Assert.Null(peer);
        Assert.True(refusal.Is(ToeReasons.InternalStackDisposed));
    }

    [Fact, Trait("Requirement", "TOE-TIME-004")]
    public async Task CancelledAccept_LeavesTheListenerUsable()
    {
        var adapter = new ScriptedAdapter("one");
        await using var bench = StackBench.Create(adapter);
        await using var listener = await bench.ListenAsync();
        using var cancel = new CancellationTokenSource();
        var accepting = listener.AcceptAsync(cancel.Token).AsTask();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting);
        await adapter.Listeners.Single().KnockAsync(Somebody);
        await using var accepted = await listener.AcceptAsync(None);
        Assert.Equal(Somebody, accepted.RemoteEndPoint);
    }

    [Fact, Trait("Requirement", "TOE-FALL-006")]
    public async Task ExceptionFromListen_IsTheAdaptersFault_NotTheCallers()
    {
        var adapter = new ScriptedAdapter("throws") { ListenScript = call => call.ThrowsAtOnce(() => new IOException("scripted")) };
        await using var bench = StackBench.Create(adapter);

        await using var listener = await bench.ListenAsync();

        Assert.True(listener.Trace.Candidates.Single().Reason.Is(ToeReasons.InternalProviderException));
    }

    [Fact, Trait("Requirement", "TOE-LSTN-007")]
    public async Task AdapterThatCannotAskAtTheSyn_IsJudgedAtAccept()
    {
        var adapter = new ScriptedAdapter("blind");
        adapter.Change(status => status with
        {
            Capabilities = status.Capabilities with { Features = Facts.Queried(AdapterFeatures.PassiveOpen | AdapterFeatures.ActiveOpen | AdapterFeatures.IPv4) },
        });
        await using var bench = StackBench.Configured(
            new()
            {
                ["Toe:Policy:Rules:0:Name"] = "never these",
                ["Toe:Policy:Rules:0:Direction"] = "Listen",
                ["Toe:Policy:Rules:0:Remote"] = "198.51.100.0/24",
                ["Toe:Policy:Rules:0:Mode"] = "Forbid",
            },
            adapter);
        await using var listener = await bench.ListenAsync();

        var (forbidden, _) = await adapter.Listeners.Single().KnockAsync(Somebody);
        await adapter.Listeners.Single().KnockAsync(new IPEndPoint(IPAddress.Parse("203.0.113.9"), 50_000));

        Assert.Equal(IoStatus.Reset, await forbidden!.WaitForEndAsync());
        await using var accepted = await listener.AcceptAsync(None);
        Assert.Equal("203.0.113.9", accepted.RemoteEndPoint.Address.ToString());
        Assert.Single(bench.Log.Of(1022));
    }

    [Fact, Trait("Requirement", "TOE-POLI-006")]
    public async Task PolicyThatComesToForbid_StopsAdmission_WithoutARestart()
    {
        var adapter = new ScriptedAdapter("one");
        await using var bench = StackBench.Create(adapter);
        await using var listener = await bench.ListenAsync();

        bench.Configuration["Toe:Mode"] = "Forbid";
        bench.Configuration.Reload();
        await bench.RunUntilAsync(() => listener.Trace.Mode == ToeMode.Forbid);
        var (peer, refusal) = await adapter.Listeners.Single().KnockAsync(Somebody);

        Assert.Null(peer);
        Assert.True(refusal.Is(ToeReasons.PolicyForbidden));
    }

    [Fact, Trait("Requirement", "TOE-POLI-006")]
    public async Task PolicyThatComesToAllow_BringsTheAdaptersIn()
    {
        var adapter = new ScriptedAdapter("one");
        await using var bench = StackBench.Configured(new() { ["Toe:Mode"] = "Forbid" }, adapter);
        await using var listener = await bench.ListenAsync();
        Assert.Empty(adapter.Listeners);

        bench.Configuration["Toe:Mode"] = "Prefer";
        bench.Configuration.Reload();

        await bench.RunUntilAsync(() => adapter.Listeners.Count == 1);
    }

    [Fact]
    public async Task PolicyThatNoLongerRequires_LetsTheHostAccept()
    {
        var adapter = new ScriptedAdapter("one");
        await using var bench = StackBench.Configured(new() { ["Toe:Mode"] = "Require" }, adapter);
        await using var listener = await bench.ListenAsync();

        bench.Configuration["Toe:Mode"] = "Prefer";
        bench.Configuration.Reload();
        await bench.RunUntilAsync(() => listener.Trace.Mode == ToeMode.Prefer);
        using var client = new TcpClient();
        await bench.RunUntilAsync(() => TryConnect(client, listener.LocalEndPoint));

        await using var accepted = await listener.AcceptAsync(None);
        Assert.Null(accepted.Placement.AdapterId);
    }

    private static bool TryConnect(TcpClient client, IPEndPoint remote)
    {
        try
        {
            client.Connect(remote);
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
    }
}
