using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Toe.Connections;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Moving;

/// <summary>What may happen in the middle of a move: data calls that begin and end, cards that die, answers that come too late or cannot be used.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The stack under test owns the adapters.")]
public sealed class MoveRaceTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly ScriptedMovingAdapter _one;
    private readonly ScriptedMovingAdapter _two;

    public MoveRaceTests()
    {
        var network = new ConcurrentDictionary<(IPEndPoint, IPEndPoint), ScriptedWire>();
        _one = new ScriptedMovingAdapter("one", network);
        _two = new ScriptedMovingAdapter("two", network, OffloadModel.EstablishedState);
    }

    [Fact]
    public async Task Freeze_WaitsForTheDataCallThatIsOnTheCard_WhateverEndedBefore()
    {
        await using var bench = StackBench.Create(_one, _two);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var peer = _one.Peers.Take(None);
        var socket = _one.Sockets.Single();
        TaskCompletionSource? prepared = null;
        _two.PrepareScript = call => prepared = call.Hangs();
        var moving = connection.MoveAsync("scripted:two", None).AsTask();
        await StackBench.UntilAsync(() => prepared is not null);
        await connection.SendAsync(new byte[] { 1 }, None); // Ends while the place is prepared.
        using var isInside = new ManualResetEventSlim();
        using var leaves = new ManualResetEventSlim();
        socket.Sending = (buffer, out bytes) =>
        {
            isInside.Set();
            leaves.Wait(None);
            return socket.Wire!.Out.TryWrite(buffer, out bytes);
        };
        var frozenInside = false;
        _one.FreezeScript = _ => frozenInside |= !leaves.IsSet;
        var sending = Task.Run(async () => await connection.SendAsync(new byte[] { 2 }, None), None);
        isInside.Wait(None);

        prepared!.SetResult();
        for (var i = 0; i < 100 && !frozenInside; i++)
            await StackBench.Breath();
        leaves.Set();

        Assert.True((await bench.RunAsync(moving)).IsNone);
        Assert.False(frozenInside, "Frozen while a data call was on the card.");
        await sending;
        Assert.Equal([1, 2], await peer.ReceiveAsync(2));
    }

    [Fact]
    public async Task LongSend_MakesWayForTheMove()
    {
        await using var bench = StackBench.Create(_one, _two);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var socket = _one.Sockets.Single();
        var taken = 0;
        var isOver = false;
        using var begun = new ManualResetEventSlim();
        socket.Sending = (_, out bytes) =>
        {
            begun.Set();
            bytes = Volatile.Read(ref isOver) ? 0 : 1; // A fast card with a byte of room, always.
            taken += bytes;
            return bytes == 0 ? IoStatus.Reset : IoStatus.Done;
        };
        var sending = Task.Run(async () => await connection.SendAsync(new byte[1 << 28], None), None);
        begun.Wait(None);

        var moving = connection.MoveAsync("scripted:two", None).AsTask();
        await Task.WhenAny(moving, Task.Delay(TimeSpan.FromSeconds(30), TimeProvider.System, None));
        Volatile.Write(ref isOver, value: true);

        Assert.True((await bench.RunAsync(moving)).IsNone);
        Assert.InRange(taken, 1, (1 << 28) - 1);
        connection.Abort();
        await Assert.ThrowsAnyAsync<SocketException>(() => sending);
    }

    [Fact]
    public async Task CardThatDiesWhenItsConnectionIsFrozen_DoesNotTakeItAlong()
    {
        await using var bench = StackBench.Create(_one, _two);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var peer = _one.Peers.Take(None);
        var source = ((StackConnection)connection).Carrier;
        Task<int>? receiving = null;
        _two.ImportScript = () =>
        {
            source.Lose(ToeReasons.HealthFailed);
            receiving = connection.ReceiveAsync(new byte[4], None).AsTask();
            return ToeReason.None;
        };

        Assert.True((await bench.RunAsync(connection.MoveAsync("scripted:two", None).AsTask())).IsNone);

        await peer.SendAsync(new byte[] { 1, 2 });
        Assert.Equal(2, await receiving!.WaitAsync(TimeSpan.FromSeconds(30), None));
        Assert.Empty(bench.Log.Of(1011)); // Nothing was lost.
    }

    [Fact]
    public async Task CardThatDiesWhenItsConnectionIsFrozen_TakesItAlong_WhereTheMoveFails()
    {
        await using var bench = StackBench.Create(_one, _two);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var receiving = connection.ReceiveAsync(new byte[4], None).AsTask();
        var source = ((StackConnection)connection).Carrier;
        _two.ImportScript = () =>
        {
            source.Lose(ToeReasons.HealthFailed);
            return ToeReasons.ResourceMemory;
        };

        Assert.True((await bench.RunAsync(connection.MoveAsync("scripted:two", None).AsTask())).Is(ToeReasons.ResourceMemory));

        var lost = await Assert.ThrowsAsync<ToeConnectionLostException>(() => receiving.WaitAsync(TimeSpan.FromSeconds(30), None));
        Assert.True(lost.Reason.Is(ToeReasons.HealthFailed));
        await StackBench.UntilAsync(() => bench.Log.Of(1011).Count > 0); // Whoever waits hears of it first.
        Assert.Single(bench.Log.Of(1011));
    }

    [Fact]
    public async Task TargetThatWasResetWhileItTookTheConnection_EndsItWithTheReason()
    {
        await using var bench = StackBench.Create(_one, _two);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        _two.ActivateScript = () =>
        {
            var socket = _two.NewSocket(connection.LocalEndPoint, connection.RemoteEndPoint, NoEvents.Instance);
            socket.Receiving = static (_, out bytes) =>
            {
                bytes = 0;
                return IoStatus.WouldBlock;
            };
            _two.Announce(AdapterHealth.Failed); // What the card held before is gone, however well it is afterwards.
            _two.Announce(AdapterHealth.Healthy);
            _two.Thread.DrainAsync().Wait(None);
            return socket;
        };

        await bench.RunAsync(connection.MoveAsync("scripted:two", None).AsTask());

        var lost = await Assert.ThrowsAsync<ToeConnectionLostException>(
            () => connection.ReceiveAsync(new byte[4], None).AsTask().WaitAsync(TimeSpan.FromSeconds(30), None));
        Assert.True(lost.Reason.Is(ToeReasons.HealthFailed), lost.Reason.ToString());
    }

    [Fact]
    public async Task ActivatedSocketThatCannotBeUsed_EndsTheConnection_AndIsTheAdaptersFault()
    {
        await using var bench = StackBench.Create(_one, _two);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var receiving = connection.ReceiveAsync(new byte[4], None).AsTask();
        ScriptedKernelSocket? broken = null;
        _two.ActivateScript = () =>
        {
            broken = new ScriptedKernelSocket(_two, connection.LocalEndPoint, connection.RemoteEndPoint, NoEvents.Instance);
            broken.Socket.Dispose(); // Its properties throw from now on.
            return broken;
        };

        var refusal = await bench.RunAsync(connection.MoveAsync("scripted:two", None).AsTask());

        Assert.True(refusal.Is(ToeReasons.InternalProviderException), refusal.ToString());
        await Assert.ThrowsAsync<ToeConnectionLostException>(() => receiving.WaitAsync(TimeSpan.FromSeconds(30), None));
        await StackBench.UntilAsync(() => broken!.IsDisposed);
        await StackBench.UntilAsync(() => _one.Steps.Contains("release"));
    }

    [Fact]
    public async Task FrozenStateThatThrows_LeavesTheConnectionWhereItWas()
    {
        await using var bench = StackBench.Create(_one, _two);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var peer = _one.Peers.Take(None);
        _one.FreezeScript = static call => call.Answers(static () => new StatelessSource());

        var refusal = await bench.RunAsync(connection.MoveAsync("scripted:two", None).AsTask());

        Assert.True(refusal.Is(ToeReasons.InternalProviderException), refusal.ToString());
        await peer.SendAsync(new byte[] { 1 });
        Assert.Equal(1, await connection.ReceiveAsync(new byte[4], None));
        await StackBench.UntilAsync(() => _two.Steps.Contains("abandon"));
    }

    [Fact]
    public async Task FreezeThatHangs_IsNotAskedForAgain_UntilItAnswered()
    {
        await using var bench = StackBench.Create(_one, _two);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        TaskCompletionSource? hung = null;
        _one.FreezeScript = call => hung = call.Hangs();
        Assert.True((await bench.RunAsync(connection.MoveAsync("scripted:two", None).AsTask())).Is(ToeReasons.InternalProviderLate));
        _one.FreezeScript = null;

        var again = await bench.RunAsync(connection.MoveAsync("scripted:two", None).AsTask());

        Assert.True(again.Is(ToeReasons.InternalProviderLate), again.ToString()); // A late resume would let both sides run.
        Assert.Single(_one.Steps, "freeze");
        hung!.SetResult();
        await StackBench.UntilAsync(() => _one.Steps.Contains("resume"));
        await bench.RunUntilAsync(() => connection.MoveAsync("scripted:two", None).AsTask() is var third && bench.RunAsync(third).Wait(TimeSpan.FromSeconds(30)) && third.Result.IsNone);
    }

    [Fact, Trait("Requirement", "TOE-CIRC-003")]
    public async Task PeerAnswered_when_the_peer_resets_a_connection_that_is_about_to_be_frozen()
    {
        await using var bench = StackBench.Create(_one, _two);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var socket = _one.Sockets.Single();
        _one.FreezeScript = call => call.Throws(() =>
        {
            socket.Events.OnClosed(SocketError.ConnectionReset, ToeReason.None);
            return new IOException("no such connection");
        });
        _one.Peers.Take(None).Reset();

        var refusal = await bench.RunAsync(connection.MoveAsync("scripted:two", None).AsTask());

        Assert.True(refusal.Is(ToeReasons.PeerAnswered), refusal.ToString());
        Assert.Empty(bench.Log.Of(1001)); // Peers' answers never count as faults.
        var ended = await Assert.ThrowsAsync<SocketException>(() => connection.ReceiveAsync(new byte[4], None).AsTask());
        Assert.Equal(SocketError.ConnectionReset, ended.SocketErrorCode);
    }

    [Fact]
    public async Task Route_IsAskedForTheMove_AsForAnOpen()
    {
        var routes = new ConcurrentQueue<HostRoute?>();
        _two.ReachByRoute = (_, route) =>
        {
            routes.Enqueue(route);
            return ToeReason.None;
        };
        await using var bench = StackBench.Create(_one, _two);
        using var server = StackBench.HostServer();
        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);
        Assert.Equal("scripted:one", connection.Placement.AdapterId);
        routes.Clear();

        Assert.True((await bench.RunAsync(connection.MoveAsync("scripted:two", None).AsTask())).IsNone);

        Assert.True(Assert.Single(routes) is { IsLocal: true }, "The host's route to the peer, which is this host.");
    }

    private sealed class StatelessSource : IMoveSource
    {
        public TcpConnectionState State => throw new IOException("scripted");

        public ValueTask ReleaseAsync() => ValueTask.CompletedTask;

        public ValueTask ResumeAsync() => ValueTask.CompletedTask;
    }
}
