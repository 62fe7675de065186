using System.Net;
using System.Net.Sockets;
using Toe.Core.Tests.Connections;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Connecting;

/// <summary>Rule 2: one time budget covers all attempts, the host stack's included, and cancellation works at any point.</summary>
public sealed class TimeBudgetTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact, Trait("Requirement", "TOE-TIME-001")]
    public async Task HostsAttempt_HasWhatTheAdaptersLeftOfTheTime()
    {
        TaskCompletionSource? release = null;
        var adapter = new ScriptedAdapter("hung") { OpenScript = call => release = call.Hangs() };
        await using var bench = StackBench.Create(adapter);
        using var busy = await BusyServer.StartAsync();
        var start = bench.Time.GetTimestamp();

        var thrown = await Assert.ThrowsAsync<SocketException>(() => bench.RunAsync(
            bench.Stack.ConnectAsync(new ToeConnectRequest(busy.EndPoint) { Timeout = TimeSpan.FromSeconds(2) }, Token).AsTask()));

        Assert.Equal(SocketError.TimedOut, thrown.SocketErrorCode);
        Assert.InRange(bench.Time.GetElapsedTime(start), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3));
        Assert.Equal(1, adapter.Opens);
        Assert.Empty(bench.Stack.Connections);
        release!.SetResult();
    }

    [Fact, Trait("Requirement", "TOE-TIME-003")]
    public async Task Cancellation_OnTheHostStack_EndsTheConnectWithItsToken()
    {
        var module = new ScriptedKernelAdapter("t4_tom", canKeepOff: true) { Reach = static (_, _) => ToeReasons.RouteNotThroughAdapter };
        await using var bench = StackBench.Create(module);
        using var busy = await BusyServer.StartAsync();
        using var cancel = new CancellationTokenSource();
        var connecting = bench.Stack.ConnectAsync(new ToeConnectRequest(busy.EndPoint), cancel.Token).AsTask();
        await StackBench.UntilAsync(() => module.KeptOff == 1); // The last thing before the host's socket connects.
        Assert.False(connecting.IsCompleted);

        await cancel.CancelAsync();

        Assert.Equal(cancel.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ConnectionPair.Soon(connecting))).CancellationToken);
        Assert.Empty(bench.Stack.Connections);
    }

    [Fact]
    public async Task Cancellation_OfAnAdoptionThatWaits_EndsItWithItsToken()
    {
        var provider = new ScriptedProvider();
        var discovery = provider.Discovering.Hangs();
        await using var bench = StackBench.Create(new() { ["Toe:ControlDeadline"] = "00:10:00" }, [provider], []);
        using var server = StackBench.HostServer();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.LocalEndpoint, Token);
        using var cancel = new CancellationTokenSource();
        var adopting = bench.Stack.AdoptAsync(socket, cancel.Token).AsTask();
        Assert.False(adopting.IsCompleted);

        await cancel.CancelAsync();

        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ConnectionPair.Soon(adopting));
        Assert.Throws<ObjectDisposedException>(() => socket.Available);
        discovery.SetResult();
        Assert.Equal(cancel.Token, cancelled.CancellationToken);
    }

    [Fact, Trait("Requirement", "TOE-TIME-003")]
    public async Task Cancellation_BeforeTheAdaptersAreKnown_EndsOpensWithItsToken()
    {
        var provider = new ScriptedProvider();
        var discovery = provider.Discovering.Hangs();
        await using var bench = StackBench.Create(new() { ["Toe:ControlDeadline"] = "00:10:00" }, [provider], []);
        using var cancel = new CancellationTokenSource();
        Task[] opens =
        [
            bench.Stack.ConnectAsync(new ToeConnectRequest(StackBench.Elsewhere), cancel.Token).AsTask(),
            bench.Stack.ListenAsync(new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 0)), cancel.Token).AsTask(),
        ];
        Assert.DoesNotContain(opens, static open => open.IsCompleted);

        await cancel.CancelAsync();

        foreach (var open in opens)
            Assert.Equal(cancel.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ConnectionPair.Soon(open))).CancellationToken);
        discovery.SetResult();
    }

    [Fact]
    public async Task Cancellation_WhileAnAdapterListens_EndsTheListenWithItsToken_AndFreesThePort()
    {
        TaskCompletionSource? release = null;
        var adapter = new ScriptedAdapter("hung") { ListenScript = call => release = call.Hangs() };
        await using var bench = StackBench.Create(adapter);
        var probe = StackBench.HostServer();
        var local = (IPEndPoint)probe.LocalEndpoint;
        probe.Stop();
        using var cancel = new CancellationTokenSource();
        var listening = bench.Stack.ListenAsync(new ToeListenRequest(local), cancel.Token).AsTask();
        await StackBench.UntilAsync(() => release is not null);

        await cancel.CancelAsync();

        Assert.Equal(cancel.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ConnectionPair.Soon(listening))).CancellationToken);
        release!.SetResult();
        await StackBench.UntilAsync(() => adapter.Listeners.Any(static late => late.IsDisposed));
        await using var again = await bench.ListenAsync(local, ToeMode.Forbid);
        Assert.Equal(local, again.LocalEndPoint);
    }
}
