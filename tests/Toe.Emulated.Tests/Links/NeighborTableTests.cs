using Toe.Emulated.Links;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Tests.Links;

/// <summary>Retries, ageing and limits.</summary>
public sealed class NeighborTableTests
{
    [Theory]
    [InlineData("10.0.0.2:5", "10.0.0.7:80", "10.0.0.2", 3, 1)]
    [InlineData("[fd00::2]:5", "[fd00::7]:80", "fd00::2", 1, 3)]
    public void A_neighbour_that_does_not_answer_is_reported_to_the_engine(string source, string destination, string own, byte type,
        byte code)
    {
        var rig = new StationRig();
        var packet = Packets.Tcp(source, destination, 1, 2, 3);
        rig.Send(packet);
        rig.Pass(1);
        rig.Pass(1);
        Assert.Equal(3, rig.Frames.Count);
        Assert.Null(rig.Looped());

        rig.Pass(1);

        Assert.Equal(3, rig.Frames.Count);
        Assert.Equal(Packets.Icmp(own, own, [type, code, 0, 0, 0, 0, 0, 0, .. packet]), WithoutIdentification(rig.Looped()));
        Assert.Equal(1, rig.Statistics.Dropped(LinkDropCause.Unresolved));
        Assert.Equal(0, rig.Station.Neighbors.Count);
        Assert.Null(rig.Station.Neighbors.NextTimer);
    }

    [Theory]
    [InlineData("10.0.0.2:5", "192.0.2.7:80", 0)]
    [InlineData("[fd00::2]:5", "[2001:db8::7]:80", 0)]
    public void Without_a_gateway_what_is_far_is_unreachable_at_once(string source, string destination, byte code)
    {
        var rig = new StationRig(options => options with { Gateways = [] });

        rig.Send(Packets.Tcp(source, destination));

        var report = rig.Looped()!;
        Assert.Equal(code, report[(report[0] >> 4 == 4 ? 20 : 40) + 1]);
        Assert.Equal(1, rig.Statistics.Dropped(LinkDropCause.NoRoute));
    }

    [Fact]
    public void A_quiet_neighbour_is_probed_by_its_address_and_then_asked_anew()
    {
        var rig = new StationRig();
        rig.Send(Packets.Tcp("10.0.0.2:5", "10.0.0.1:80"));
        rig.Resolve();
        rig.Frames.Clear();
        rig.Pass(29);
        rig.Send(Packets.Tcp("10.0.0.2:5", "10.0.0.1:80"));
        Assert.Equal(8, rig.OnlyFrame()[12]);

        rig.Pass(1);
        rig.Send(Packets.Tcp("10.0.0.2:5", "10.0.0.1:80"));
        // The packet goes out, and so does a question to the known address alone.
        Assert.Equal(2, rig.Frames.Count);
        Assert.All(rig.Frames, frame => Assert.Equal(Packets.Hex(StationRig.Peer), frame[..6]));
        rig.Resolve();
        rig.Frames.Clear();
        rig.Pass(5);
        Assert.Empty(rig.Frames);

        rig.Pass(30);
        rig.Send(Packets.Tcp("10.0.0.2:5", "10.0.0.1:80"));
        rig.Pass(1);
        rig.Pass(1);
        rig.Pass(1);
        Assert.Equal(0, rig.Station.Neighbors.Count);
        rig.Frames.Clear();
        rig.Send(Packets.Tcp("10.0.0.2:5", "10.0.0.1:80"));
        Assert.Equal(Packets.Hex(StationRig.Broadcast), rig.OnlyFrame()[..6]);
    }

    [Fact]
    public void A_full_table_refuses_and_an_old_entry_gives_way()
    {
        var rig = new StationRig(options => options with { NeighborLimit = 1 });
        rig.Send(Packets.Tcp("10.0.0.2:5", "10.0.0.1:80"));
        rig.Resolve();
        rig.Send(Packets.Tcp("10.0.0.2:5", "10.0.0.3:80"));
        Assert.Equal(1, rig.Statistics.Dropped(LinkDropCause.NeighborTableFull));
        Assert.Equal(3, rig.Looped()![20]);

        rig.Pass(30);
        rig.Frames.Clear();
        rig.Send(Packets.Tcp("10.0.0.2:5", "10.0.0.3:80"));

        Assert.Equal(Packets.Hex("0a000003"), rig.OnlyFrame()[38..42]);
        Assert.Equal(1, rig.Station.Neighbors.Count);
    }

    [Fact]
    public void The_oldest_waiting_packets_give_way()
    {
        var rig = new StationRig(options => options with { PendingBytes = 100 });
        for (byte number = 0; number < 5; number++)
            rig.Send(Packets.Tcp("10.0.0.2:5", "10.0.0.1:80", number));
        rig.Frames.Clear();

        rig.Resolve();

        Assert.Equal([3, 4], rig.Frames.Select(frame => (int)frame[^1]));
        Assert.Equal(3, rig.Statistics.Dropped(LinkDropCause.ResolutionQueueFull));
    }

    // The identification of an ICMP packet is free; the fixture and the station agree on zero but for the don't-fragment bit.
    private static byte[] WithoutIdentification(byte[]? packet)
    {
        Assert.NotNull(packet);
        if (packet[0] >> 4 != 4)
            return packet;
        var copy = packet.ToArray();
        Assert.Equal(0, InternetChecksum.Finish(InternetChecksum.Add(0, copy.AsSpan(0, 20))));
        copy[6] = 0x40;
        copy[10] = copy[11] = 0;
        var checksum = Packets.Checksum(copy[..20]);
        (copy[10], copy[11]) = ((byte)(checksum >> 8), (byte)checksum);
        return copy;
    }
}
