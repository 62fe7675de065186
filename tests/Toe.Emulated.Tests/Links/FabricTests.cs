using System.Net;
using Toe.Emulated.Links;
using Toe.Emulated.Tcp;
using Toe.Testing;

namespace Toe.Emulated.Tests.Links;

public sealed class FabricTests
{
    private readonly Fabric _fabric = new();
    private readonly byte[] _buffer = new byte[65535];

    [Theory]
    [InlineData("127.0.0.1:5000", "127.0.0.1:80")]
    [InlineData("[::1]:5000", "[::1]:80")]
    public void Two_cards_share_one_address(string client, string server)
    {
        using var first = _fabric.Attach();
        using var second = _fabric.Attach();
        Assert.True(first.TryClaim(Packets.At(client)));
        Assert.True(second.TryClaim(Packets.At(server)));
        var request = Packets.Tcp(client, server, 1, 2, 3);
        var answer = Packets.Tcp(server, client, 4);

        first.Send(request);
        second.Send(answer);

        Assert.Equal(request, Take(second));
        Assert.Equal(answer, Take(first));
        Assert.Equal((1, request.Length), (first.Statistics.PacketsSent, first.Statistics.BytesSent));
        Assert.Equal((1, answer.Length), (first.Statistics.PacketsReceived, first.Statistics.BytesReceived));
    }

    [Fact]
    public void Both_ends_may_be_one_card()
    {
        using var port = _fabric.Attach();
        Assert.True(port.TryClaim(Packets.At("127.0.0.1:80")));
        var packet = Packets.Tcp("127.0.0.1:5000", "127.0.0.1:80");

        port.Send(packet);

        Assert.Equal(packet, Take(port));
        Assert.Null(Take(port));
    }

    [Fact]
    public void The_closest_claim_wins()
    {
        using var any = _fabric.Attach();
        using var local = _fabric.Attach();
        using var exact = _fabric.Attach();
        using var sender = _fabric.Attach();
        Assert.True(any.TryClaim(new IPEndPoint(IPAddress.Any, 80)));
        Assert.True(local.TryClaim(Packets.At("10.0.0.1:80")));
        Assert.True(exact.TryClaim(Packets.At("10.0.0.1:80"), Packets.At("10.0.0.9:5")));

        sender.Send(Packets.Tcp("10.0.0.9:5", "10.0.0.1:80"));
        sender.Send(Packets.Tcp("10.0.0.9:6", "10.0.0.1:80"));
        sender.Send(Packets.Tcp("10.0.0.9:6", "10.0.0.2:80"));

        Assert.NotNull(Take(exact));
        Assert.NotNull(Take(local));
        Assert.NotNull(Take(any));
        Assert.All([any, local, exact], port => Assert.Null(Take(port)));
    }

    [Fact]
    public void An_any_address_covers_its_family_only()
    {
        using var port = _fabric.Attach();
        Assert.True(port.TryClaim(new IPEndPoint(IPAddress.IPv6Any, 80)));

        Assert.True(_fabric.IsClaimed(Packets.At("[2001:db8::1]:80")));
        Assert.False(_fabric.IsClaimed(Packets.At("10.0.0.1:80")));
        Assert.False(_fabric.IsClaimed(Packets.At("[2001:db8::1]:81")));
    }

    [Fact]
    public void A_packet_nobody_claims_is_dropped_and_counted()
    {
        using var port = _fabric.Attach();

        port.Send(Packets.Tcp("10.0.0.9:5", "10.0.0.1:80"));

        Assert.Equal(1, port.Statistics.Dropped(LinkDropCause.Unclaimed));
        Assert.Equal(1, port.Statistics.TotalDropped);
        Assert.Null(Take(port));
    }

    [Fact]
    public void A_claim_has_one_owner_and_is_counted()
    {
        using var first = _fabric.Attach();
        using var second = _fabric.Attach();
        var endPoint = Packets.At("10.0.0.1:80");
        Assert.True(first.TryClaim(endPoint));
        Assert.True(first.TryClaim(endPoint));
        Assert.False(second.TryClaim(endPoint));
        second.Release(endPoint);

        first.Release(endPoint);
        Assert.True(_fabric.IsClaimed(endPoint));
        first.Release(endPoint);

        Assert.False(_fabric.IsClaimed(endPoint));
        Assert.True(second.TryClaim(endPoint));
        second.Dispose();
        Assert.False(_fabric.IsClaimed(endPoint));
        Assert.Throws<ObjectDisposedException>(() => second.TryClaim(endPoint));
    }

    [Fact]
    public void A_claim_of_one_connection_does_not_make_the_endpoint_reachable()
    {
        using var port = _fabric.Attach();
        Assert.True(port.TryClaim(Packets.At("10.0.0.1:80"), Packets.At("10.0.0.9:5")));

        Assert.False(_fabric.IsClaimed(Packets.At("10.0.0.1:80")));
    }

    [Theory]
    [InlineData("10.0.0.254", "10.0.0.9:5", "10.0.0.1:80", 3)]
    [InlineData("fd00::fe", "[fd00::9]:5", "[fd00::1]:80", 2)]
    public void An_ICMP_error_reaches_who_sent_the_packet_it_quotes(string router, string source, string destination, byte type)
    {
        using var port = _fabric.Attach();
        using var sender = _fabric.Attach();
        Assert.True(port.TryClaim(Packets.At(source)));
        // RFC 792 quotes no more than the header and eight bytes.
        var quoted = Packets.Tcp(source, destination, new byte[100]);
        var icmp = Packets.Icmp(router, Packets.At(source).Address.ToString(), [type, 4, 0, 0, 0, 0, 5, 0,
            .. quoted[..(quoted.Length - 112)]]);

        sender.Send(icmp);

        Assert.Equal(icmp, Take(port));
    }

    [Fact]
    public void A_pulled_cable_drops_both_directions_and_tells()
    {
        using var port = _fabric.Attach();
        using var other = _fabric.Attach();
        Assert.True(port.TryClaim(Packets.At("10.0.0.1:80")));
        var told = new List<bool>();
        port.StateChanged += told.Add;
        var packet = Packets.Tcp("10.0.0.9:5", "10.0.0.1:80");

        port.SetUp(false);
        port.SetUp(false);
        port.Send(packet);
        other.Send(packet);

        Assert.False(port.IsUp);
        Assert.Equal(2, port.Statistics.Dropped(LinkDropCause.LinkDown));
        port.SetUp(true);
        other.Send(packet);
        Assert.Equal(packet, Take(port));
        Assert.Equal([false, true], told);
    }

    [Fact]
    public void A_full_queue_drops_and_counts_at_the_receiver()
    {
        var small = new Fabric(new FabricOptions { QueueBytes = 65536, Mtu = 1500 });
        using var port = small.Attach();
        Assert.True(port.TryClaim(Packets.At("10.0.0.1:80")));
        var packet = Packets.Tcp("10.0.0.9:5", "10.0.0.1:80", new byte[1400]);
        for (var count = 0; count < 100; count++)
            port.Send(packet);

        var held = 65536 / (packet.Length + 4);
        Assert.Equal(100 - held, port.Statistics.Dropped(LinkDropCause.QueueFull));
        for (var count = 0; count < held; count++)
            Assert.Equal(packet, Take(port));
        Assert.Null(Take(port));
    }

    [Fact]
    public void A_packet_above_the_MTU_is_dropped_and_a_short_buffer_is_a_mistake()
    {
        var small = new Fabric(new FabricOptions { Mtu = 1500 });
        using var port = small.Attach();

        port.Send(Packets.Tcp("10.0.0.9:5", "10.0.0.1:80", new byte[1461]));

        Assert.Equal(1, port.Statistics.Dropped(LinkDropCause.TooLarge));
        Assert.Throws<ArgumentException>(() => port.TryReceive(new byte[1499], out _));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_packet_in_pieces_arrives_whole_and_a_checksum_not_made_needs_no_look(bool partial)
    {
        using var port = _fabric.Attach();
        Assert.True(port.TryClaim(Packets.At("10.0.0.1:80")));
        var packet = Packets.Tcp("10.0.0.9:5", "10.0.0.1:80", [.. Enumerable.Range(0, 60_000).Select(number => (byte)number)]);

        port.Send(new OutgoingPacket(packet.AsSpan(0, 40), packet.AsSpan(40, 12_345), packet.AsSpan(12_385), 0, partial));

        Assert.True(port.TryReceive(_buffer, out var received));
        Assert.Equal(partial, received.ChecksumIsVerified);
        Assert.Equal(packet, received.Bytes);
    }

    [Theory]
    [InlineData(false, 65535)]
    [InlineData(true, 1500)]
    public void Checksums_are_made_where_they_are_asked_for(bool verify, int mtu)
    {
        using var port = new Fabric(new FabricOptions { VerifyChecksums = verify, Mtu = mtu }).Attach();

        Assert.Equal(new LinkOffloads(!verify, mtu), port.Offloads);
    }

    [Fact]
    public void Settings_out_of_range_are_refused_by_name()
    {
        Assert.Equal("Mtu", Assert.Throws<ArgumentOutOfRangeException>(() => new Fabric(new() { Mtu = 1279 })).ParamName);
        Assert.Equal("QueueBytes", Assert.Throws<ArgumentOutOfRangeException>(() => new Fabric(new() { QueueBytes = 1 })).ParamName);
    }

    [Fact]
    public async Task No_wake_and_no_arrival_is_lost()
    {
        using var port = _fabric.Attach();
        using var sender = _fabric.Attach();
        Assert.True(port.TryClaim(Packets.At("10.0.0.1:80")));
        var packet = Packets.Tcp("10.0.0.9:5", "10.0.0.1:80");
        const int packets = 20_000;
        var wakes = 0;
        var receiver = Task.Factory.StartNew(() =>
        {
            var buffer = new byte[65535];
            var received = 0;
            while (received < packets * 2 || Volatile.Read(ref wakes) < packets)
            {
                port.Wait(Timeout.InfiniteTimeSpan);
                while (port.TryReceive(buffer, out _))
                    received++;
            }
        }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        void SendAll()
        {
            for (var count = 0; count < packets; count++)
            {
                sender.Send(packet);
                // Nothing may be dropped here: the sum decides.
                while (port.Statistics.PacketsReceived + 10_000 < sender.Statistics.PacketsSent)
                    Thread.Yield();
            }
        }

        await Task.WhenAll(Task.Run(SendAll, TestContext.Current.CancellationToken), Task.Run(SendAll,
            TestContext.Current.CancellationToken), Task.Run(() =>
        {
            for (var count = 0; count < packets; count++)
            {
                Interlocked.Increment(ref wakes);
                port.Wake();
            }
        }, TestContext.Current.CancellationToken));

        await receiver.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_wait_without_time_and_a_wake_before_it_do_not_block()
    {
        using var port = _fabric.Attach();

        port.Wait(TimeSpan.Zero);
        port.Wake();
        port.Wait(Timeout.InfiniteTimeSpan);
        port.Wait(TimeSpan.FromTicks(1));
    }

    [Fact]
    public void Nothing_is_allocated_per_packet()
    {
        using var port = _fabric.Attach();
        Assert.True(port.TryClaim(Packets.At("10.0.0.1:80")));
        var packet = Packets.Tcp("10.0.0.9:5", "10.0.0.1:80", new byte[1000]);
        void Round()
        {
            for (var count = 0; count < 100; count++)
            {
                port.Send(packet);
                port.TryReceive(_buffer, out _);
            }
        }

        Round();
        Assert.Equal(0, Allocations.LeastOf(Round));
    }

    private byte[]? Take(FabricPort port) => port.Take(_buffer);
}
