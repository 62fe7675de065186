using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Toe.Testing;

namespace Toe.Emulated.Tests.Card;

/// <summary>A card that shares an interface and its addresses with the host: it has what is its own, and the host all else.</summary>
[SupportedOSPlatform("linux")]
public sealed class InterfaceCardTests
{
    private const int Size = 16 * 1024 * 1024 + 12_345;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public async Task EveryByteArrives_BothWays_OfAConnectionTheCardOpens(bool isIPv6, bool offloads)
    {
        await using var bench = await InterfaceBench.CreateAsync(offloads);
        var (socket, events, peer) = await bench.ConnectAsync(isIPv6);
        using var _ = peer;
        Assert.Equal(InterfaceBench.HostAddress(isIPv6), ((IPEndPoint)peer.RemoteEndPoint!).Address);

        await ExchangeAsync(socket, events, peer);

        await socket.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EveryByteArrives_BothWays_OfAConnectionTheCardAccepts(bool isIPv6)
    {
        await using var bench = await InterfaceBench.CreateAsync();
        var (listener, events) = await bench.ListenAsync(new IPEndPoint(InterfaceBench.HostAddress(isIPv6), 0));
        var (accepted, peer) = await bench.AcceptAsync(listener.LocalEndPoint, events);
        using var _ = peer;

        await ExchangeAsync(accepted.Socket, accepted.Events, peer);

        await accepted.Socket.DisposeAsync();
        await listener.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ConnectionsOfTheHostOnTheSamePort_StayTheHosts(bool isIPv6)
    {
        await using var bench = await InterfaceBench.CreateAsync();
        using var hosts = await InterfaceBench.ListenAsync(bench.Host, new IPEndPoint(InterfaceBench.HostAddress(isIPv6), 0));
        var endpoint = (IPEndPoint)hosts.LocalEndPoint!;
        using var before = await InterfaceBench.SocketAsync(bench.Peer, endpoint.AddressFamily);
        await before.ConnectAsync(endpoint, Token);
        using var atHost = await hosts.AcceptAsync(Token);
        var (listener, events) = await bench.ListenAsync(endpoint);

        var (accepted, peer) = await bench.AcceptAsync(endpoint, events);
        using var _ = peer;
        await before.SendAsync("host"u8.ToArray(), Token);
        await peer.SendAsync("card"u8.ToArray(), Token);

        var buffer = new byte[4];
        Assert.Equal(4, await atHost.ReceiveAsync(buffer, Token));
        Assert.Equal("host"u8.ToArray(), buffer);
        Assert.Equal("card"u8.ToArray(), await accepted.Socket.ReceiveExactlyAsync(accepted.Events, 4));
        await accepted.Socket.DisposeAsync();
        await listener.DisposeAsync();

        // And without the card's listener new ones are the host's again.
        using var after = await InterfaceBench.SocketAsync(bench.Peer, endpoint.AddressFamily);
        await after.ConnectAsync(endpoint, Token);
        using var afterAtHost = await hosts.AcceptAsync(Token);
        Assert.Equal(after.LocalEndPoint, afterAtHost.RemoteEndPoint);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ConnectionThatIsNotAdmitted_IsTheHosts(bool isIPv6)
    {
        await using var bench = await InterfaceBench.CreateAsync();
        using var hosts = await InterfaceBench.ListenAsync(bench.Host, new IPEndPoint(InterfaceBench.HostAddress(isIPv6), 0));
        var endpoint = (IPEndPoint)hosts.LocalEndPoint!;
        var (listener, events) = await bench.ListenAsync(endpoint);
        events.Admits = static () => false;

        using var peer = await InterfaceBench.SocketAsync(bench.Peer, endpoint.AddressFamily);
        await peer.ConnectAsync(endpoint, Token);
        using var atHost = await hosts.AcceptAsync(Token);

        var bytes = RandomNumberGenerator.GetBytes(100_000);
        var hash = InterfaceBench.HashAsync(atHost);
        await InterfaceBench.SendAllAsync(peer, bytes);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(bytes)), await hash.WaitAsync(CardBench.Patience, Token));
        Assert.False(events.TryAccept(out _));
        await listener.DisposeAsync();
    }

    [Fact]
    public async Task PortOfAConnection_IsKeptFromTheHost_UntilItEnds()
    {
        Needs.Tool("python3");
        await using var bench = await InterfaceBench.CreateAsync();
        var (socket, _, peer) = await bench.ConnectAsync();
        using var __ = peer;
        var bind = new[] { "python3", "-c", $"import socket; socket.socket().bind(('{socket.LocalEndPoint.Address}', {socket.LocalEndPoint.Port}))" };
        Assert.Contains("Address already in use", (await bench.Host.RunAsync(bind)).Errors, StringComparison.Ordinal);

        socket.Abort();
        await CardBench.UntilAsync(() => CardBench.Used(bench.Card, "connections") == 0);

        Assert.Equal(0, (await bench.Host.RunAsync(bind)).ExitCode);
    }

    [Theory]
    [InlineData("10.9.0.77")] // On its network, and nobody's.
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    public async Task AddressThatIsNotTheHosts_IsRefused(string text)
    {
        await using var bench = await InterfaceBench.CreateAsync();
        var local = new IPEndPoint(IPAddress.Parse(text), 0);
        var open = new OpenRequest(local, new IPEndPoint(InterfaceBench.PeerIPv4, 9), ToeSocketOptions.Default);
        var listen = new AdapterListenRequest(local, 1, ToeSocketOptions.Default);

        var opened = await bench.Host.InsideAsync(() => bench.Card.OpenAsync(open, new CardBench.SocketEvents(), Token).AsTask().GetAwaiter().GetResult());
        var listening = await bench.Host.InsideAsync(() => bench.Card.ListenAsync(listen, new CardBench.ListenerEvents(), Token).AsTask().GetAwaiter().GetResult());

        Assert.True(opened.Refusal.Is(ToeReasons.RouteLocalAddress), opened.Refusal.ToString());
        Assert.True(listening.Refusal.Is(ToeReasons.RouteLocalAddress), listening.Refusal.ToString());
    }

    [Fact]
    public async Task CardThatAcceptsNothing_SharesAnInterface()
    {
        await using var bench = await InterfaceBench.CreateAsync(profile: CardProfile.NetXtreme57810);

        Assert.Equal((AdapterHealth.Healthy, OffloadModel.EstablishedState), (bench.Card.Status.Health, bench.Card.Status.Capabilities.Model));
    }

    [Fact]
    public async Task PortThatTheHostHas_IsNotTaken()
    {
        await using var bench = await InterfaceBench.CreateAsync();
        using var hosts = await InterfaceBench.ListenAsync(bench.Host, new IPEndPoint(InterfaceBench.HostIPv4, 0));
        var request = new OpenRequest((IPEndPoint)hosts.LocalEndPoint!, new IPEndPoint(InterfaceBench.PeerIPv4, 9), ToeSocketOptions.Default);

        var open = await bench.Host.InsideAsync(() => bench.Card.OpenAsync(request, new CardBench.SocketEvents(), Token).AsTask().GetAwaiter().GetResult());
        var result = await open.Socket!.ConnectAsync(Token);

        Assert.Equal(ConnectOutcome.Refused, result.Outcome);
        Assert.True(result.Refusal.Is(ToeReasons.RouteTupleInUse), result.Refusal.ToString());
        await open.Socket.DisposeAsync();
    }

    [Fact]
    public async Task RefusalOfThePeer_IsItsAnswer()
    {
        await using var bench = await InterfaceBench.CreateAsync();
        var socket = await bench.OpenAsync(new IPEndPoint(InterfaceBench.PeerIPv4, 9), new CardBench.SocketEvents());

        var result = await socket.ConnectAsync(Token).AsTask().WaitAsync(CardBench.Patience, Token);

        Assert.Equal((ConnectOutcome.PeerAnswered, SocketError.ConnectionRefused), (result.Outcome, result.PeerError));
        await socket.DisposeAsync();
    }

    private static async Task ExchangeAsync(IToeAdapterSocket socket, CardBench.SocketEvents events, Socket peer)
    {
        var up = RandomNumberGenerator.GetBytes(Size);
        var down = RandomNumberGenerator.GetBytes(Size);
        var arrivedUp = InterfaceBench.HashAsync(peer);
        await socket.SendAllAsync(events, up);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(up)), await arrivedUp.WaitAsync(CardBench.Patience, Token));
        var sending = InterfaceBench.SendAllAsync(peer, down);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(down)), await socket.HashAsync(events));
        await sending;
    }
}
