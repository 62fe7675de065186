using System.Net;
using CsCheck;

namespace Toe.Emulated.Tests.Card;

/// <summary>What can go wrong with a card, on demand, as the contract shows it.</summary>
public sealed class CardFaultTests
{
    [Fact]
    public async Task Crash_IsAnnounced_AndSocketsHangUntilItsHealthIsSeen()
    {
        await using var bench = await CardBench.CreateAsync();
        var announced = new Announcements();
        bench.Card.Subscribe(announced);
        var (listener, events) = await bench.ListenAsync();
        var (client, _, _) = await bench.ConnectAsync(listener, events);

        bench.Card.Crash();

        Assert.Equal(AdapterHealth.Failed, announced.Last!.Health);
        Assert.Equal(IoStatus.WouldBlock, client.TryReceive(new byte[1], out _));
        Assert.Equal(IoStatus.WouldBlock, client.TrySend(new byte[1], out _));
        Assert.True(events.Stopped.Single().Is(ToeReasons.HealthFailed));
        Assert.True((await bench.OpenAsync(listener.LocalEndPoint, new CardBench.SocketEvents())).Refusal.Is(ToeReasons.HealthFailed));
    }

    [Fact]
    public async Task Reset_BringsItBack_WithEmptyTables_AndTheSameId()
    {
        await using var bench = await CardBench.CreateAsync();
        var announced = new Announcements();
        bench.Card.Subscribe(announced);
        var id = bench.Card.Identity.Id;
        var (listener, events) = await bench.ListenAsync();
        var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);
        bench.Card.Crash();

        await bench.Card.ResetAsync();

        Assert.Equal([AdapterHealth.Failed, AdapterHealth.Recovering, AdapterHealth.Healthy], announced.Healths);
        Assert.Equal(IoStatus.Failed, client.TryReceive(new byte[1], out _));
        Assert.Single(clientEvents.Closed);
        await client.DisposeAsync();
        await server.Socket.DisposeAsync();
        await listener.DisposeAsync();
        Assert.Equal((0, 0, 0), (CardBench.Used(bench.Card, "connections"), CardBench.Used(bench.Card, "listeners"), CardBench.Used(bench.Card, "memory")));
        Assert.Equal(id, bench.Card.Identity.Id);
        var (again, againEvents) = await bench.ListenAsync(listener.LocalEndPoint);
        await bench.ConnectAsync(again, againEvents);
    }

    [Fact]
    public async Task Removed_AndBack_WithTheSameId()
    {
        await using var bench = await CardBench.CreateAsync();
        bench.Card.Remove();
        Assert.Equal(AdapterHealth.Removed, bench.Card.Status.Health);

        await bench.Card.ResetAsync();

        Assert.Equal(AdapterHealth.Healthy, bench.Card.Status.Health);
        await bench.ListenAsync();
    }

    [Fact]
    public async Task Hang_AnswersNoControlCall_AndThenAnswersLate()
    {
        await using var bench = await CardBench.CreateAsync();
        var (listener, _) = await bench.ListenAsync();
        using var cancel = new CancellationTokenSource();
        bench.Card.Hang();

        var refreshing = bench.Card.RefreshAsync(cancel.Token).AsTask();
        var opening = bench.Card.OpenAsync(new OpenRequest(null, listener.LocalEndPoint, ToeSocketOptions.Default), new CardBench.SocketEvents(), cancel.Token).AsTask();
        await cancel.CancelAsync(); // A hung processor does not hear it.
        Assert.False(refreshing.IsCompleted || opening.IsCompleted);
        Assert.Equal(AdapterHealth.Healthy, bench.Card.Status.Health); // And says nothing about it.
        bench.Card.Unhang();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening.WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => refreshing.WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken));
        Assert.Equal(0, CardBench.Used(bench.Card, "connections"));
    }

    [Theory]
    [InlineData("0.9.0", true)]
    [InlineData("1.1.3", true)]
    [InlineData("fw-unknown", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public async Task Firmware_IsReportedAsItIs_AndReadByTheGrammar(string? text, bool parses)
    {
        await using var bench = await CardBench.CreateAsync();

        bench.Card.LoadFirmware(text);

        Assert.Equal(text, bench.Card.Status.FirmwareText);
        Assert.Equal(parses, bench.Card.Status.Firmware is not null);
    }

    [Fact]
    public async Task DoubledEvents_ComeTwice()
    {
        await using var bench = await CardBench.CreateAsync();
        var (listener, events) = await bench.ListenAsync();
        var (client, clientEvents, _) = await bench.ConnectAsync(listener, events);
        bench.Card.DoubleEvents = true;

        client.Arm(Readiness.Send);

        await CardBench.UntilAsync(() => clientEvents.Ready == 2);
    }

    [Fact]
    public async Task TablesFull_RefusesWithEachTablesReason()
    {
        await using var bench = await CardBench.CreateAsync();
        var (listener, _) = await bench.ListenAsync();

        bench.Card.TablesFull = true;

        Assert.True((await bench.OpenAsync(listener.LocalEndPoint, new CardBench.SocketEvents())).Refusal.Is(ToeReasons.ResourceConnections));
        bench.Card.TablesFull = false;
        Assert.NotNull((await bench.OpenAsync(listener.LocalEndPoint, new CardBench.SocketEvents())).Socket);
    }

    [Fact]
    public async Task ProcessorThatThrows_FailsTheCard_AndAResetMendsIt()
    {
        await using var bench = await CardBench.CreateAsync();
        bench.Card.AtBytes(0, static _ => throw new InvalidOperationException("a fault in the card's own code"));

        await bench.Card.RefreshAsync(TestContext.Current.CancellationToken); // A turn of the loop.

        await CardBench.UntilAsync(() => bench.Card.Status.Health == AdapterHealth.Failed);
        Assert.Contains("a fault in the card's own code", bench.Card.Status.Reason.Text, StringComparison.Ordinal);
        await bench.Card.ResetAsync();
        var (listener, events) = await bench.ListenAsync();
        await bench.ConnectAsync(listener, events);
    }

    [Fact]
    public async Task Degraded_GoesOn()
    {
        await using var bench = await CardBench.CreateAsync();
        var (listener, events) = await bench.ListenAsync();

        bench.Card.SetDegraded(true);

        Assert.Equal(AdapterHealth.Degraded, bench.Card.Status.Health);
        await bench.ConnectAsync(listener, events);
    }

    /// <summary>Whatever is opened, connected, closed, aborted, crashed and reset in whatever order: the tables never overflow, never go below nothing, and are empty at the end.</summary>
    [Fact]
    public async Task Tables_BalanceUnderAnySequence() => await Gen.Int[0, 6].Array[1, 60].SampleAsync(
        async steps =>
        {
            const int Limit = 8;
            await using var bench = await CardBench.CreateAsync(new CardProfile { Connections = Limit, Listeners = 2 });
            IToeAdapterListener? listener = null;
            var events = new CardBench.ListenerEvents();
            var open = new List<IToeAdapterSocket>();
            foreach (var step in steps)
            {
                switch (step)
                {
                    case 0 when listener is null:
                        var listen = await bench.Card.ListenAsync(new AdapterListenRequest(new IPEndPoint(IPAddress.Loopback, 0), 4, ToeSocketOptions.Default), events, CancellationToken.None);
                        listener = listen.Listener;
                        break;
                    case 1 or 2 when listener is not null:
                        if ((await bench.OpenAsync(listener.LocalEndPoint, new CardBench.SocketEvents())).Socket is not { } socket)
                            break;
                        open.Add(socket);
                        if (step == 2)
                            await socket.ConnectAsync(CancellationToken.None).AsTask().WaitAsync(CardBench.Patience);
                        break;
                    case 3 when open.Count > 0:
                        await open[0].DisposeAsync();
                        await open[0].DisposeAsync();
                        open.RemoveAt(0);
                        break;
                    case 4 when open.Count > 0:
                        open[^1].Abort();
                        await open[^1].DisposeAsync();
                        open.RemoveAt(open.Count - 1);
                        break;
                    case 5:
                        bench.Card.Crash();
                        await bench.Card.ResetAsync();
                        break;
                    case 6 when listener is not null:
                        await listener.DisposeAsync();
                        listener = null;
                        break;
                    default:
                        break;
                }

                Assert.InRange(CardBench.Used(bench.Card, "connections"), 0, Limit);
                Assert.InRange(CardBench.Used(bench.Card, "listeners"), 0, 2);
            }

            foreach (var socket in open)
                await socket.DisposeAsync();
            if (listener is not null)
                await listener.DisposeAsync();
            await CardBench.UntilAsync(() =>
            {
                foreach (var held in bench.Card.Sockets.Keys)
                    held.DisposeAsync().AsTask().Wait(CardBench.Patience); // What the listener accepted and nobody took; a handshake may complete just now.
                return bench.Card.Status.Budgets.All(budget => budget.Used == 0);
            });
        },
        iter: 60, threads: 1);

    private sealed class Announcements : IAdapterEvents
    {
        private readonly List<AdapterHealth> _healths = [];

        public AdapterStatus? Last { get; private set; }

        public IReadOnlyList<AdapterHealth> Healths
        {
            get
            {
                lock (_healths)
                    return [.. _healths];
            }
        }

        public void StatusChanged(AdapterStatus status)
        {
            lock (_healths)
            {
                if (_healths.Count == 0 || _healths[^1] != status.Health)
                    _healths.Add(status.Health);
            }

            Last = status;
        }
    }
}
