using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Toe.Emulated.Links;
using Toe.Testing;

namespace Toe.Emulated.Tests.Card;

/// <summary>The card on a TAP device, with the kernel as its neighbour, through the provider contract.</summary>
[SupportedOSPlatform("linux")]
public sealed class TapCardTests
{
    private static readonly IPEndPoint Closed = new(IPAddress.Parse("10.9.0.1"), 9);
    private static readonly IPEndPoint ClosedOnAnother = new(IPAddress.Parse("10.9.0.3"), 9);

    [Fact]
    public async Task ResourceNeighbours_when_the_table_is_full_of_neighbours_in_use()
    {
        await using var space = await MakeAsync();
        await using var provider = new EmulatedProvider([Options(neighbours: 1)]);
        var card = await DiscoverAsync(space, provider);
        Assert.Equal((ConnectOutcome.PeerAnswered, SocketError.ConnectionRefused), await ConnectAsync(card, Closed));
        Assert.Equal((1, 1), (CardBench.Used(card, "neighbours"), card.Status.Budgets.Single(budget => budget.Table == "neighbours").Limit));

        var open = await card.OpenAsync(new OpenRequest(null, ClosedOnAnother, ToeSocketOptions.Default), new CardBench.SocketEvents(), TestContext.Current.CancellationToken);
        var result = await open.Socket!.ConnectAsync(TestContext.Current.CancellationToken);

        Assert.Equal(ConnectOutcome.Refused, result.Outcome); // The card's answer, not the peer's: the host stack may try.
        Assert.True(result.Refusal.Is(ToeReasons.ResourceNeighbours), result.Refusal.ToString());
        await open.Socket.DisposeAsync();
        Assert.Equal(0, CardBench.Used(card, "connections"));
        Assert.Equal((ConnectOutcome.PeerAnswered, SocketError.ConnectionRefused), await ConnectAsync(card, Closed)); // Whom it knows it still reaches.
        await card.DisposeAsync();
    }

    [Fact]
    public async Task NeighbourThatDoesNotAnswer_IsThePeersAnswer_AndItsEntryIsReturned()
    {
        await using var space = await MakeAsync();
        await using var provider = new EmulatedProvider([Options(neighbours: 2)]);
        var card = await DiscoverAsync(space, provider);

        Assert.Equal((ConnectOutcome.PeerAnswered, SocketError.HostUnreachable), await ConnectAsync(card, new IPEndPoint(IPAddress.Parse("10.9.0.77"), 9)));

        await CardBench.UntilAsync(() => CardBench.Used(card, "neighbours") == 0);
        Assert.Equal(0, CardBench.Used(card, "connections"));
        await card.DisposeAsync();
    }

    [Fact]
    public async Task LinkOfATapDevice_IsTheKernels()
    {
        await using var space = await MakeAsync();
        await using var provider = new EmulatedProvider([Options(neighbours: 2)]);
        var card = await DiscoverAsync(space, provider);
        Assert.Throws<NotSupportedException>(() => card.SetLinkUp(false));

        await space.IpAsync("link", "set", "toe0", "down");
        await CardBench.UntilAsync(() => card.Status.Reason.Is(ToeReasons.HealthLinkDown));
        Assert.Equal(AdapterHealth.Degraded, card.Status.Health);
        Assert.True(card.Reaches(null, Closed, host: null).Is(ToeReasons.HealthLinkDown));

        await space.IpAsync("link", "set", "toe0", "up");
        await CardBench.UntilAsync(() => card.Status.Health == AdapterHealth.Healthy);
        Assert.Equal((ConnectOutcome.PeerAnswered, SocketError.ConnectionRefused), await ConnectAsync(card, Closed));
        await card.DisposeAsync();
    }

    [Fact]
    public async Task DeviceThatIsDeleted_IsALinkThatIsDown_AndTheCardGoesOnAnswering()
    {
        await using var space = await MakeAsync();
        await using var provider = new EmulatedProvider([Options(neighbours: 2)]);
        var card = await DiscoverAsync(space, provider);

        await space.IpAsync("link", "delete", "toe0");

        await CardBench.UntilAsync(() => card.Status.Reason.Is(ToeReasons.HealthLinkDown));
        await card.RefreshAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken);
        await card.DisposeAsync();
    }

    private static async Task<NetworkNamespace> MakeAsync()
    {
        var space = await NetworkNamespace.CreateAsync();
        await space.AddTapAsync("toe0", owner: 0, "10.9.0.1/24", "10.9.0.3/24");
        return space;
    }

    private static EmulatedTapOptions Options(int neighbours) => new("toe0", [InterfaceAddress.Parse("10.9.0.2/24")])
    {
        Card = new EmulatedCardOptions { Name = "tap", Profile = new CardProfile { Neighbours = neighbours } },
    };

    internal static async Task<EmulatedCard> DiscoverAsync(NetworkNamespace space, EmulatedProvider provider)
    {
        var discovery = await space.InsideAsync(() => provider.DiscoverAsync(new QuietHost(), CancellationToken.None).AsTask().GetAwaiter().GetResult());
        Assert.Empty(discovery.NotTaken);
        return provider.Cards[0];
    }

    private static async Task<(ConnectOutcome Outcome, SocketError Error)> ConnectAsync(EmulatedCard card, IPEndPoint peer)
    {
        var open = await card.OpenAsync(new OpenRequest(null, peer, ToeSocketOptions.Default), new CardBench.SocketEvents(), TestContext.Current.CancellationToken);
        Assert.True(open.Refusal.IsNone, open.Refusal.ToString());
        var result = await open.Socket!.ConnectAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken);
        await open.Socket.DisposeAsync();
        return (result.Outcome, result.PeerError);
    }
}
