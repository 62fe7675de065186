using System.Net;
using Toe.Emulated.Links;

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
