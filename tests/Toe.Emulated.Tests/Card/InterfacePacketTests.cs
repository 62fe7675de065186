using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Toe.Testing;

namespace Toe.Emulated.Tests.Card;

/// <summary>Packets of steered connections that are not plain segments: fragments, IP options, extension headers, ICMP errors.</summary>
[SupportedOSPlatform("linux")]
public sealed class InterfacePacketTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task QualityFragments_when_a_first_fragment_arrives()
    {
        await using var bench = await InterfaceBench.CreateAsync();
        var (socket, events, peer) = await bench.ConnectAsync();
        using var _ = peer;

        await bench.Peer.InsideAsync(() =>
        {
            SendFirstFragment(socket.LocalEndPoint, (IPEndPoint)peer.LocalEndPoint!);
            SendFirstFragment(socket.LocalEndPoint, (IPEndPoint)peer.LocalEndPoint!);
        });
        await CardBench.UntilAsync(() => !events.UploadsWanted.IsEmpty);

        Assert.True(events.UploadsWanted.TryDequeue(out var wanted));
        Assert.True(wanted.Reason.Is(ToeReasons.QualityFragments), wanted.Reason.ToString());
        Assert.False(wanted.Mandatory);
        await SendAndReceiveAsync(peer, socket, events); // It lives on.
        Assert.Empty(events.UploadsWanted); // And has asked once.
        await socket.DisposeAsync();
    }

    [Fact]
    public async Task SegmentsWithIpOptions_AreTheCards()
    {
        await using var bench = await InterfaceBench.CreateAsync();
        var (socket, events, peer) = await bench.ConnectAsync();
        using var _ = peer;
        peer.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.IPOptions, new byte[] { 1, 1, 1, 0 }); // No operation, and the end: RFC 791 §3.1.

        await SendAndReceiveAsync(peer, socket, events);

        await socket.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PathThatBecomesNarrower_IsLearntFromTheRoutersError(bool isIPv6)
    {
        Needs.Tool("sysctl");
        await using var routed = await RoutedBench.CreateAsync();
        var (socket, events, peer) = await routed.ConnectAsync(isIPv6);
        using var _ = peer;
        await TransferAsync(socket, events, peer, 1_000_000);

        await routed.Router.IpAsync("link", "set", RoutedBench.Outside, "mtu", "1400");
        await TransferAsync(socket, events, peer, 3_000_000);

        var statistics = routed.Card.Shards.Loops[0].Engine.Statistics;
        Assert.True(statistics.IcmpErrors > 0, "no error of the router's was heard");
        await socket.DisposeAsync();
    }

    private static async Task TransferAsync(IToeAdapterSocket socket, CardBench.SocketEvents events, Socket peer, int size)
    {
        var bytes = RandomNumberGenerator.GetBytes(size);
        var received = ReceiveExactlyAsync(peer, size);
        for (var at = 0; at < size;)
        {
            var status = socket.TrySend(bytes.AsSpan(at), out var sent);
            Assert.True(status is IoStatus.Done or IoStatus.WouldBlock, status.ToString());
            at += sent;
            if (sent == 0)
                await events.WaitAsync(socket, Readiness.Send);
        }

        Assert.Equal(bytes, await received.WaitAsync(CardBench.Patience, Token));
    }

    private static async Task<byte[]> ReceiveExactlyAsync(Socket peer, int size)
    {
        await using var stream = new NetworkStream(peer, ownsSocket: false);
        var bytes = new byte[size];
        await stream.ReadExactlyAsync(bytes, Token);
        return bytes;
    }

    private static async Task SendAndReceiveAsync(Socket peer, IToeAdapterSocket socket, CardBench.SocketEvents events)
    {
        var bytes = RandomNumberGenerator.GetBytes(50_000);
        var sending = peer.SendAsync(bytes.AsMemory(), SocketFlags.None, Token);
        Assert.Equal(bytes, await socket.ReceiveExactlyAsync(events, bytes.Length));
        await sending;
    }

    /// <summary>An IPv4 packet with "more fragments" and the ports: RFC 791 §3.1. The kernel fills its checksum in.</summary>
    private static void SendFirstFragment(IPEndPoint destination, IPEndPoint source)
    {
        const int ipHeader = 20, content = 32;
        var packet = new byte[ipHeader + content];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), 7);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), 0x2000);
        (packet[8], packet[9]) = (64, 6);
        source.Address.TryWriteBytes(packet.AsSpan(12), out _);
        destination.Address.TryWriteBytes(packet.AsSpan(16), out _);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(ipHeader), (ushort)source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(ipHeader + 2), (ushort)destination.Port);
        packet[ipHeader + 12] = 0x50;
        packet[ipHeader + 13] = 0x10;
        using var raw = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Raw);
        raw.SendTo(packet, new IPEndPoint(destination.Address, 0));
    }
}
