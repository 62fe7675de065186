using System.Net;
using Toe.Emulated.Links;
using Toe.Emulated.Tests.Tcp;

namespace Toe.Emulated.Tests.Card;

/// <summary>Cards with several threads: to the outside they are one.</summary>
public sealed class CardShardTests
{
    private const int Shards = 4;
    private const int Connections = 64;

    [Fact]
    public async Task Connections_AreSpread_AndAllOfThemWork()
    {
        await using var bench = await CardBench.CreateAsync(cards: 2, shards: Shards);
        var (listener, events) = await bench.ListenAsync(card: bench.Other, backlog: 4 * Connections);
        var clients = new List<IToeAdapterSocket>();
        for (var index = 0; index < Connections; index++)
        {
            var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);
            var sent = BitConverter.GetBytes(index);
            Assert.Equal(IoStatus.Done, client.TrySend(sent, out _));
            Assert.Equal(sent, await server.Socket.ReceiveExactlyAsync(server.Events, sent.Length));
            Assert.Equal(IoStatus.Done, server.Socket.TrySend(sent, out _));
            Assert.Equal(sent, await client.ReceiveExactlyAsync(clientEvents, sent.Length));
            clients.Add(client);
        }

        // The chance that one of four loops gets none of 64 is 4 * 0.75^64, one in 25 million; a client's loop is the next one's turn.
        Assert.All(bench.Cards, card => Assert.All(card.Shards.Loops, loop => Assert.True(loop.Engine.Statistics.Connections > 0)));
        Assert.All(bench.Card.Shards.Loops, loop => Assert.Equal(Connections / Shards, loop.Engine.Statistics.Connections));
        Assert.Equal(Connections, CardBench.Used(bench.Card, "connections"));
        Assert.Equal(Connections, CardBench.Used(bench.Other, "connections"));
    }

    [Fact]
    public async Task Endpoint_IsTakenOnce_AndFreeAgainWhenTheListenerIsGone()
    {
        await using var bench = await CardBench.CreateAsync(shards: Shards);
        for (var round = 0; round < 20; round++)
        {
            var (listener, _) = await bench.ListenAsync();
            var second = await bench.Card.ListenAsync(
                new AdapterListenRequest(listener.LocalEndPoint, 1, ToeSocketOptions.Default), new CardBench.ListenerEvents(), TestContext.Current.CancellationToken);
            Assert.True(second.Refusal.Is(ToeReasons.RouteTupleInUse), second.Refusal.ToString());

            await listener.DisposeAsync();
            var (again, events) = await bench.ListenAsync(listener.LocalEndPoint);
            Assert.Equal(listener.LocalEndPoint, again.LocalEndPoint);
            await bench.ConnectAsync(again, events);
            await again.DisposeAsync();
        }
    }

    [Fact]
    public async Task ListenerThatIsRefusedAtTheEnd_LeavesNothingOnAnyLoop()
    {
        await using var bench = await CardBench.CreateAsync(cards: 2, shards: Shards);
        var (first, _) = await bench.ListenAsync();

        var second = await bench.Other.ListenAsync(
            new AdapterListenRequest(first.LocalEndPoint, 1, ToeSocketOptions.Default), new CardBench.ListenerEvents(), TestContext.Current.CancellationToken);
        Assert.True(second.Refusal.Is(ToeReasons.RouteTupleInUse), second.Refusal.ToString());
        Assert.Equal(0, CardBench.Used(bench.Other, "listeners"));

        await first.DisposeAsync();
        var (listener, events) = await bench.ListenAsync(first.LocalEndPoint, bench.Other);
        for (var index = 0; index < 2 * Shards; index++)
            await bench.ConnectAsync(listener, events);
    }

    [Theory]
    [InlineData(int.MaxValue, 4, 536_870_912)]
    [InlineData(5, 4, 2)]
    [InlineData(4, 4, 1)]
    [InlineData(0, 4, 1)]
    [InlineData(128, 1, 128)]
    public void Backlog_IsSharedOut(int backlog, int loops, int each) => Assert.Equal(each, CardListener.ShareOf(backlog, loops));

    [Fact]
    public async Task Reset_FromOneLoop_LeavesNoOldEngineOnTheOthers()
    {
        await using var bench = await CardBench.CreateAsync(shards: Shards);
        var engines = bench.Card.Shards.Loops.Select(loop => loop.Engine).ToList();
        var began = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        bench.Card.AtBytes(0, card => began.SetResult(card.ResetAsync()));
        bench.Card.Shards.Loops[0].Wake();

        await (await began.Task.WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken)).WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken);

        // Its own loop changes engines behind the turn that it is in.
        Assert.InRange(bench.Card.Shards.Loops.Zip(engines).Count(pair => pair.First.Engine != pair.Second), Shards - 1, Shards);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Shards)]
    public async Task SynInTheOldEnginesLastTurn_TakesNothingInTheNextLife(int shards)
    {
        await using var bench = await CardBench.CreateAsync(shards: shards);
        var (listener, _) = await bench.ListenAsync();
        var syn = new TestSegment
        {
            Source = IPAddress.Loopback,
            Destination = IPAddress.Loopback,
            SourcePort = 5,
            DestinationPort = listener.LocalEndPoint.Port,
            Flags = TestSegment.Syn,
        }.ToPacket();

        var reset = await bench.Card.Shards.Loops[0].InvokeAsync(engine =>
        {
            var reset = bench.Card.ResetAsync();
            engine.Receive(syn, TimeSpan.Zero);
            return reset;
        });
        await reset.WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken);

        Assert.All(bench.Card.Status.Budgets, budget => Assert.Equal(0, budget.Used));
    }

    [Fact]
    public async Task PairWithPortsOfItsOwn_IsOpenedOnTheLoopOfItsFlow()
    {
        await using var bench = await CardBench.CreateAsync(cards: 2, shards: Shards);
        var (listener, events) = await bench.ListenAsync(card: bench.Other);
        for (var port = 40_000; port < 40_016; port++)
        {
            var local = new IPEndPoint(IPAddress.Loopback, port); // Of this fabric: no port of the machine.
            var open = await bench.Card.OpenAsync(new OpenRequest(local, listener.LocalEndPoint, ToeSocketOptions.Default), new CardBench.SocketEvents(), TestContext.Current.CancellationToken);
            var result = await open.Socket!.ConnectAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken);

            Assert.Equal((ConnectOutcome.Connected, local), (result.Outcome, (await events.AcceptAsync()).Peer.Remote));
        }
    }

    [Fact]
    public async Task Crash_EndsAllLoops_AndAResetBringsThemBack()
    {
        await using var bench = await CardBench.CreateAsync(shards: Shards);
        var (listener, events) = await bench.ListenAsync();
        for (var index = 0; index < Connections; index++)
            await bench.ConnectAsync(listener, events);

        bench.Card.Crash();
        Assert.Equal(0, CardBench.Used(bench.Card, "connections"));
        await bench.Card.ResetAsync();

        Assert.All(bench.Card.Shards.Loops, loop => Assert.Equal(0, loop.Engine.Statistics.Connections));
        var (again, againEvents) = await bench.ListenAsync();
        await bench.ConnectAsync(again, againEvents);
    }

    [Fact]
    public async Task CardDisposedFromSeveralOfItsThreadsAtOnce_Ends()
    {
        await using var bench = await CardBench.CreateAsync(shards: Shards);
        using var together = new Barrier(Shards);
        var ended = bench.Card.Shards.Loops.Select(loop => loop.InvokeAsync(_ =>
        {
            together.SignalAndWait(CardBench.Patience);
            return bench.Card.DisposeAsync().AsTask().IsCompletedSuccessfully;
        })).ToList();

        Assert.All(await Task.WhenAll(ended).WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken), Assert.True);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public void NumberOfShards_IsLimited(int shards) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new EmulatedCardOptions { Shards = shards });

    [Fact]
    public async Task EachShard_HasItsOwnCapture()
    {
        var folder = Directory.CreateTempSubdirectory("toe-shards-");
        try
        {
            await using var provider = new EmulatedProvider([new EmulatedFabricOptions
            {
                Fabric = new Fabric(),
                CapturePath = Path.Combine(folder.FullName, "all.pcapng"),
                Card = new EmulatedCardOptions { Shards = 3 },
            }]);
            await provider.DiscoverAsync(new QuietHost(), TestContext.Current.CancellationToken);
            await provider.Cards[0].DisposeAsync();

            Assert.Equal(["all.1.pcapng", "all.2.pcapng", "all.pcapng"], folder.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
