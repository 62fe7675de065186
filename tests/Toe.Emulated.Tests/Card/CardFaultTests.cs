using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Toe.Emulated.Links;
using Toe.Testing;

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

    [Fact]
    public async Task HealthLinkDown_refuses_new_connections_and_the_old_ones_live_through_it()
    {
        await using var bench = await CardBench.CreateAsync(cards: 2);
        var announced = new Announcements();
        bench.Card.Subscribe(announced);
        var (listener, events) = await bench.ListenAsync(card: bench.Other);
        var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);
        var content = new byte[CardBench.BufferSize / 2];
        Random.Shared.NextBytes(content);

        bench.Card.SetLinkUp(false);

        Assert.Equal((AdapterHealth.Degraded, ToeReasons.HealthLinkDown), (announced.Last!.Health, announced.Last.Reason));
        Assert.True(bench.Card.Reaches(null, listener.LocalEndPoint, host: null).Is(ToeReasons.HealthLinkDown));
        Assert.True((await bench.OpenAsync(listener.LocalEndPoint, new CardBench.SocketEvents())).Refusal.Is(ToeReasons.HealthLinkDown));
        Assert.Equal(IoStatus.Done, client.TrySend(content, out var sent)); // Into the send buffer, and lost on the wire.
        await CardBench.UntilAsync(() => bench.Card.Links[0].Statistics.Dropped(LinkDropCause.LinkDown) > 0);
        bench.Card.SetLinkUp(true);

        Assert.Equal((AdapterHealth.Healthy, ToeReason.None), (announced.Last!.Health, announced.Last.Reason));
        var received = new List<byte>();
        var buffer = new byte[4096];
        await CardBench.UntilAsync(() =>
        {
            while (server.Socket.TryReceive(buffer, out var bytes) == IoStatus.Done)
                received.AddRange(buffer[..bytes]);
            return received.Count == sent;
        });
        Assert.Equal(content[..sent], received);
        Assert.True(client.GetInfo().Retransmits > 0);
        Assert.Empty(clientEvents.Closed);
    }

    [Fact]
    public async Task HealthRecovering_until_the_recovery_time_is_over()
    {
        var time = new FakeTimeProvider();
        await using var bench = await CardBench.CreateAsync(time: time, recovery: TimeSpan.FromSeconds(5));

        var resetting = bench.Card.ResetAsync();

        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(AdapterHealth.Recovering, bench.Card.Status.Health);
        Assert.True((await bench.Card.ListenAsync(
            new AdapterListenRequest(new IPEndPoint(IPAddress.Loopback, 0), 1, ToeSocketOptions.Default), new CardBench.ListenerEvents(), TestContext.Current.CancellationToken))
            .Refusal.Is(ToeReasons.HealthRecovering));
        Assert.Equal(AdapterHealth.Recovering, (await bench.Card.RefreshAsync(TestContext.Current.CancellationToken)).Health);
        time.Advance(TimeSpan.FromSeconds(1));
        await resetting.WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(AdapterHealth.Healthy, bench.Card.Status.Health);
        await bench.ListenAsync();
    }

    [Fact]
    public async Task FaultDuringTheRecovery_EndsIt()
    {
        var time = new FakeTimeProvider();
        await using var bench = await CardBench.CreateAsync(time: time, recovery: TimeSpan.FromSeconds(5));
        var resetting = bench.Card.ResetAsync();

        bench.Card.Remove();

        time.Advance(TimeSpan.FromSeconds(5));
        await resetting.WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(AdapterHealth.Removed, bench.Card.Status.Health);
    }

    [Fact]
    public async Task LateAnswer_ComesAllTheSame_ThoughNobodyWaits()
    {
        var time = new FakeTimeProvider();
        await using var bench = await CardBench.CreateAsync(time: time);
        var (listener, _) = await bench.ListenAsync();
        using var cancel = new CancellationTokenSource();
        bench.Card.ControlDelay = TimeSpan.FromSeconds(7);

        var opening = bench.Card.OpenAsync(new OpenRequest(null, listener.LocalEndPoint, ToeSocketOptions.Default), new CardBench.SocketEvents(), cancel.Token).AsTask();
        await cancel.CancelAsync();
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.False(opening.IsCompleted);
        Assert.Equal(0, CardBench.Used(bench.Card, "connections"));
        time.Advance(TimeSpan.FromSeconds(1));

        var late = await opening.WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(1, CardBench.Used(bench.Card, "connections")); // What comes late is the caller's to dispose.
        await late.Socket!.DisposeAsync();
        Assert.Equal(0, CardBench.Used(bench.Card, "connections"));
    }

    [Fact]
    public async Task Hang_LosesPackets_AndTheConnectionGoesOnAfterIt()
    {
        await using var bench = await CardBench.CreateAsync(cards: 2);
        var (listener, events) = await bench.ListenAsync(card: bench.Other);
        var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);
        bench.Other.Hang();
        var received = bench.Other.Links[0].Statistics.PacketsReceived;

        client.TrySend(new byte[] { 3 }, out _);
        await CardBench.UntilAsync(() => bench.Other.Links[0].Statistics.PacketsReceived > received); // Taken from the wire, and lost.
        Assert.Equal(IoStatus.WouldBlock, server.Socket.TryReceive(new byte[1], out _));
        bench.Other.Unhang();

        var one = new byte[1];
        await CardBench.UntilAsync(() => server.Socket.TryReceive(one, out _) == IoStatus.Done);
        Assert.Equal(3, one[0]);
        Assert.Empty(clientEvents.Closed);
    }

    [Fact]
    public async Task ResetOfOneCard_IsSeenByThePeerOnAnother_AsAReset()
    {
        await using var bench = await CardBench.CreateAsync(cards: 2);
        var (listener, events) = await bench.ListenAsync(card: bench.Other);
        var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);

        await bench.Other.ResetAsync();
        var (_, _) = await bench.ListenAsync(listener.LocalEndPoint, bench.Other); // So that the peer's packets reach the card, which knows nothing of them.
        client.TrySend(new byte[1], out _);

        await CardBench.UntilAsync(() => clientEvents.Closed.Count == 1);
        Assert.Equal(SocketError.ConnectionReset, clientEvents.Closed.Single().Error);
        Assert.True(clientEvents.Closed.Single().Reason.IsNone); // Nothing befell this card.
        Assert.True(server.Events.Closed.Single().Reason.Is(ToeReasons.HealthFailed));
    }

    [Fact]
    public async Task Status_IsOneSnapshot_UntilSomethingChanges()
    {
        await using var bench = await CardBench.CreateAsync();
        var card = bench.Card;
        var before = card.Status;
        Assert.Same(before, card.Status);
        Assert.Equal(0, Allocations.LeastOf(() =>
        {
            for (var i = 0; i < 1000; i++)
                _ = card.Status;
        }));

        await bench.ListenAsync();
        Assert.NotSame(before, bench.Card.Status);
        before = bench.Card.Status;
        bench.Card.LoadFirmware("9.9.9");
        Assert.Equal("9.9.9", bench.Card.Status.FirmwareText);
        Assert.NotSame(before, bench.Card.Status);
    }

    [Fact]
    public async Task AnnouncementsOfManyThreads_EndWithTheLastState()
    {
        await using var bench = await CardBench.CreateAsync();
        var announced = new Announcements();
        bench.Card.Subscribe(announced);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 200; i++)
                bench.Card.LoadFirmware($"{thread}.{i}");
        }, TestContext.Current.CancellationToken)));

        Assert.Equal(bench.Card.Status.FirmwareText, announced.Last!.FirmwareText);
    }

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
