using System.Net;

namespace Toe.Emulated.Tests.Card;

/// <summary>Many threads open, talk, close and abort while cards die and come back: nobody hangs, nothing leaks.</summary>
public sealed class CardStressTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task ManyThreads_OverTwoCardsThatDie_LeaveNothing(int shards)
    {
        const int Limit = 40;
        var seed = Environment.ProcessId;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        await using var bench = await CardBench.CreateAsync(new CardProfile { Connections = Limit }, cards: 2, segmentLifetime: TimeSpan.FromMilliseconds(1), shards: shards);
        var cancellation = TestContext.Current.CancellationToken;
        var overflow = 0L;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watching = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                foreach (var card in bench.Cards)
                {
                    if (CardBench.Used(card, "connections") is < 0 or > Limit)
                        Interlocked.Increment(ref overflow);
                }
            }
        }, cancellation);
        var connected = 0;
        var workers = Enumerable.Range(0, 6).Select(worker => Task.Run(async () =>
        {
            var random = new Random(seed + worker);
            for (var round = 0; round < 60; round++)
            {
                if (await TalkAsync(bench, random))
                    Interlocked.Increment(ref connected);
                if (worker < 2 && round % 20 == 19)
                {
                    bench.Cards[worker].Crash();
                    await bench.Cards[worker].ResetAsync();
                }
            }
        }, cancellation)).ToArray();

        await Task.WhenAll(workers).WaitAsync(TimeSpan.FromSeconds(120), cancellation);
        await stop.CancelAsync();
        await watching;

        Assert.Equal(0, overflow);
        Assert.True(connected > 50, $"{connected} of 360 connected");
        foreach (var card in bench.Cards)
            await card.ResetAsync(); // What closes towards a card that died would send its FIN again for minutes.
        foreach (var card in bench.Cards)
        {
            await CardBench.UntilAsync(() =>
            {
                foreach (var socket in card.Sockets.Keys)
                    socket.Abort(); // Accepted behind our back.
                // What is left is the engine's: connections that still tell a card that died of their end.
                var engines = card.Shards.Loops.Sum(static loop => loop.Engine.Statistics.Connections + loop.Engine.Statistics.TimeWait);
                return card.Claims.Count == engines
                    && card.Status.Budgets is [var connections, { Used: 0 }, _] && connections.Used == card.Claims.Count;
            });
            await card.ResetAsync();
            Assert.All(card.Status.Budgets, budget => Assert.Equal(0, budget.Used));
            Assert.Empty(card.Claims);
        }
    }

    /// <summary>One listener, one connection, some bytes, and an end of a random kind.</summary>
    private static async Task<bool> TalkAsync(CardBench bench, Random random)
    {
        var events = new CardBench.ListenerEvents();
        var listen = await bench.Cards[random.Next(2)].ListenAsync(
            new AdapterListenRequest(new IPEndPoint(IPAddress.Loopback, 0), 4, ToeSocketOptions.Default), events, CancellationToken.None);
        if (listen.Listener is not { } listener)
            return false;
        var isConnected = false;
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        if ((await bench.OpenAsync(listener.LocalEndPoint, new CardBench.SocketEvents(), bench.Cards[random.Next(2)])).Socket is { } client)
        {
            try
            {
                isConnected = (await client.ConnectAsync(limit.Token)).Outcome == ConnectOutcome.Connected;
                client.TrySend(new byte[random.Next(1, 20_000)], out _);
            }
            catch (OperationCanceledException)
            {
                // The other card died meanwhile: a lost SYN is sent again only after a second.
            }

            if (random.Next(2) == 0)
                client.Abort();
            await client.DisposeAsync();
        }

        while (events.TryAccept(out var accepted))
        {
            accepted!.Socket.TryReceive(new byte[random.Next(1, 20_000)], out _);
            if (random.Next(2) == 0)
                accepted.Socket.Abort();
            await accepted.Socket.DisposeAsync();
        }

        await listener.DisposeAsync();
        return isConnected;
    }
}
