using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Toe.Emulated.Links;
using Toe.Testing;

namespace Toe.Emulated.Tests.Card;

/// <summary>A card with several threads on the queues of one TAP device, with the kernel as its neighbour.</summary>
[SupportedOSPlatform("linux")]
public sealed class TapShardTests
{
    private const int Shards = 3;
    private const int Connections = 48;

    [Fact]
    public async Task ConnectionsThatTheKernelOpens_ReachTheLoopOfTheirFlow_FromWhateverQueue()
    {
        await using var space = await MakeAsync();
        await using var provider = Provider();
        var card = await TapCardTests.DiscoverAsync(space, provider);
        var events = new CardBench.ListenerEvents();
        var listen = await card.ListenAsync(
            new AdapterListenRequest(IPEndPoint.Parse("10.9.0.2:0"), 4 * Connections, ToeSocketOptions.Default), events, TestContext.Current.CancellationToken);
        var peers = new List<Socket>();
        for (var index = 0; index < Connections; index++)
        {
            var peer = await space.InsideAsync(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            peers.Add(peer);
            await peer.ConnectAsync(listen.Listener!.LocalEndPoint, TestContext.Current.CancellationToken);
            var accepted = await events.AcceptAsync();
            var sent = RandomNumberGenerator.GetBytes(1000);
            await peer.SendAsync(sent, TestContext.Current.CancellationToken);
            Assert.Equal(sent, await accepted.Socket.ReceiveExactlyAsync(accepted.Events, sent.Length));
        }

        // The kernel's hash of a new flow is not ours, so some of these many came to another queue; a reset would have ended their connect.
        Assert.All(card.Shards.Loops, loop => Assert.True(loop.Engine.Statistics.Connections > 0));
        Assert.Equal(Connections, card.Shards.Loops.Sum(loop => loop.Engine.Statistics.Connections));
        Assert.Equal(0, card.Shards.Loops.Sum(loop => loop.Engine.Statistics.ResetsSent));
        foreach (var peer in peers)
            peer.Dispose();
        await card.DisposeAsync();
    }

    [Fact]
    public async Task EveryLoop_LearnsItsNeighbours_WhicheverQueueTheyAnswerOn()
    {
        await using var space = await MakeAsync();
        await using var provider = Provider();
        var card = await TapCardTests.DiscoverAsync(space, provider);
        var kernel = await ListenAsync(space);
        for (var index = 0; index < 4 * Shards; index++)
        {
            var events = new CardBench.SocketEvents();
            var open = await card.OpenAsync(new OpenRequest(null, (IPEndPoint)kernel.LocalEndPoint!, ToeSocketOptions.Default), events, TestContext.Current.CancellationToken);
            var result = await open.Socket!.ConnectAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken);
            Assert.Equal(ConnectOutcome.Connected, result.Outcome);
            using var peer = await kernel.AcceptAsync(TestContext.Current.CancellationToken);
            var bytes = RandomNumberGenerator.GetBytes(200_000);
            var sending = peer.SendAsync(bytes, TestContext.Current.CancellationToken).AsTask();
            Assert.Equal(bytes, await open.Socket.ReceiveExactlyAsync(events, bytes.Length));
            await sending;
            await open.Socket.DisposeAsync();
        }

        Assert.All(card.Links, link => Assert.True(link.Statistics.PacketsReceived > 0));
        Assert.Equal(1, CardBench.Used(card, "neighbours")); // One, though each loop knows it.
        kernel.Dispose();
        await card.DisposeAsync();
    }

    [Fact]
    public async Task DeviceWithOneQueue_IsNotTaken_AndTheReasonSaysHowToMakeOne()
    {
        await using var space = await NetworkNamespace.CreateAsync();
        await space.AddTapAsync("toe0", owner: 0, "10.9.0.1/24");
        await using var provider = Provider();

        var discovery = await space.InsideAsync(() => provider.DiscoverAsync(new QuietHost(), CancellationToken.None).AsTask().GetAwaiter().GetResult());

        var reason = Assert.Single(discovery.NotTaken).Reason;
        Assert.True(reason.Is(ToeReasons.EnvironmentDevice), reason.ToString());
        Assert.Contains("mode tap multi_queue user", reason.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DiscoveryThatFails_LeavesNoQueueAttached()
    {
        await using var space = await MakeAsync();
        await space.IpAsync("link", "set", "toe0", "mtu", "500"); // Less than TCP needs.
        await using var provider = Provider();
        for (var attempt = 0; attempt < 2; attempt++)
        {
            await Assert.ThrowsAsync<ArgumentException>(() => space.InsideAsync(
                () => provider.DiscoverAsync(new QuietHost(), CancellationToken.None).AsTask().GetAwaiter().GetResult()));
        }

        await space.IpAsync("link", "set", "toe0", "mtu", "1500");
        var card = await TapCardTests.DiscoverAsync(space, provider);

        var queues = (await space.RunAsync("ls", "/sys/class/net/toe0/queues")).Good().Output;
        Assert.Equal(Shards, queues.Split('\n').Count(static name => name.StartsWith("tx-", StringComparison.Ordinal)));
        await card.DisposeAsync();
    }

    private static async Task<NetworkNamespace> MakeAsync()
    {
        var space = await NetworkNamespace.CreateAsync();
        await space.AddTapAsync("toe0", owner: 0, severalQueues: true, "10.9.0.1/24");
        return space;
    }

    private static EmulatedProvider Provider() => new([new EmulatedTapOptions("toe0", [InterfaceAddress.Parse("10.9.0.2/24")])
    {
        Card = new EmulatedCardOptions { Name = "tap", Shards = Shards },
    }]);

    private static Task<Socket> ListenAsync(NetworkNamespace space) => space.InsideAsync(() =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(IPEndPoint.Parse("10.9.0.1:0"));
        socket.Listen();
        return socket;
    });
}
