using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Toe.Emulated.Links;
using Toe.Testing;

namespace Toe.Emulated.Tests.Card;

/// <summary>Streams between the card on a TAP device and the kernel's TCP, in single packets and in large ones.</summary>
[SupportedOSPlatform("linux")]
public sealed class TapStreamTests
{
    private const int Size = 16 * 1024 * 1024 + 12_345;
    private const int SegmentSize = 1448;

    [Theory]
    [InlineData("10.9.0", ".", true)]
    [InlineData("10.9.0", ".", false)]
    [InlineData("fd09", "::", true)]
    [InlineData("fd09", "::", false)]
    public async Task EveryByteArrives_BothWays(string prefix, string separator, bool offloads)
    {
        await using var bench = await CreateAsync(offloads);
        var kernel = new IPEndPoint(IPAddress.Parse(prefix + separator + "1"), 0);
        using var listener = await bench.Space.InsideAsync(() =>
        {
            var socket = new Socket(kernel.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(kernel);
            socket.Listen();
            return socket;
        });
        var events = new CardBench.SocketEvents();
        var open = await bench.Card.OpenAsync(new OpenRequest(null, (IPEndPoint)listener.LocalEndPoint!, ToeSocketOptions.Default), events, TestContext.Current.CancellationToken);
        var result = await open.Socket!.ConnectAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(ConnectOutcome.Connected, result.Outcome);
        await using var socket = open.Socket;
        using var peer = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        var up = RandomNumberGenerator.GetBytes(Size);
        var down = RandomNumberGenerator.GetBytes(Size);

        var before = bench.Link.Statistics;
        var arrivedUp = HashAsync(peer);
        await socket.SendAllAsync(events, up);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(up)), await arrivedUp.WaitAsync(CardBench.Patience, TestContext.Current.CancellationToken));
        var between = bench.Link.Statistics;
        var sending = Task.Run(() => SendAll(peer, down), TestContext.Current.CancellationToken);
        var arrivedDown = await socket.HashAsync(events);
        await sending;
        Assert.Equal(Convert.ToHexString(SHA256.HashData(down)), arrivedDown);

        // Packets, not segments, when the kernel does the cutting and joining.
        var sent = between.PacketsSent - before.PacketsSent;
        var received = bench.Link.Statistics.PacketsReceived - between.PacketsReceived;
        Assert.Equal(offloads ? new LinkOffloads(Checksum: true, 65535) : LinkOffloads.None(1500), bench.Link.Offloads);
        Assert.Equal(offloads, sent < Size / SegmentSize / 4);
        Assert.Equal(offloads, received < Size / SegmentSize / 4);
        Assert.Equal((0, 0), (bench.Card.Shards.Loops[0].Engine.Statistics.BadChecksum, bench.Card.Shards.Loops[0].Engine.Statistics.Malformed));
    }

    [Fact]
    public async Task LinkWithFaults_SendsSinglePackets()
    {
        await using var bench = await CreateAsync(offloads: true, LinkFaults.None);

        Assert.Equal(LinkOffloads.None(1500), bench.Link.Offloads);
    }

    private static async Task<Bench> CreateAsync(bool offloads, LinkFaults? faults = null)
    {
        var space = await NetworkNamespace.CreateAsync();
        await space.AddTapAsync("toe0", owner: 0, "10.9.0.1/24", "fd09::1/64");
        var provider = new EmulatedProvider([new EmulatedTapOptions("toe0", [InterfaceAddress.Parse("10.9.0.2/24"), InterfaceAddress.Parse("fd09::2/64")])
        {
            Card = new EmulatedCardOptions { Name = "tap" },
            Offloads = offloads,
            Faults = faults,
        }]);
        await TapCardTests.DiscoverAsync(space, provider);
        return new Bench(space, provider);
    }

    private static async Task<string> HashAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        return Convert.ToHexString(await SHA256.HashDataAsync(stream, TestContext.Current.CancellationToken));
    }

    private static void SendAll(Socket socket, byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
            at += socket.Send(bytes.AsSpan(at));
        socket.Shutdown(SocketShutdown.Send);
    }

    private sealed record Bench(NetworkNamespace Space, EmulatedProvider Provider) : IAsyncDisposable
    {
        public EmulatedCard Card => Provider.Cards[0];

        public ILink Link => Card.Links[0];

        public async ValueTask DisposeAsync()
        {
            await Card.DisposeAsync();
            await Provider.DisposeAsync();
            await Space.DisposeAsync();
        }
    }
}
