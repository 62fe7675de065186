using System.Net;

namespace Toe.Emulated.Tests.Card;

/// <summary>Listeners of one card and of several on one fabric.</summary>
public sealed class CardListenerTests
{
    [Fact]
    public async Task TwoCards_ThatChooseTheirPorts_DoNotMeet()
    {
        await using var bench = await CardBench.CreateAsync(cards: 2);

        var ports = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            ports.Add((await bench.ListenAsync()).Listener.LocalEndPoint.Port);
            ports.Add((await bench.ListenAsync(card: bench.Other)).Listener.LocalEndPoint.Port);
        }

        Assert.Equal(8, ports.Distinct().Count());
    }

    [Fact]
    public async Task PortOfAnotherCard_IsFreeWhenThatOneStops()
    {
        await using var bench = await CardBench.CreateAsync(cards: 2);
        var (listener, _) = await bench.ListenAsync();
        var refused = await bench.Other.ListenAsync(
            new AdapterListenRequest(listener.LocalEndPoint, 16, ToeSocketOptions.Default), new CardBench.ListenerEvents(), TestContext.Current.CancellationToken);
        Assert.True(refused.Refusal.Is(ToeReasons.RouteTupleInUse), refused.Refusal.ToString());

        await listener.DisposeAsync();

        var (taken, events) = await bench.ListenAsync(listener.LocalEndPoint, bench.Other);
        await bench.ConnectAsync(taken, events);
    }

    [Fact]
    public async Task RouteTupleInUse_when_the_card_itself_has_the_port()
    {
        await using var bench = await CardBench.CreateAsync();
        var (listener, _) = await bench.ListenAsync();

        var again = await bench.Card.ListenAsync(
            new AdapterListenRequest(listener.LocalEndPoint, 16, ToeSocketOptions.Default), new CardBench.ListenerEvents(), TestContext.Current.CancellationToken);

        Assert.True(again.Refusal.Is(ToeReasons.RouteTupleInUse), again.Refusal.ToString());
        Assert.Equal(1, CardBench.Used(bench.Card, "listeners"));
    }

    [Theory]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("::", "::1")]
    public async Task AnyAddress_IsTheLoopbackOnTheFabric(string any, string loopback)
    {
        await using var bench = await CardBench.CreateAsync();
        var (listener, events) = await bench.ListenAsync(new IPEndPoint(IPAddress.Parse(any), 0));
        var open = await bench.OpenAsync(new IPEndPoint(IPAddress.Parse(loopback), listener.LocalEndPoint.Port), new CardBench.SocketEvents());

        Assert.Equal(ConnectOutcome.Connected, (await open.Socket!.ConnectAsync(TestContext.Current.CancellationToken)).Outcome);

        Assert.Equal(IPAddress.Parse(loopback), (await events.AcceptAsync()).Socket.LocalEndPoint.Address);
        var stranger = await bench.OpenAsync(new IPEndPoint(IPAddress.Parse("192.0.2.1"), listener.LocalEndPoint.Port), new CardBench.SocketEvents());
        Assert.True(stranger.Refusal.Is(ToeReasons.RouteNotOnFabric));
    }

    [Fact]
    public async Task DisposedListener_AcceptsNobody_AndItsConnectionsGoOn()
    {
        await using var bench = await CardBench.CreateAsync();
        var (listener, events) = await bench.ListenAsync();
        var (client, _, server) = await bench.ConnectAsync(listener, events);
        var late = await bench.OpenAsync(listener.LocalEndPoint, new CardBench.SocketEvents());

        await listener.DisposeAsync();
        await listener.DisposeAsync();

        Assert.True((await bench.OpenAsync(listener.LocalEndPoint, new CardBench.SocketEvents())).Refusal.Is(ToeReasons.RouteNotOnFabric));
        await late.Socket!.DisposeAsync();
        client.TrySend(new byte[] { 7 }, out _);
        var one = new byte[1];
        await CardBench.UntilAsync(() => server.Socket.TryReceive(one, out _) == IoStatus.Done);
        Assert.Equal(7, one[0]);
        Assert.Empty(events.Stopped); // Whoever disposes it knows.
        Assert.Equal(0, CardBench.Used(bench.Card, "listeners"));
    }

    [Fact]
    public async Task ManyCardsConnecting_ToOneListener_AllHavePairsOfTheirOwn()
    {
        await using var bench = await CardBench.CreateAsync(cards: 3);
        var (listener, events) = await bench.ListenAsync(card: bench.Other);

        var peers = new List<IPEndPoint>();
        foreach (var card in bench.Cards)
        {
            var open = await bench.OpenAsync(listener.LocalEndPoint, new CardBench.SocketEvents(), card);
            Assert.Equal(ConnectOutcome.Connected, (await open.Socket!.ConnectAsync(TestContext.Current.CancellationToken)).Outcome);
            peers.Add((await events.AcceptAsync()).Peer.Remote);
        }

        Assert.Equal(3, peers.Distinct().Count());
        Assert.Equal([1, 4, 1], bench.Cards.Select(card => (int)CardBench.Used(card, "connections")));
    }

    [Fact]
    public async Task RouteTupleInUse_for_a_local_port_that_another_card_connected_from()
    {
        await using var bench = await CardBench.CreateAsync(cards: 3);
        var (listener, events) = await bench.ListenAsync(card: bench.Other);
        var (client, _, _) = await bench.ConnectAsync(listener, events);

        var open = await bench.Cards[2].OpenAsync(
            new OpenRequest(client.LocalEndPoint, listener.LocalEndPoint, ToeSocketOptions.Default), new CardBench.SocketEvents(), TestContext.Current.CancellationToken);
        var result = await open.Socket!.ConnectAsync(TestContext.Current.CancellationToken);

        Assert.Equal(ConnectOutcome.Refused, result.Outcome); // The adapter's refusal: another carrier may try.
        Assert.True(result.Refusal.Is(ToeReasons.RouteTupleInUse), result.Refusal.ToString());
        await open.Socket.DisposeAsync();
        Assert.Equal(0, CardBench.Used(bench.Cards[2], "connections"));
    }
}
