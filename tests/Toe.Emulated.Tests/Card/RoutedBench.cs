using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Toe.Testing;

namespace Toe.Emulated.Tests.Card;

/// <summary>A host with a card on its interface, a router, and a peer behind it: three namespaces.</summary>
[SupportedOSPlatform("linux")]
internal sealed class RoutedBench : IAsyncDisposable
{
    /// <summary>The router's interface to the peer.</summary>
    public const string Outside = "eth1";

    private readonly NetworkNamespace _host;
    private readonly NetworkNamespace _peer;
    private readonly EmulatedProvider _provider;

    private RoutedBench(NetworkNamespace host, NetworkNamespace router, NetworkNamespace peer, EmulatedProvider provider)
    {
        _host = host;
        Router = router;
        _peer = peer;
        _provider = provider;
    }

    public NetworkNamespace Router { get; }

    public EmulatedCard Card => _provider.Cards[0];

    public static async Task<RoutedBench> CreateAsync()
    {
        var (host, router) = await InterfaceBench.CableAsync();
        var peer = await NetworkNamespace.CreateAsync();
        await router.AddVethAsync(Outside, peer, InterfaceBench.Device);
        await router.AddAddressesAsync(Outside, "10.8.0.1/24", "fd08::1/64");
        await peer.AddAddressesAsync(InterfaceBench.Device, "10.8.0.2/24", "fd08::2/64");
        (await router.RunAsync("sysctl", "-q", "-w", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")).Good();
        await host.IpAsync("route", "add", "10.8.0.0/24", "via", "10.9.0.2");
        await host.IpAsync("-6", "route", "add", "fd08::/64", "via", "fd09::2");
        await peer.IpAsync("route", "add", "10.9.0.0/24", "via", "10.8.0.1");
        await peer.IpAsync("-6", "route", "add", "fd09::/64", "via", "fd08::1");
        var provider = new EmulatedProvider([new EmulatedInterfaceOptions(InterfaceBench.Device) { Card = new EmulatedCardOptions { Name = InterfaceBench.Device } }]);
        await TapCardTests.DiscoverAsync(host, provider);
        return new RoutedBench(host, router, peer, provider);
    }

    /// <summary>A connection that the card opened to an ordinary socket of the peer.</summary>
    public async Task<(IToeAdapterSocket Socket, CardBench.SocketEvents Events, Socket Peer)> ConnectAsync(bool isIPv6)
    {
        var events = new CardBench.SocketEvents();
        using var listener = await InterfaceBench.ListenAsync(_peer, new IPEndPoint(IPAddress.Parse(isIPv6 ? "fd08::2" : "10.8.0.2"), 0));
        var remote = (IPEndPoint)listener.LocalEndPoint!;
        var open = await _host.InsideAsync(() => Card.OpenAsync(new OpenRequest(null, remote, ToeSocketOptions.Default), events, CancellationToken.None).AsTask().GetAwaiter().GetResult());
        Assert.True(open.Refusal.IsNone, open.Refusal.ToString());
        var result = await open.Socket!.ConnectAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(ConnectOutcome.Connected, result.Outcome);
        return (open.Socket, events, await listener.AcceptAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        await Card.DisposeAsync();
        await _provider.DisposeAsync();
        await _host.DisposeAsync();
        await Router.DisposeAsync();
        await _peer.DisposeAsync();
    }
}
