using System.Net;
using System.Net.Sockets;
using Toe.Core.Tests.Connections;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Hosting;

/// <summary>Disposing a stack ends everything that is under way on it, and nothing hangs or leaks.</summary>
public sealed class StackDisposalTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact, Trait("Requirement", "TOE-TIME-005")]
    public async Task ConnectsUnderWay_End()
    {
        var adapter = new ScriptedAdapter("hangs");
        await using var bench = StackBench.Create(adapter);
        await bench.Stack.StartAsync(Token);
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        adapter.Connect = async (_, token) =>
        {
            arrived.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return ConnectResult.Connected;
        };
        using var busy = await BusyServer.StartAsync();

        var onAdapter = bench.Stack.ConnectAsync(new ToeConnectRequest(StackBench.Elsewhere), Token).AsTask();
        var onHost = bench.Stack.ConnectAsync(new ToeConnectRequest(busy.EndPoint) { Mode = ToeMode.Forbid }, Token).AsTask();
        await ConnectionPair.Soon(arrived.Task);
        Assert.False(onAdapter.IsCompleted || onHost.IsCompleted);

        await bench.RunAsync(bench.Stack.DisposeAsync().AsTask());

        await Assert.ThrowsAsync<ObjectDisposedException>(() => ConnectionPair.Soon(onAdapter));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ConnectionPair.Soon(onHost));
    }

    [Fact, Trait("Requirement", "TOE-TIME-005")]
    public async Task ListensUnderWay_End()
    {
        var provider = new ScriptedProvider();
        var discovery = provider.Discovering.Hangs();
        await using var bench = StackBench.Create(new() { ["Toe:ControlDeadline"] = "00:10:00" }, [provider], []);
        var listening = bench.Stack.ListenAsync(new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 0)), Token).AsTask();
        Assert.False(listening.IsCompleted);

        var disposing = bench.Stack.DisposeAsync().AsTask();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => ConnectionPair.Soon(listening));
        discovery.SetResult();
        await bench.RunAsync(disposing);
    }

    [Fact, Trait("Requirement", "TOE-TIME-005")]
    public async Task ListensThatAnAdapterHolds_End()
    {
        TaskCompletionSource? hung = null;
        var adapter = new ScriptedAdapter("hangs") { ListenScript = call => hung = call.Hangs() };
        await using var bench = StackBench.Configured(new() { ["Toe:ControlDeadline"] = "00:10:00" }, adapter);
        var listening = bench.Stack.ListenAsync(new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 0)), Token).AsTask();
        await StackBench.UntilAsync(() => hung is not null);

        var disposing = bench.Stack.DisposeAsync().AsTask();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => ConnectionPair.Soon(listening));
        hung!.SetResult();
        await bench.RunAsync(disposing);
    }

    [Fact, Trait("Requirement", "TOE-TIME-005"), Trait("Requirement", "TOE-LSTN-008")]
    public async Task AcceptsUnderWay_End_AndUnacceptedConnectionsAreClosed()
    {
        await using var bench = StackBench.Create();
        var empty = await bench.ListenAsync();
        var full = await bench.ListenAsync();
        var accepts = Enumerable.Range(0, 3).Select(_ => empty.AcceptAsync(Token).AsTask()).ToArray();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)full.LocalEndPoint, Token);

        await bench.RunAsync(bench.Stack.DisposeAsync().AsTask());

        foreach (var accept in accepts)
            await Assert.ThrowsAsync<ObjectDisposedException>(() => ConnectionPair.Soon(accept));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => full.AcceptAsync(Token).AsTask());
        var end = await Record.ExceptionAsync(async () => Assert.Equal(0, await ConnectionPair.Soon(client.GetStream().ReadAsync(new byte[1], Token))));
        Assert.True(end is null or IOException, end?.ToString()); // FIN or RST, but not silence.
        await empty.DisposeAsync();
    }

    [Theory, ClassData(typeof(Carriers)), Trait("Requirement", "TOE-TIME-005")]
    public async Task DataCallsUnderWay_Fail(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var reading = pair.Subject.ReceiveAsync(new byte[4], Token).AsTask();
        var writing = pair.Subject.SendAsync(ConnectionPair.TooMuch, Token).AsTask();

        var disposing = pair.Stack.DisposeAsync().AsTask();

        foreach (var call in new Task[] { reading, writing })
        {
            var thrown = await Assert.ThrowsAnyAsync<SocketException>(() => ConnectionPair.Soon(call));
            // Where both ends belong to the stack, the peer's may be closed first, over unread data.
            Assert.True(
                thrown is ToeConnectionLostException { Reason.Name: "Internal.StackDisposed" } || thrown.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown,
                thrown.ToString());
        }

        await ConnectionPair.Soon(disposing);
        Assert.Empty(pair.Stack.Connections);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pair.Subject.SendAsync(new byte[1], Token).AsTask());
    }

    [Fact]
    public async Task Peers_HearOfTheEnd()
    {
        var bench = StackBench.Create();
        using var server = StackBench.HostServer();
        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);
        using var peer = await server.AcceptTcpClientAsync(Token);

        await bench.DisposeAsync();

        Assert.Equal(0, await ConnectionPair.Soon(peer.GetStream().ReadAsync(new byte[1], Token)));
    }

    [Fact, Trait("Requirement", "TOE-TIME-005")]
    public async Task EveryCallAfterwards_SaysSo()
    {
        var bench = StackBench.Create(new ScriptedAdapter("one"));
        var stack = bench.Stack;
        await stack.StartAsync(Token);

        await bench.RunAsync(Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => stack.DisposeAsync().AsTask(), Token))));
        await bench.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => stack.ConnectAsync(new ToeConnectRequest(StackBench.Elsewhere), Token).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stack.ListenAsync(new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 0)), Token).AsTask());
        Assert.Empty(stack.Connections);
    }

    [Fact]
    public async Task OpensThatRaceWithTheDisposal_LeaveNothingOpen()
    {
        using var server = StackBench.HostServer();
        for (var round = 0; round < 30; round++)
        {
            var bench = StackBench.Create();
            await bench.Stack.StartAsync(Token);
            using var start = new Barrier(2);
            var opening = Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait(Token);
                    return bench.Stack.ConnectAsync(new ToeConnectRequest(server.LocalEndpoint), Token).AsTask();
                }, Token, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
            start.SignalAndWait(Token);
            await bench.DisposeAsync();

            var thrown = await Record.ExceptionAsync(() => ConnectionPair.Soon(opening));

            if (thrown is null)
                await Assert.ThrowsAsync<ObjectDisposedException>(async () => await (await opening).SendAsync(new byte[1], Token));
            else
                Assert.IsType<ObjectDisposedException>(thrown);
            Assert.Empty(bench.Stack.Connections);
        }
    }

    [Fact]
    public async Task InternalStackDisposed_answers_a_SYN_that_comes_too_late()
    {
        var adapter = new ScriptedAdapter("late");
        var bench = StackBench.Create(adapter);
        await using var listener = await bench.ListenAsync();
        var events = adapter.Listeners.Single().Events;
        var syn = new IncomingConnection(listener.LocalEndPoint, StackBench.Elsewhere);
        Assert.True(events.Admit(syn, out _));

        await bench.DisposeAsync();

        Assert.False(events.Admit(syn, out var refusal));
        Assert.True(refusal.Is(ToeReasons.InternalStackDisposed), refusal.ToString());
    }
}
