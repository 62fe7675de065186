using System.Net;

namespace Toe.Emulated.Tests.Card;

/// <summary>The card's processor survives what goes wrong inside it: it says so, keeps answering, and a reset mends it.</summary>
public sealed class CardLoopTests
{
    [Fact]
    public async Task LinkThatThrowsAtEveryTurn_FailsTheCard_WhichStillAnswers_AndDoesNotSpin()
    {
        using var network = new BrokenNetwork();
        var card = new EmulatedCard(new EmulatedCardOptions { Name = "broken" }, network, TimeProvider.System);
        network.Broken = true;
        network.Wake();

        await CardBench.UntilAsync(() => card.Status.Health == AdapterHealth.Failed);
        Assert.Equal("the card's processor failed: IOException: the link is broken", card.Status.Reason.Text);
        Assert.True(card.Status.Reason.Is(ToeReasons.HealthFailed));
        var status = await card.RefreshAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(AdapterHealth.Failed, status.Health);
        Assert.Equal(4, await card.Shards.Loops[0].InvokeAsync(_ => 4).WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken));
        var calls = network.Calls;
        var started = TimeProvider.System.GetTimestamp();
        await CardBench.UntilAsync(() => network.Calls >= calls + 5);
        Assert.True(TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromMilliseconds(250), "it spins"); // Five turns with their rests.

        network.Broken = false;
        await card.ResetAsync().WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(AdapterHealth.Healthy, card.Status.Health);
        var listen = await card.ListenAsync(
            new AdapterListenRequest(new IPEndPoint(IPAddress.Loopback, 0), 1, ToeSocketOptions.Default), new CardBench.ListenerEvents(), TestContext.Current.CancellationToken);
        Assert.True(listen.Refusal.IsNone, listen.Refusal.ToString());
        await card.DisposeAsync();
    }

    [Fact]
    public async Task ResetOfACard_WhoseLinkStaysBroken_FailsAgain()
    {
        using var network = new BrokenNetwork { Broken = true };
        var card = new EmulatedCard(new EmulatedCardOptions(), network, TimeProvider.System);
        await CardBench.UntilAsync(() => card.Status.Health == AdapterHealth.Failed);

        await card.ResetAsync().WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken);

        await CardBench.UntilAsync(() => card.Status.Health == AdapterHealth.Failed);
        await card.DisposeAsync();
    }

    [Fact]
    public async Task SubscriberThatThrows_StopsNeitherTheLoopNorLaterAnnouncements()
    {
        await using var bench = await CardBench.CreateAsync();
        var subscriber = new Throws();
        bench.Card.Subscribe(subscriber);
        bench.Card.AtBytes(0, static _ => throw new InvalidOperationException("a fault"));

        await CardBench.UntilAsync(() =>
        {
            bench.Card.Shards.Loops[0].Wake();
            return subscriber.Heard >= 1;
        });

        Assert.Equal(AdapterHealth.Failed, bench.Card.Status.Health);
        subscriber.Quiet = true;
        await bench.Card.ResetAsync();
        Assert.Equal(AdapterHealth.Healthy, subscriber.Last!.Health);
        var (listener, events) = await bench.ListenAsync();
        await bench.ConnectAsync(listener, events);
    }

    [Fact]
    public async Task DisposedCard_AnswersAndRefuses_AndItsSocketsCanStillBeDisposed()
    {
        await using var bench = await CardBench.CreateAsync();
        var (listener, events) = await bench.ListenAsync();
        var (client, _, server) = await bench.ConnectAsync(listener, events);

        await bench.Card.DisposeAsync();
        await bench.Card.DisposeAsync();

        Assert.Equal(AdapterHealth.Removed, (await bench.Card.RefreshAsync(TestContext.Current.CancellationToken)).Health);
        Assert.True((await bench.OpenAsync(listener.LocalEndPoint, new CardBench.SocketEvents())).Refusal.Is(ToeReasons.HealthRemoved));
        Assert.True((await bench.Card.ListenAsync(
            new AdapterListenRequest(new IPEndPoint(IPAddress.Loopback, 0), 1, ToeSocketOptions.Default), new CardBench.ListenerEvents(), TestContext.Current.CancellationToken))
            .Refusal.Is(ToeReasons.HealthRemoved));
        await client.DisposeAsync();
        server.Socket.Abort();
        await server.Socket.DisposeAsync();
        await listener.DisposeAsync();
        Assert.All(bench.Card.Status.Budgets, budget => Assert.Equal(0, budget.Used));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => bench.Card.Shards.Loops[0].InvokeAsync(_ => 0));
    }

    [Fact]
    public async Task CardDisposedFromItsOwnThread_Ends()
    {
        await using var bench = await CardBench.CreateAsync();
        var disposed = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        bench.Card.AtBytes(0, card => disposed.SetResult(card.DisposeAsync().AsTask().IsCompletedSuccessfully));
        bench.Card.Shards.Loops[0].Wake();

        Assert.True(await disposed.Task.WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken));

        Assert.Equal(AdapterHealth.Removed, bench.Card.Status.Health);
    }

    private sealed class Throws : IAdapterEvents
    {
        private int _heard;

        public bool Quiet { get; set; }

        public int Heard => Volatile.Read(ref _heard);

        public AdapterStatus? Last { get; private set; }

        public void StatusChanged(AdapterStatus status)
        {
            Last = status;
            Interlocked.Increment(ref _heard);
            if (!Quiet)
                throw new InvalidOperationException("the subscriber's fault");
        }
    }
}
