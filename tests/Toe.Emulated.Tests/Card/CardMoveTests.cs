using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography;

namespace Toe.Emulated.Tests.Card;

/// <summary>Connections that go from card to card of one fabric, through the provider contract alone.</summary>
public sealed class CardMoveTests
{
    private const int Moves = 20;
    private const int Chunk = 3 * CardBench.BufferSize; // More than buffers take: it is under way while the connection moves.

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(true, 3)]
    public async Task Bytes_AreWholeBothWays_WhileTheConnectionMovesUnderTraffic(bool acceptedSide, int shards)
    {
        await using var bench = await CardBench.CreateAsync(cards: 3, shards: shards);
        var (listener, events) = await bench.ListenAsync();
        var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);
        var moving = new MovingSocket(acceptedSide ? server.Socket : client, acceptedSide ? server.Events : clientEvents);
        var still = new MovingSocket(acceptedSide ? client : server.Socket, acceptedSide ? clientEvents : server.Events);
        var (up, down) = (RandomNumberGenerator.GetBytes(Moves * Chunk), RandomNumberGenerator.GetBytes(Moves * Chunk));
        var receiving = Task.WhenAll(still.ReceiveAsync(up.Length), moving.ReceiveAsync(down.Length));

        for (var move = 0; move < Moves; move++)
        {
            var sending = Task.WhenAll(moving.SendAsync(up.AsMemory(move * Chunk, Chunk)), still.SendAsync(down.AsMemory(move * Chunk, Chunk)));
            await moving.MoveAsync(bench.Cards[(move + 1) % 3]);
            await sending;
        }

        var received = await receiving;
        Assert.Equal(up, received[0]);
        Assert.Equal(down, received[1]);
        Assert.Empty(moving.Events.Closed);
        Assert.Empty(still.Events.Closed);
        await still.Socket.DisposeAsync();
        await moving.Socket.DisposeAsync();
        await CardBench.UntilAsync(() => bench.Cards.Sum(static card => CardBench.Used(card, "connections")) == 0);
        Assert.Equal(0, bench.Cards.Sum(static card => CardBench.Used(card, "memory")));
    }

    [Fact]
    public async Task The57810_OpensAndAcceptsNothing_AndTakesOverWhatAnotherEstablished()
    {
        await using var bench = await MixedAsync();
        var target = bench.Other;
        var (listener, events) = await bench.ListenAsync();

        var open = await bench.OpenAsync(listener.LocalEndPoint, new CardBench.SocketEvents(), target);
        var listen = await target.ListenAsync(
            new AdapterListenRequest(new IPEndPoint(IPAddress.Loopback, 0), 1, ToeSocketOptions.Default), new CardBench.ListenerEvents(), TestContext.Current.CancellationToken);
        Assert.True(open.Refusal.Is(ToeReasons.CapabilityModel));
        Assert.True(listen.Refusal.Is(ToeReasons.CapabilityModel));
        Assert.Equal(OffloadModel.EstablishedState, target.Status.Capabilities.Model);
        Assert.True(target.Status.Capabilities.Has(AdapterFeatures.ImportsState | AdapterFeatures.ExportsState));
        Assert.False(target.Status.Capabilities.Has(AdapterFeatures.ActiveOpen));

        var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);
        var moving = new MovingSocket(client, clientEvents);
        await moving.SendAsync(new byte[] { 1, 2, 3 });
        await moving.MoveAsync(target);
        await moving.SendAsync(new byte[] { 4, 5 });

        var peer = new MovingSocket(server.Socket, server.Events);
        Assert.Equal([1, 2, 3, 4, 5], await peer.ReceiveAsync(5));
        Assert.Equal(OffloadConfidence.Confirmed, moving.Socket.GetInfo().Confidence);
        Assert.Equal(1, CardBench.Used(target, "connections"));
        await moving.MoveAsync(bench.Card);
        await CardBench.UntilAsync(() => CardBench.Used(target, "connections") == 0);
    }

    [Fact]
    public async Task AConnectionThatFindsAFullTable_IsRefused()
    {
        await using var bench = await MixedAsync(CardProfile.NetXtreme57810 with { Connections = 1 });
        var (listener, events) = await bench.ListenAsync();
        var (first, firstEvents, _) = await bench.ConnectAsync(listener, events);
        var (second, _, _) = await bench.ConnectAsync(listener, events);
        await new MovingSocket(first, firstEvents).MoveAsync(bench.Other);

        var refused = await bench.Other.PrepareAsync(TupleOf(second, listener), new CardBench.SocketEvents(), TestContext.Current.CancellationToken);

        Assert.True(refused.Refusal.Is(ToeReasons.ResourceConnections));
    }

    [Fact]
    public async Task AT6_NeitherTakesNorGives()
    {
        await using var bench = await CardBench.CreateAsync(CardProfile.T6, cards: 2);
        var (listener, events) = await bench.ListenAsync();
        var (client, _, _) = await bench.ConnectAsync(listener, events);

        Assert.False(client is IExportsState);
        var refused = await bench.Other.PrepareAsync(TupleOf(client, listener), new CardBench.SocketEvents(), TestContext.Current.CancellationToken);
        Assert.True(refused.Refusal.Is(ToeReasons.CapabilityMove));
    }

    [Fact]
    public async Task AnAbandonedPlace_LeavesTheConnectionWhereItWas()
    {
        await using var bench = await CardBench.CreateAsync(cards: 2);
        var (listener, events) = await bench.ListenAsync();
        var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);

        var (place, source) = await PrepareAsync(bench, client, listener);
        Assert.True((await place.ImportAsync(source.State, TestContext.Current.CancellationToken)).IsNone);
        Assert.Equal(IoStatus.Done, server.Socket.TrySend([7, 7], out _));
        await place.AbandonAsync();
        await source.ResumeAsync();

        Assert.Equal([7, 7], await new MovingSocket(client, clientEvents).ReceiveAsync(2));
        Assert.Equal(0, CardBench.Used(bench.Other, "connections"));
        Assert.Equal(0, CardBench.Used(bench.Other, "memory"));
    }

    [Fact]
    public async Task AConnectionOfAnotherFabric_IsRefused()
    {
        await using var bench = await CardBench.CreateAsync();
        await using var elsewhere = await CardBench.CreateAsync();
        var (listener, events) = await bench.ListenAsync();
        var (client, _, _) = await bench.ConnectAsync(listener, events);

        var refused = await elsewhere.Card.PrepareAsync(TupleOf(client, listener), new CardBench.SocketEvents(), TestContext.Current.CancellationToken);

        Assert.True(refused.Refusal.Is(ToeReasons.RouteNotOnFabric));
        Assert.Equal(0, CardBench.Used(elsewhere.Card, "connections"));
    }

    [Fact]
    public async Task AStateThatContradictsItself_IsRefused_AndTheConnectionRunsOn()
    {
        await using var bench = await CardBench.CreateAsync(cards: 2);
        var (listener, events) = await bench.ListenAsync();
        var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);
        var cancel = TestContext.Current.CancellationToken;
        var (place, source) = await PrepareAsync(bench, client, listener);

        Assert.True((await place.ImportAsync(source.State with { State = TcpState.TimeWait }, cancel)).Is(ToeReasons.CapabilityMove));
        foreach (var broken in new[]
        {
            source.State with { SendNext = source.State.SendUnacknowledged + 5 },
            source.State with { MaximumSegmentSize = 0 },
            source.State with { SendWindowScale = 15 },
            source.State with { ReceiveWindowScale = null },
            source.State with { SendWindow = uint.MaxValue },
            source.State with { ReceiveWindow = uint.MaxValue },
            source.State with { ReceiveWindowUpdate = source.State.ReceiveNext + 1 },
            source.State with { Tuple = new TcpTuple(listener.LocalEndPoint, listener.LocalEndPoint) },
        })
            Assert.True((await place.ImportAsync(broken, cancel)).Is(ToeReasons.InternalContractViolation), broken.ToString());
        await place.AbandonAsync();
        await source.ResumeAsync();
        server.Socket.TrySend([1], out _);
        Assert.Equal([1], await new MovingSocket(client, clientEvents).ReceiveAsync(1));
    }

    [Fact]
    public async Task ACardThatDiesBeforeActivate_GivesThePacketsBack()
    {
        await using var bench = await CardBench.CreateAsync(cards: 2);
        var (listener, events) = await bench.ListenAsync();
        var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);
        var (place, source) = await PrepareAsync(bench, client, listener);

        bench.Other.Crash();
        Assert.False((await place.ImportAsync(source.State, TestContext.Current.CancellationToken)).IsNone);
        await place.AbandonAsync();
        await source.ResumeAsync();

        server.Socket.TrySend([1], out _);
        Assert.Equal([1], await new MovingSocket(client, clientEvents).ReceiveAsync(1));
    }

    [Fact]
    public async Task ACardThatFails_TellsTheStatesOfItsConnections_AndOneThatCrashesDoesNot()
    {
        await using var bench = await CardBench.CreateAsync(cards: 3);
        var (listener, events) = await bench.ListenAsync(card: bench.Other);
        var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);
        var (moving, still) = (new MovingSocket(client, clientEvents), new MovingSocket(server.Socket, server.Events));
        await still.SendAsync(new byte[] { 1, 2 });
        await clientEvents.WaitAsync(client, Readiness.Receive);

        bench.Card.Fail();

        Assert.Equal(AdapterHealth.Failed, bench.Card.Status.Health);
        Assert.True(bench.Card.Status.Capabilities.Has(AdapterFeatures.ExportsState));
        Assert.Equal(IoStatus.WouldBlock, client.TryReceive(new byte[1], out _));
        await moving.MoveAsync(bench.Cards[2]);
        Assert.Equal([1, 2], await moving.ReceiveAsync(2));
        await moving.SendAsync(new byte[] { 3 });
        Assert.Equal([3], await still.ReceiveAsync(1));

        bench.Cards[2].Crash();
        Assert.False(bench.Cards[2].Status.Capabilities.Has(AdapterFeatures.ExportsState));
        await Assert.ThrowsAsync<IOException>(async () => await ((IExportsState)moving.Socket).FreezeAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>A place for the client's connection on the other card, and the connection frozen where it is.</summary>
    private static async Task<(IMoveTarget Place, IMoveSource Source)> PrepareAsync(CardBench bench, IToeAdapterSocket client, IToeAdapterListener listener)
    {
        var cancel = TestContext.Current.CancellationToken;
        var prepared = await bench.Other.PrepareAsync(TupleOf(client, listener), new CardBench.SocketEvents(), cancel);
        Assert.True(prepared.Refusal.IsNone, prepared.Refusal.ToString());
        return (prepared.Place!, await ((IExportsState)client).FreezeAsync(cancel));
    }

    private static TcpTuple TupleOf(IToeAdapterSocket socket, IToeAdapterListener listener) => new(socket.LocalEndPoint, listener.LocalEndPoint);

    private static Task<CardBench> MixedAsync(CardProfile? second = null) => CardBench.CreateAsync([CardProfile.Default, second ?? CardProfile.NetXtreme57810]);
}
