using System.Net.Sockets;
using CsCheck;

namespace Toe.Emulated.Tests.Card;

/// <summary>A socket's events: one for each request, an end at most once, and none after the end.</summary>
public sealed class CardEventTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NoEvent_IsUnderWay_WhenAbortOrDisposeHasReturned(bool abort)
    {
        await using var bench = await CardBench.CreateAsync();
        var (listener, events) = await bench.ListenAsync();
        var late = 0;
        for (var round = 0; round < 100; round++)
        {
            var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);
            var over = false;
            var raised = 0;
            clientEvents.Raised = () =>
            {
                Interlocked.Increment(ref raised);
                Thread.SpinWait(2000); // Long enough to be met in the middle.
                if (Volatile.Read(ref over))
                    Interlocked.Increment(ref late);
            };
            var traffic = Task.Run(() =>
            {
                var buffer = new byte[64];
                while (!Volatile.Read(ref over))
                {
                    server.Socket.TrySend(buffer, out _);
                    client.Arm(Readiness.Receive);
                    client.TryReceive(buffer, out _);
                }
            }, TestContext.Current.CancellationToken);
            await CardBench.UntilAsync(() => Volatile.Read(ref raised) > 0);

            if (abort)
                client.Abort();
            else
                await client.DisposeAsync();
            Volatile.Write(ref over, true);

            await traffic;
            await client.DisposeAsync();
            await server.Socket.DisposeAsync();
        }

        Assert.Equal(0, late);
    }

    [Fact]
    public async Task AbortInsideAnEvent_DoesNotWaitForItself()
    {
        await using var bench = await CardBench.CreateAsync();
        var (listener, events) = await bench.ListenAsync();
        var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);
        clientEvents.Raised = client.Abort;

        client.Arm(Readiness.Receive);
        server.Socket.TrySend(new byte[1], out _);

        await CardBench.UntilAsync(() => server.Events.Closed.Count == 1);
        Assert.Equal(1, clientEvents.Ready);
    }

    [Fact]
    public async Task PeersResetAndTheCards_Meeting_AreOneEnd()
    {
        await using var bench = await CardBench.CreateAsync();
        for (var round = 0; round < 60; round++)
        {
            var (listener, events) = await bench.ListenAsync();
            var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);

            await Task.WhenAll(Task.Run(server.Socket.Abort, TestContext.Current.CancellationToken), Task.Run(bench.Card.ResetAsync, TestContext.Current.CancellationToken));

            await CardBench.UntilAsync(() => !clientEvents.Closed.IsEmpty);
            await bench.Card.RefreshAsync(TestContext.Current.CancellationToken); // Whatever else the loop had to say is said.
            Assert.Single(clientEvents.Closed);
            await client.DisposeAsync();
            await listener.DisposeAsync();
        }
    }

    [Fact]
    public async Task ResetInsideTheEndByThePeer_IsNoSecondEnd()
    {
        await using var bench = await CardBench.CreateAsync();
        var (listener, events) = await bench.ListenAsync();
        var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);
        var reset = Task.CompletedTask;
        clientEvents.Raised = () => reset = bench.Card.ResetAsync();

        server.Socket.Abort();

        await CardBench.UntilAsync(() => !clientEvents.Closed.IsEmpty);
        await reset.WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(SocketError.ConnectionReset, clientEvents.Closed.Single().Error);
        await client.DisposeAsync();
    }

    [Fact]
    public async Task EndByThePeer_IsAnnouncedOnce_WithTheHostsError_AndNoReason()
    {
        await using var bench = await CardBench.CreateAsync();
        var (listener, events) = await bench.ListenAsync();
        var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);
        client.Arm(Readiness.Receive);

        server.Socket.Abort();

        await CardBench.UntilAsync(() => clientEvents is { Closed.Count: 1, Ready: 1 }); // Who waits is woken as well.
        Assert.Equal((SocketError.ConnectionReset, ToeReason.None), clientEvents.Closed.Single());
        Assert.Equal((IoStatus.Reset, IoStatus.Reset), (client.TryReceive(new byte[1], out _), client.TrySend(new byte[1], out _)));
        await client.DisposeAsync();
        Assert.Single(clientEvents.Closed);
    }

    [Fact]
    public async Task EndByFinBothWays_IsNoEvent()
    {
        await using var bench = await CardBench.CreateAsync();
        var (listener, events) = await bench.ListenAsync();
        var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);

        client.TryCompleteSending();
        server.Socket.TryCompleteSending();
        await CardBench.UntilAsync(() => client.TryReceive(new byte[1], out _) == IoStatus.EndOfStream && server.Socket.TryReceive(new byte[1], out _) == IoStatus.EndOfStream);
        await client.DisposeAsync();
        await server.Socket.DisposeAsync();
        await CardBench.UntilAsync(() => CardBench.Used(bench.Card, "connections") == 0);

        Assert.Empty(clientEvents.Closed);
        Assert.Empty(server.Events.Closed);
    }

    /// <summary>Whatever is armed, sent and read in whatever order: never more events than requests for a direction, and the last request is answered.</summary>
    [Fact]
    public async Task Arming_IsAnsweredOnceForEachRequest() => await Gen.Int[0, 5].Array[1, 80].SampleAsync(
        async steps =>
        {
            await using var bench = await CardBench.CreateAsync();
            var (listener, events) = await bench.ListenAsync();
            var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);
            var asked = (Receive: 0, Send: 0);
            var buffer = new byte[CardBench.BufferSize];
            foreach (var step in steps)
            {
                var interest = step switch { 0 => Readiness.Receive, 1 => Readiness.Send, 2 => Readiness.Receive | Readiness.Send, _ => Readiness.None };
                asked.Receive += interest.HasFlag(Readiness.Receive) ? 1 : 0;
                asked.Send += interest.HasFlag(Readiness.Send) ? 1 : 0;
                if (interest != Readiness.None)
                    client.Arm(interest);
                else if (step == 3)
                    server.Socket.TrySend(buffer.AsSpan(0, 5000), out _);
                else if (step == 4)
                    client.TryReceive(buffer, out _);
                else
                    client.TrySend(buffer, out _);
            }

            client.Arm(Readiness.Receive | Readiness.Send);
            asked = (asked.Receive + 1, asked.Send + 1);
            await CardBench.UntilAsync(() =>
            {
                server.Socket.TrySend(buffer.AsSpan(0, 1), out _);
                server.Socket.TryReceive(new byte[CardBench.BufferSize], out _);
                return Count(clientEvents, Readiness.Receive) > 0 && Count(clientEvents, Readiness.Send) > 0;
            });
            await bench.Card.RefreshAsync(CancellationToken.None);
            Assert.InRange(Count(clientEvents, Readiness.Receive), 1, asked.Receive);
            Assert.InRange(Count(clientEvents, Readiness.Send), 1, asked.Send);
            Assert.DoesNotContain(Readiness.None, clientEvents.Seen);
            await client.DisposeAsync();
            await server.Socket.DisposeAsync();
        },
        iter: 40, threads: 1);

    [Fact]
    public async Task ConnectAsync_CompletesOnce_AndItsCancellationLeavesNothing()
    {
        await using var bench = await CardBench.CreateAsync(cards: 2);
        var (listener, _) = await bench.ListenAsync(card: bench.Other);
        bench.Other.Hang(); // Nobody answers the SYN.
        using var cancel = new CancellationTokenSource();
        var open = await bench.OpenAsync(listener.LocalEndPoint, new CardBench.SocketEvents());

        var connecting = open.Socket!.ConnectAsync(cancel.Token).AsTask();
        await CardBench.UntilAsync(() => bench.Card.Links[0].Statistics.PacketsSent > 0);
        Assert.False(connecting.IsCompleted);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
        open.Socket.Abort();
        await open.Socket.DisposeAsync();
        await CardBench.UntilAsync(() => CardBench.Used(bench.Card, "connections") == 0);
        bench.Other.Unhang();
    }

    [Theory]
    [InlineData("never connected")]
    [InlineData("connecting")]
    public async Task Disposed_BeforeItIsConnected_RefusesAndLeavesNothing(string when)
    {
        await using var bench = await CardBench.CreateAsync(cards: 2);
        var (listener, events) = await bench.ListenAsync(card: bench.Other);
        bench.Other.Hang();
        var open = await bench.OpenAsync(listener.LocalEndPoint, new CardBench.SocketEvents());
        var connecting = when == "connecting" ? open.Socket!.ConnectAsync(TestContext.Current.CancellationToken) : default;

        await open.Socket!.DisposeAsync();

        if (when == "never connected")
            connecting = open.Socket.ConnectAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ConnectOutcome.Refused, (await connecting).Outcome);
        await CardBench.UntilAsync(() => CardBench.Used(bench.Card, "connections") == 0);
        Assert.Equal(IoStatus.Failed, open.Socket.TrySend(new byte[1], out _));
        Assert.False(events.TryAccept(out _));
        bench.Other.Unhang();
    }

    private static int Count(CardBench.SocketEvents events, Readiness direction) => events.Seen.Count(what => what.HasFlag(direction));
}
