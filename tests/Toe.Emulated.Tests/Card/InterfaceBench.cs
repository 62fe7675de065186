using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Toe.Testing;

namespace Toe.Emulated.Tests.Card;

/// <summary>Two hosts on a cable, each a namespace: a card shares the first one's interface and addresses; the second is an ordinary kernel.</summary>
[SupportedOSPlatform("linux")]
internal sealed class InterfaceBench : IAsyncDisposable
{
    public const string Device = "eth0";

    private readonly EmulatedProvider _provider;

    private InterfaceBench(NetworkNamespace host, NetworkNamespace peer, EmulatedProvider provider)
    {
        Host = host;
        Peer = peer;
        _provider = provider;
    }

    public static IPAddress HostIPv4 { get; } = IPAddress.Parse("10.9.0.1");

    public static IPAddress HostIPv6 { get; } = IPAddress.Parse("fd09::1");

    public static IPAddress PeerIPv4 { get; } = IPAddress.Parse("10.9.0.2");

    public static IPAddress PeerIPv6 { get; } = IPAddress.Parse("fd09::2");

    public NetworkNamespace Host { get; }

    public NetworkNamespace Peer { get; }

    public EmulatedCard Card => _provider.Cards[0];

    public static async Task<InterfaceBench> CreateAsync(bool offloads = true, CardProfile? profile = null)
    {
        var (host, peer) = await CableAsync();
        var provider = new EmulatedProvider([new EmulatedInterfaceOptions(Device)
        {
            Card = new EmulatedCardOptions { Name = Device, Profile = profile ?? CardProfile.Default },
            Offloads = offloads,
        }]);
        await TapCardTests.DiscoverAsync(host, provider);
        return new InterfaceBench(host, peer, provider);
    }

    /// <summary>The two hosts without the card.</summary>
    public static async Task<(NetworkNamespace Host, NetworkNamespace Peer)> CableAsync()
    {
        var host = await NetworkNamespace.CreateAsync();
        var peer = await NetworkNamespace.CreateAsync();
        await host.AddVethAsync(Device, peer, Device);
        await host.AddAddressesAsync(Device, "10.9.0.1/24", "fd09::1/64");
        await peer.AddAddressesAsync(Device, "10.9.0.2/24", "fd09::2/64");
        return (host, peer);
    }

    public static IPAddress HostAddress(bool isIPv6) => isIPv6 ? HostIPv6 : HostIPv4;

    public static IPAddress PeerAddress(bool isIPv6) => isIPv6 ? PeerIPv6 : PeerIPv4;

    /// <summary>An ordinary listening socket in a namespace.</summary>
    public static Task<Socket> ListenAsync(NetworkNamespace space, IPEndPoint local) => space.InsideAsync(() =>
    {
        var socket = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(local);
        socket.Listen();
        return socket;
    });

    /// <summary>An ordinary socket in a namespace, neither bound nor connected.</summary>
    public static Task<Socket> SocketAsync(NetworkNamespace space, AddressFamily family) =>
        space.InsideAsync(() => new Socket(family, SocketType.Stream, ProtocolType.Tcp));

    public static async Task<string> HashAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        return Convert.ToHexString(await SHA256.HashDataAsync(stream, TestContext.Current.CancellationToken));
    }

    /// <summary>Sends everything and FIN.</summary>
    public static async Task SendAllAsync(Socket socket, byte[] bytes)
    {
        await socket.SendAsync(bytes.AsMemory(), SocketFlags.None, TestContext.Current.CancellationToken);
        socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>A connection that the card opened to an ordinary socket of the peer.</summary>
    public async Task<(IToeAdapterSocket Socket, CardBench.SocketEvents Events, Socket Peer)> ConnectAsync(bool isIPv6 = false)
    {
        using var listener = await ListenAsync(Peer, new IPEndPoint(PeerAddress(isIPv6), 0));
        var events = new CardBench.SocketEvents();
        var open = await OpenAsync((IPEndPoint)listener.LocalEndPoint!, events);
        var result = await open.ConnectAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(ConnectOutcome.Connected, result.Outcome);
        return (open, events, await listener.AcceptAsync(TestContext.Current.CancellationToken));
    }

    public async Task<IToeAdapterSocket> OpenAsync(IPEndPoint remote, CardBench.SocketEvents events)
    {
        var open = await Host.InsideAsync(() => Card.OpenAsync(new OpenRequest(null, remote, ToeSocketOptions.Default), events, CancellationToken.None).AsTask().GetAwaiter().GetResult());
        Assert.True(open.Refusal.IsNone, open.Refusal.ToString());
        return open.Socket!;
    }

    /// <summary>A connection that an ordinary socket of the peer opened to a listener of the card.</summary>
    public async Task<(CardBench.Accepted Accepted, Socket Peer)> AcceptAsync(IPEndPoint local, CardBench.ListenerEvents events)
    {
        var peer = await SocketAsync(Peer, local.AddressFamily);
        await peer.ConnectAsync(local, TestContext.Current.CancellationToken);
        return (await events.AcceptAsync(), peer);
    }

    public async Task<(IToeAdapterListener Listener, CardBench.ListenerEvents Events)> ListenAsync(IPEndPoint local)
    {
        var events = new CardBench.ListenerEvents();
        var request = new AdapterListenRequest(local, 16, ToeSocketOptions.Default);
        var result = await Host.InsideAsync(() => Card.ListenAsync(request, events, TestContext.Current.CancellationToken).AsTask().GetAwaiter().GetResult()); // Where the addresses are that it asks about.
        Assert.True(result.Refusal.IsNone, result.Refusal.ToString());
        return (result.Listener!, events);
    }

    public async ValueTask DisposeAsync()
    {
        await Card.DisposeAsync();
        await _provider.DisposeAsync();
        await Host.DisposeAsync();
        await Peer.DisposeAsync();
    }
}
