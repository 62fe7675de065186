using System.Net;
using System.Net.Sockets;
using Toe.Emulated.Links;
using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Card;

/// <summary>The card through the provider contract: what it reserves, sends, answers and announces.</summary>
public sealed class CardContractTests
{
    [Fact]
    public async Task Open_ReservesItsEntries_AndSendsNothing()
    {
        await using var bench = await CardBench.CreateAsync();
        var (listener, _) = await bench.ListenAsync();
        var before = bench.Card.Links[0].Statistics.PacketsSent;

        var open = await bench.OpenAsync(listener.LocalEndPoint, new CardBench.SocketEvents());

        Assert.Equal(1, CardBench.Used(bench.Card, "connections"));
        Assert.Equal(before, bench.Card.Links[0].Statistics.PacketsSent);
        await open.Socket!.DisposeAsync();
        Assert.Equal((0, 0), (CardBench.Used(bench.Card, "connections"), CardBench.Used(bench.Card, "memory")));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Bytes_GoBothWays_AndTheEndIsSeen(string address)
    {
        await using var bench = await CardBench.CreateAsync();
        var (listener, events) = await bench.ListenAsync(new IPEndPoint(IPAddress.Parse(address), 0));
        var (client, _, server) = await bench.ConnectAsync(listener, events);

        Assert.Equal(IoStatus.Done, client.TrySend("over the card"u8, out var sent));
        Assert.Equal(13, sent);
        Assert.Equal(IoStatus.Done, client.TryCompleteSending());
        var buffer = new byte[64];
        var received = await ReceiveAsync(server.Socket, server.Events, buffer);
        Assert.Equal("over the card"u8.ToArray(), buffer[..received]);
        await CardBench.UntilAsync(() => server.Socket.TryReceive(buffer, out _) == IoStatus.EndOfStream);
        Assert.Equal(client.LocalEndPoint, server.Socket.RemoteEndPoint);
        Assert.Equal(server.Peer.Remote, client.LocalEndPoint);
    }

    [Fact]
    public async Task Arm_IsOneShot_AndWhatIsReadyIsAnnouncedAtOnce()
    {
        await using var bench = await CardBench.CreateAsync();
        var (listener, events) = await bench.ListenAsync();
        var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);

        client.Arm(Readiness.Receive);
        client.Arm(Readiness.Receive); // Twice before its event is one request.
        server.Socket.TrySend(new byte[] { 1 }, out _);
        await CardBench.UntilAsync(() => clientEvents.Ready > 0);
        server.Socket.TrySend(new byte[] { 2 }, out _);
        await CardBench.UntilAsync(() => client.TryReceive(new byte[1], out _) == IoStatus.Done);
        await CardBench.UntilAsync(() => client.TryReceive(new byte[1], out _) == IoStatus.Done);
        Assert.Equal(1, clientEvents.Ready); // The second byte found nobody waiting.

        await clientEvents.WaitAsync(client, Readiness.Send); // Ready already.
        Assert.Equal(2, clientEvents.Ready);
    }

    [Fact]
    public async Task EmptySpan_AsksWithoutTaking()
    {
        await using var bench = await CardBench.CreateAsync();
        var (listener, events) = await bench.ListenAsync();
        var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);

        Assert.Equal(IoStatus.WouldBlock, client.TryReceive([], out _));
        server.Socket.TrySend(new byte[] { 9 }, out _);
        await clientEvents.WaitAsync(client, Readiness.Receive);
        Assert.Equal(IoStatus.Done, client.TryReceive([], out var none));
        Assert.Equal(0, none);
        var one = new byte[1];
        Assert.Equal(IoStatus.Done, client.TryReceive(one, out _));
        Assert.Equal(9, one[0]);
    }

    [Fact]
    public async Task Abort_ResetsThePeer_AndNoEventComesAfterwards()
    {
        await using var bench = await CardBench.CreateAsync();
        var (listener, events) = await bench.ListenAsync();
        var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);
        client.Arm(Readiness.Receive);

        client.Abort();
        client.Abort();
        var heard = clientEvents.Seen.Count;

        await CardBench.UntilAsync(() => server.Events.Closed.Count == 1);
        Assert.Equal((SocketError.ConnectionReset, ToeReason.None), server.Events.Closed.Single());
        Assert.Equal(heard, clientEvents.Seen.Count);
        Assert.Empty(clientEvents.Closed);
    }

    [Fact]
    public async Task RefusedByAdmit_IsReset_SinceTheFabricHasNoHostBehindIt()
    {
        await using var bench = await CardBench.CreateAsync();
        var (listener, events) = await bench.ListenAsync();
        events.Admits = static () => false;

        var open = await bench.OpenAsync(listener.LocalEndPoint, new CardBench.SocketEvents());
        var result = await open.Socket!.ConnectAsync(TestContext.Current.CancellationToken);

        Assert.Equal((ConnectOutcome.PeerAnswered, SocketError.ConnectionRefused), (result.Outcome, result.PeerError));
        await open.Socket.DisposeAsync();
    }

    [Fact]
    public async Task RouteNotOnFabric_where_nobody_listens()
    {
        await using var bench = await CardBench.CreateAsync();

        var open = await bench.OpenAsync(new IPEndPoint(IPAddress.Loopback, 9), new CardBench.SocketEvents());

        Assert.Null(open.Socket);
        Assert.True(open.Refusal.Is(ToeReasons.RouteNotOnFabric));
    }

    [Fact]
    public async Task RouteTupleInUse_when_two_cards_want_one_port()
    {
        await using var bench = await CardBench.CreateAsync(cards: 2);
        var (listener, _) = await bench.ListenAsync();

        var again = await bench.Other.ListenAsync(
            new AdapterListenRequest(listener.LocalEndPoint, 16, ToeSocketOptions.Default), new CardBench.ListenerEvents(), TestContext.Current.CancellationToken);

        Assert.True(again.Refusal.Is(ToeReasons.RouteTupleInUse));
        Assert.Equal(0, CardBench.Used(bench.Other, "listeners"));
    }

    [Fact]
    public async Task ConnectionWithItself_IsNotMade()
    {
        await using var bench = await CardBench.CreateAsync(cards: 2);
        var (listener, events) = await bench.ListenAsync(card: bench.Other);
        var open = await bench.Card.OpenAsync(
            new OpenRequest(listener.LocalEndPoint, listener.LocalEndPoint, ToeSocketOptions.Default), new CardBench.SocketEvents(), TestContext.Current.CancellationToken);

        var result = await open.Socket!.ConnectAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken);

        Assert.True(result.Refusal.Is(ToeReasons.RouteTupleInUse), $"{result}");
        await open.Socket.DisposeAsync();
        await bench.ConnectAsync(listener, events); // Other ports do.
    }

    [Fact]
    public async Task TwoCards_OnOneFabric_ReachEachOther()
    {
        await using var bench = await CardBench.CreateAsync(cards: 2);
        var (listener, events) = await bench.ListenAsync(card: bench.Other);

        var (client, _, server) = await bench.ConnectAsync(listener, events);

        client.TrySend(new byte[] { 5 }, out _);
        var one = new byte[1];
        Assert.Equal(1, await ReceiveAsync(server.Socket, server.Events, one));
        Assert.Equal((1, 1), (CardBench.Used(bench.Card, "connections"), CardBench.Used(bench.Other, "connections")));
    }

    [Fact]
    public async Task ResourceConnections_ResourceListeners_and_ResourceMemory_each_for_its_table()
    {
        await using var bench = await CardBench.CreateAsync(new CardProfile { Connections = 3, Listeners = 1, Memory = 4 * 128 * 1024 });
        var (listener, events) = await bench.ListenAsync();
        var second = await bench.Card.ListenAsync(
            new AdapterListenRequest(new IPEndPoint(IPAddress.Loopback, 0), 1, ToeSocketOptions.Default), new CardBench.ListenerEvents(), TestContext.Current.CancellationToken);
        Assert.True(second.Refusal.Is(ToeReasons.ResourceListeners));

        await bench.ConnectAsync(listener, events); // Both ends are on the card: two entries.
        var third = await bench.OpenAsync(listener.LocalEndPoint, new CardBench.SocketEvents());
        var fourth = await bench.OpenAsync(listener.LocalEndPoint, new CardBench.SocketEvents());
        Assert.True(fourth.Refusal.Is(ToeReasons.ResourceConnections));
        await third.Socket!.DisposeAsync();

        var big = await bench.Card.OpenAsync(
            new OpenRequest(null, listener.LocalEndPoint, new ToeSocketOptions { ReceiveBuffer = 1 << 20 }), new CardBench.SocketEvents(), TestContext.Current.CancellationToken);
        Assert.True(big.Refusal.Is(ToeReasons.ResourceMemory), big.Refusal.ToString());
    }

    [Fact]
    public async Task FullTable_LeavesNewSynsAlone_AndNeverOverflows()
    {
        await using var bench = await CardBench.CreateAsync(new CardProfile { Connections = 2 }, cards: 2);
        var (listener, events) = await bench.ListenAsync(card: bench.Other);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            var open = await bench.OpenAsync(listener.LocalEndPoint, new CardBench.SocketEvents());
            return (await open.Socket!.ConnectAsync(TestContext.Current.CancellationToken)).Outcome;
        }));

        Assert.Contains(ConnectOutcome.Connected, outcomes);
        await events.AcceptAsync();
        Assert.InRange(CardBench.Used(bench.Other, "connections"), 1, 2);
    }

    [Fact]
    public async Task LastClose_ReturnsItsClaim_ThoughTheCardIsIdle()
    {
        await using var bench = await CardBench.CreateAsync(cards: 2);
        var (listener, events) = await bench.ListenAsync(card: bench.Other);
        var (client, _, server) = await bench.ConnectAsync(listener, events);
        var tuple = client.LocalEndPoint;

        await client.DisposeAsync();
        await server.Socket.DisposeAsync();

        // The pair and its entry are free again after TIME-WAIT, without any other traffic on the card.
        await CardBench.UntilAsync(() => bench.Other.Network.TryClaim(tuple, listener.LocalEndPoint));
        await CardBench.UntilAsync(() => CardBench.Used(bench.Card, "connections") + CardBench.Used(bench.Other, "connections") == 0);
    }

    [Fact]
    public async Task Disposal_StillSendsWhatEndsTheConnections()
    {
        await using var bench = await CardBench.CreateAsync(cards: 2);
        var (listener, events) = await bench.ListenAsync(card: bench.Other);
        var (client, _, server) = await bench.ConnectAsync(listener, events);

        await client.DisposeAsync();
        await bench.Card.DisposeAsync(); // At once: the loop may not have seen the close yet.

        await CardBench.UntilAsync(() => server.Socket.TryReceive(new byte[1], out _) == IoStatus.EndOfStream);
    }

    [Fact]
    public async Task CallersEngineOptions_AreNotTouched()
    {
        var engine = new TcpEngineOptions { MaximumTransmissionUnit = 1400 };
        var provider = new EmulatedProvider([new EmulatedFabricOptions { Fabric = new Fabric(), Card = new EmulatedCardOptions { Engine = engine } }]);
        await using var bench = await CardBench.CreateAsync();
        await provider.DiscoverAsync(bench, TestContext.Current.CancellationToken);

        Assert.Equal(1400, engine.MaximumTransmissionUnit);
        await provider.Cards[0].DisposeAsync();
        await provider.DisposeAsync();
    }

    private static async Task<int> ReceiveAsync(IToeAdapterSocket socket, CardBench.SocketEvents events, byte[] buffer)
    {
        while (true)
        {
            var status = socket.TryReceive(buffer, out var bytes);
            if (status != IoStatus.WouldBlock)
                return bytes;
            await events.WaitAsync(socket, Readiness.Receive);
        }
    }
}
