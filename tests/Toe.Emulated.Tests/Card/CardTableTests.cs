using System.Net;
using Microsoft.Extensions.Time.Testing;
using Toe.Emulated.Links;
using Toe.Emulated.Tcp;
using Toe.Emulated.Tests.Links;
using Toe.Emulated.Tests.Tcp;

namespace Toe.Emulated.Tests.Card;

/// <summary>The card's tables as its budgets show them: what lives and what closes, never more than there is, and nothing at the end.</summary>
public sealed class CardTableTests
{
    private const long MemoryOfOne = 2 * CardBench.BufferSize;

    [Fact]
    public async Task Budgets_AreTheProfilesLimits_AndWhatIsInUse()
    {
        var profile = new CardProfile { Connections = 100, ConnectionEntriesIPv6 = 2, Listeners = 7, Memory = 50 * MemoryOfOne };
        await using var bench = await CardBench.CreateAsync(profile);
        var (listener, events) = await bench.ListenAsync();
        await bench.ListenAsync(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        await bench.ConnectAsync(listener, events);

        Assert.Equal(
            [("connections", 2L, 100L), ("listeners", 2L, 7L), ("memory", 2 * MemoryOfOne, 50 * MemoryOfOne)],
            bench.Card.Status.Budgets.Select(budget => (budget.Table, budget.Used, budget.Limit)));
        Assert.Equal((1, 2), (bench.Card.Status.Budgets[0].ConnectionCost, bench.Card.Status.Budgets[0].ConnectionCostIPv6));
        Assert.Equal(1, bench.Card.Status.Budgets[1].ListenerCost);
        Assert.All(bench.Card.Status.Budgets, budget => Assert.Equal(FactSource.Queried, budget.Source));
    }

    [Fact]
    public async Task IPv6_TakesAsManyEntriesAsTheProfileSays()
    {
        await using var bench = await CardBench.CreateAsync(CardProfile.T6 with { Connections = 5 });
        var (listener, events) = await bench.ListenAsync(new IPEndPoint(IPAddress.IPv6Loopback, 0));

        await bench.ConnectAsync(listener, events);

        Assert.Equal(4, CardBench.Used(bench.Card, "connections"));
        Assert.True((await bench.OpenAsync(listener.LocalEndPoint, new CardBench.SocketEvents())).Refusal.Is(ToeReasons.ResourceConnections));
    }

    [Fact]
    public async Task ClosingConnection_KeepsItsEntry_UntilThePeerIsDone()
    {
        await using var bench = await CardBench.CreateAsync();
        var (listener, events) = await bench.ListenAsync();
        var (client, _, server) = await bench.ConnectAsync(listener, events);

        await client.DisposeAsync(); // Its FIN is acknowledged; the peer goes on: FIN-WAIT-2.
        await CardBench.UntilAsync(() => server.Socket.TryReceive(new byte[1], out _) == IoStatus.EndOfStream);

        Assert.Equal((2, 2 * MemoryOfOne), (CardBench.Used(bench.Card, "connections"), CardBench.Used(bench.Card, "memory")));
        await server.Socket.DisposeAsync();
        await CardBench.UntilAsync(() => bench.Card.Status.Budgets is [{ Used: 0 }, { Used: 1 }, { Used: 0 }]);
    }

    [Fact]
    public async Task TimeWait_KeepsTheEntry_WithoutItsBuffers_AndReturnsItAtItsEnd()
    {
        var time = new FakeTimeProvider();
        await using var bench = await CardBench.CreateAsync(time: time, segmentLifetime: TimeSpan.FromSeconds(30));
        var (listener, events) = await bench.ListenAsync();
        var (client, _, server) = await bench.ConnectAsync(listener, events);

        await client.DisposeAsync();
        await CardBench.UntilAsync(() => server.Socket.TryReceive(new byte[1], out _) == IoStatus.EndOfStream);
        await server.Socket.DisposeAsync();

        await CardBench.UntilAsync(() => bench.Card.Status.Budgets is [{ Used: 1 }, { Used: 1 }, { Used: 0 }]);
        time.Advance(TimeSpan.FromSeconds(59));
        await bench.Card.RefreshAsync(TestContext.Current.CancellationToken); // A turn of the card at that time.
        Assert.Equal(1, CardBench.Used(bench.Card, "connections"));
        time.Advance(TimeSpan.FromSeconds(2));
        await CardBench.UntilAsync(() => CardBench.Used(bench.Card, "connections") == 0);
    }

    [Fact]
    public async Task TimeWait_NeverKeepsOutWhatIsToCome()
    {
        await using var bench = await CardBench.CreateAsync(new CardProfile { Connections = 8 }, segmentLifetime: TimeSpan.FromMinutes(10));
        var (listener, events) = await bench.ListenAsync();

        for (var i = 0; i < 30; i++)
        {
            var (client, _, server) = await bench.ConnectAsync(listener, events);
            await client.DisposeAsync();
            await CardBench.UntilAsync(() => server.Socket.TryReceive(new byte[1], out _) == IoStatus.EndOfStream);
            await server.Socket.DisposeAsync();
            await CardBench.UntilAsync(() => CardBench.Used(bench.Card, "connections") <= 2); // A quarter of the table.
        }

        Assert.Equal(2, CardBench.Used(bench.Card, "connections"));
    }

    [Fact]
    public async Task Aborted_ReturnsItsEntryAtOnce_OnBothSides()
    {
        await using var bench = await CardBench.CreateAsync(segmentLifetime: TimeSpan.FromMinutes(10));
        var (listener, events) = await bench.ListenAsync();
        var (client, _, server) = await bench.ConnectAsync(listener, events);

        client.Abort();
        await CardBench.UntilAsync(() => server.Events.Closed.Count == 1);
        await server.Socket.DisposeAsync();

        await CardBench.UntilAsync(() => bench.Card.Status.Budgets is [{ Used: 0 }, { Used: 1 }, { Used: 0 }]);
    }

    [Fact]
    public async Task ConnectionThatEnded_IsTheApplicationsUntilItIsDisposed()
    {
        await using var bench = await CardBench.CreateAsync(cards: 2);
        var (listener, events) = await bench.ListenAsync(card: bench.Other);
        var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);

        server.Socket.Abort();
        await CardBench.UntilAsync(() => clientEvents.Closed.Count == 1);

        Assert.Equal((1, MemoryOfOne), (CardBench.Used(bench.Card, "connections"), CardBench.Used(bench.Card, "memory"))); // What it received can still be read.
        await client.DisposeAsync();
        Assert.Equal((0, 0), (CardBench.Used(bench.Card, "connections"), CardBench.Used(bench.Card, "memory")));
    }

    [Fact]
    public async Task HalfOpen_TakesItsEntryAtTheSyn_UpToTheBacklog_AndReturnsIt()
    {
        await using var bench = await CardBench.CreateAsync();
        var (listener, _) = await bench.ListenAsync(backlog: 3);
        using var stranger = bench.Fabric.Attach();
        var from = new IPEndPoint(IPAddress.Parse("10.0.0.9"), 0);
        var answers = new List<TestSegment>();
        for (var port = 1001; port <= 1004; port++)
        {
            Assert.True(stranger.TryClaim(new IPEndPoint(from.Address, port)));
            stranger.Send(Syn(from.Address, port, listener.LocalEndPoint));
        }

        // The fourth one is answered with a cookie, and takes nothing.
        await CardBench.UntilAsync(() => Answered().SequenceEqual([1001, 1002, 1003, 1004]));
        await bench.Card.RefreshAsync(TestContext.Current.CancellationToken);
        Assert.Equal((3, 3 * MemoryOfOne), (CardBench.Used(bench.Card, "connections"), CardBench.Used(bench.Card, "memory")));

        await listener.DisposeAsync(); // Handshakes under way are reset.
        await CardBench.UntilAsync(() => bench.Card.Status.Budgets.All(budget => budget.Used == 0));
        await CardBench.UntilAsync(() => Drain(stranger, answers).Count(answer => (answer.Flags & TestSegment.Rst) != 0) == 3);

        IEnumerable<int> Answered() =>
            Drain(stranger, answers).Where(answer => answer.Is(TestSegment.Syn | TestSegment.Ack)).Select(answer => answer.DestinationPort).Distinct().Order();
    }

    [Fact]
    public async Task FullTable_RefusesTheSyn_WithoutAskingTheStack()
    {
        await using var bench = await CardBench.CreateAsync(new CardProfile { Connections = 1 }, cards: 2);
        var (listener, events) = await bench.ListenAsync(card: bench.Other);
        var asked = 0;
        events.Admits = () => Interlocked.Increment(ref asked) > 0;
        await bench.ConnectAsync(listener, events);
        using var stranger = bench.Fabric.Attach();
        Assert.True(stranger.TryClaim(new IPEndPoint(IPAddress.Parse("10.0.0.9"), 1001)));

        stranger.Send(Syn(IPAddress.Parse("10.0.0.9"), 1001, listener.LocalEndPoint));

        var answers = new List<TestSegment>();
        await CardBench.UntilAsync(() => Drain(stranger, answers).Count == 1);
        Assert.True(answers[0].Is(TestSegment.Rst | TestSegment.Ack));
        Assert.Equal(1, asked);
        Assert.Equal(1, CardBench.Used(bench.Other, "connections"));
    }

    [Fact]
    public async Task SynThatTheStackRefuses_TakesNothing()
    {
        await using var bench = await CardBench.CreateAsync(cards: 2);
        var (listener, events) = await bench.ListenAsync(card: bench.Other);
        foreach (var refusal in new Func<bool>[] { static () => false, static () => throw new InvalidOperationException("a handler's fault") })
        {
            events.Admits = refusal;
            var open = await bench.OpenAsync(listener.LocalEndPoint, new CardBench.SocketEvents());
            Assert.Equal(ConnectOutcome.PeerAnswered, (await open.Socket!.ConnectAsync(TestContext.Current.CancellationToken)).Outcome);
            await open.Socket.DisposeAsync();
        }

        Assert.Equal((0, 0), (CardBench.Used(bench.Other, "connections"), CardBench.Used(bench.Card, "connections")));
    }

    [Fact]
    public async Task AcceptThatThrows_CostsItsConnectionOnly()
    {
        await using var bench = await CardBench.CreateAsync(cards: 2);
        var (listener, events) = await bench.ListenAsync(card: bench.Other);
        events.Accepting = static () => throw new InvalidOperationException("a handler's fault");
        var clientEvents = new CardBench.SocketEvents();
        var open = await bench.OpenAsync(listener.LocalEndPoint, clientEvents);
        await open.Socket!.ConnectAsync(TestContext.Current.CancellationToken);

        await CardBench.UntilAsync(() => clientEvents.Closed.Count == 1);

        await CardBench.UntilAsync(() => CardBench.Used(bench.Other, "connections") == 0);
        Assert.Empty(bench.Other.Sockets);
        events.Accepting = null;
        await bench.ConnectAsync(listener, events);
    }

    [Fact]
    public async Task ResourceConnections_is_no_more_when_a_full_table_has_room_again()
    {
        await using var bench = await CardBench.CreateAsync(new CardProfile { Connections = 1 });
        var eased = new TaskCompletionSource<AdapterStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        bench.Card.Subscribe(new Hears(status =>
        {
            if (status.Budgets[0].Used == 0)
                eased.TrySetResult(status);
        }));
        var (listener, _) = await bench.ListenAsync();
        var open = await bench.OpenAsync(listener.LocalEndPoint, new CardBench.SocketEvents());
        Assert.True((await bench.OpenAsync(listener.LocalEndPoint, new CardBench.SocketEvents())).Refusal.Is(ToeReasons.ResourceConnections));

        await open.Socket!.DisposeAsync();

        Assert.Equal(1, (await eased.Task.WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken)).Budgets[0].Available); // And says so.
        Assert.NotNull((await bench.OpenAsync(listener.LocalEndPoint, new CardBench.SocketEvents())).Socket);
    }

    [Fact]
    public async Task CancelledListen_LeavesNothingBehind()
    {
        await using var bench = await CardBench.CreateAsync();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await bench.Card.ListenAsync(
            new AdapterListenRequest(new IPEndPoint(IPAddress.Loopback, 0), 1, ToeSocketOptions.Default), new CardBench.ListenerEvents(), cancelled.Token));

        Assert.Equal(0, CardBench.Used(bench.Card, "listeners"));
    }

    private static byte[] Syn(IPAddress from, int port, IPEndPoint to) => new TestSegment
    {
        Source = from,
        SourcePort = port,
        Destination = to.Address,
        DestinationPort = to.Port,
        Seq = 100,
        Flags = TestSegment.Syn,
        Options = TestSegment.MssOption(1460),
    }.ToPacket();

    private static List<TestSegment> Drain(FabricPort port, List<TestSegment> into)
    {
        var buffer = new byte[port.Mtu];
        while (port.TryReceive(buffer, out var packet))
            into.Add(TestSegment.Parse(new OutgoingPacket(packet.Bytes, default, default, 0, packet.ChecksumIsVerified)));
        return into;
    }

    private sealed class Hears(Action<AdapterStatus> what) : IAdapterEvents
    {
        public void StatusChanged(AdapterStatus status) => what(status);
    }
}
