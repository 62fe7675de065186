using CsCheck;
using Toe.Emulated.Links;
using Toe.Emulated.Tcp;
using Toe.Testing;

namespace Toe.Emulated.Tests.Links;

public sealed class EthernetStationTests
{
    private const string ToMe4 = StationRig.Mine + StationRig.Peer + "0800";
    private const string ToMe6 = StationRig.Mine + StationRig.Peer + "86dd";
    private readonly StationRig _rig = new();

    [Theory]
    [InlineData("10.0.0.1:80", "10.0.0.2:5", ToMe4)]
    [InlineData("[fd00::1]:80", "[fd00::2]:5", ToMe6)]
    public void Hands_TCP_up_without_the_frames_padding(string source, string destination, string header)
    {
        var packet = Packets.Tcp(source, destination, 9);

        Assert.Equal(packet, _rig.Receive(header, [.. packet, 0, 0, 0, 0, 0]));
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2", ToMe4, 8, 0)]
    [InlineData("fd00::1", "fd00::2", ToMe6, 128, 129)]
    public void Answers_a_ping_with_its_data(string from, string to, string header, byte request, byte reply)
    {
        if (request == 8)
        {
            _rig.Send(Packets.Tcp("10.0.0.2:5", "10.0.0.1:80"));
            _rig.Resolve();
        }
        else
            _rig.Receive("33 33 ff 00 00 02" + StationRig.Peer + "86dd",
                Packets.Icmp("fd00::1", "ff02::1:ff00:2",
                    Packets.Hex("87 00 0000 00000000 fd000000000000000000000000000002 01 01" + StationRig.Peer), 255));
        _rig.Frames.Clear();

        var up = _rig.Receive(header, Packets.Icmp(from, to, [request, 0, 0, 0, 0x12, 0x34, 0, 7, 1, 2, 3]));

        Assert.Empty(up);
        var frame = _rig.Frames.Single(sent => sent[12] != 8 || sent[13] != 6);
        var start = 14 + (request == 8 ? 20 : 40);
        Assert.Equal(reply, frame[start]);
        Assert.Equal([0x12, 0x34, 0, 7, 1, 2, 3], frame[(start + 4)..]);
        Assert.Equal(Packets.Icmp(to, from, frame[start..])[^11..], frame[start..]);
    }

    [Fact]
    public void Hands_ICMP_errors_up()
    {
        var four = Packets.Icmp("10.0.0.1", "10.0.0.2", [3, 4, 0, 0, 0, 0, 5, 0, .. Packets.Tcp("10.0.0.2:5", "192.0.2.1:80")]);
        var six = Packets.Icmp("fd00::1", "fd00::2", [2, 0, 0, 0, 0, 0, 5, 0, .. Packets.Tcp("[fd00::2]:5", "[2001:db8::1]:80")]);

        Assert.Equal(four, _rig.Receive(ToMe4, four));
        Assert.Equal(six, _rig.Receive(ToMe6, six));
    }

    [Fact]
    public void Counts_what_it_does_not_take()
    {
        var packet = Packets.Tcp("10.0.0.1:80", "10.0.0.2:5");
        var fragment = packet.ToArray();
        (fragment[6], fragment[10], fragment[11]) = (0x20, 0, 0);
        (fragment[10], fragment[11]) = ((byte)(Packets.Checksum(fragment[..20]) >> 8), (byte)Packets.Checksum(fragment[..20]));
        var damaged = packet.ToArray();
        damaged[8] ^= 1;
        (LinkDropCause Cause, string Header, byte[] Payload)[] cases =
        [
            (LinkDropCause.NotForUs, "020000000077" + StationRig.Peer + "0800", packet),
            (LinkDropCause.NotForUs, ToMe4, Packets.Tcp("10.0.0.1:80", "10.0.0.9:5")),
            (LinkDropCause.Malformed, StationRig.Mine + "010000000001 0800", packet),
            (LinkDropCause.Malformed, ToMe4, packet[..30]),
            (LinkDropCause.Malformed, ToMe4, []),
            (LinkDropCause.Malformed, ToMe6, packet),
            (LinkDropCause.Malformed, ToMe4, damaged),
            (LinkDropCause.Fragment, ToMe4, fragment),
            (LinkDropCause.UnsupportedProtocol, StationRig.Mine + StationRig.Peer + "8100", packet),
            (LinkDropCause.UnsupportedProtocol, ToMe4, Packets.Ip(new([10, 0, 0, 1]), new([10, 0, 0, 2]), 17, new byte[8])),
        ];

        foreach (var (cause, header, payload) in cases)
        {
            var before = _rig.Statistics.Dropped(cause);
            Assert.Empty(_rig.Receive(header, payload));
            Assert.Equal(before + 1, _rig.Statistics.Dropped(cause));
        }

        Assert.Empty(_rig.Frames);
    }

    [Theory, Trait("RFC", "6946 4")]
    [InlineData("0000", true)]
    [InlineData("0006", true)] // Reserved bits are nobody's business (RFC 8200 §4.5).
    [InlineData("0001", false)] // More follow.
    [InlineData("0008", false)] // The last one.
    [InlineData("ff00", false)]
    public void Hands_up_a_fragment_that_is_the_whole_packet_and_counts_others(string offset, bool isWhole)
    {
        var tcp = Packets.Tcp("[fd00::1]:80", "[fd00::2]:5", 9);
        var packet = Packets.Ip(new(tcp.AsSpan(8, 16)), new(tcp.AsSpan(24, 16)), 44, [6, 0, .. Packets.Hex(offset), 0, 0, 0, 7, .. tcp[40..]]);

        Assert.Equal(isWhole ? packet : [], _rig.Receive(ToMe6, packet));
        Assert.Equal(isWhole ? 0 : 1, _rig.Statistics.Dropped(LinkDropCause.Fragment));
    }

    [Fact]
    public void Packets_to_itself_loop_back()
    {
        var packet = Packets.Tcp("10.0.0.2:5", "10.0.0.2:80");

        _rig.Send(packet);

        Assert.Equal(packet, _rig.Looped());
        Assert.Empty(_rig.Frames);
    }

    [Theory]
    [InlineData("10.0.0.2:5", "255.255.255.255:80", StationRig.Broadcast)]
    [InlineData("10.0.0.2:5", "10.0.0.255:80", StationRig.Broadcast)]
    [InlineData("10.0.0.2:5", "239.129.2.3:80", "01005e010203")]
    [InlineData("[fd00::2]:5", "[ff02::1:3]:80", "333300010003")]
    public void Groups_have_addresses_of_their_own(string source, string destination, string hardware)
    {
        _rig.Send(Packets.Tcp(source, destination));

        Assert.Equal(Packets.Hex(hardware), _rig.OnlyFrame()[..6]);
    }

    [Fact]
    public void Refuses_to_send_what_is_not_a_packet_or_too_large()
    {
        _rig.Send([1, 2, 3]);
        _rig.Send([.. Packets.Tcp("10.0.0.2:5", "10.0.0.1:80"), 0]);
        _rig.Send(Packets.Tcp("10.0.0.2:5", "10.0.0.1:80", new byte[1461]));

        Assert.Equal(2, _rig.Statistics.Dropped(LinkDropCause.Malformed));
        Assert.Equal(1, _rig.Statistics.Dropped(LinkDropCause.TooLarge));
    }

    [Fact]
    public void A_packet_to_be_cut_waits_for_its_neighbour_in_one_piece()
    {
        var rig = new StationRig(offloads: new LinkOffloads(Checksum: true, 65535));
        var packet = Packets.Tcp("10.0.0.2:5", "10.0.0.1:80", [.. Enumerable.Range(0, 5000).Select(number => (byte)number)]);

        rig.Station.Send(new OutgoingPacket(packet.AsSpan(0, 40), packet.AsSpan(40, 3001), packet.AsSpan(3041), 1460, true), rig.Now);
        rig.Frames.Clear(); // The question.
        rig.Resolve();

        Assert.Equal(packet, rig.OnlyFrame()[14..]);
        Assert.Equal((40, 1460, true), rig.Left);
        Assert.Equal(packet, rig.Receive(ToMe4, Packets.Tcp("10.0.0.1:80", "10.0.0.2:5", packet)[..]).AsSpan(40).ToArray());
    }

    [Theory]
    [InlineData(false, 1500, 1460, LinkDropCause.Malformed)] // Nobody makes the checksum.
    [InlineData(true, 1500, 1460, LinkDropCause.TooLarge)] // Nobody cuts.
    [InlineData(true, 5039, 1460, LinkDropCause.TooLarge)]
    [InlineData(true, 65535, 1461, LinkDropCause.TooLarge)] // Segments above the MTU.
    public void What_the_device_does_not_do_is_not_sent(bool checksum, int largest, int segmentSize, LinkDropCause cause)
    {
        var rig = new StationRig(offloads: new LinkOffloads(checksum, largest));
        var packet = Packets.Tcp("10.0.0.2:5", "10.0.0.1:80", new byte[5000]);

        rig.Station.Send(new OutgoingPacket(packet.AsSpan(0, 40), packet.AsSpan(40), default, segmentSize, true), rig.Now);

        Assert.Equal(1, rig.Statistics.Dropped(cause));
        Assert.Empty(rig.Frames);
    }

    [Fact]
    public void Takes_any_frame_without_harm()
    {
        byte[][] good =
        [
            [.. Packets.Hex(ToMe4), .. Packets.Tcp("10.0.0.1:80", "10.0.0.2:5", 1)],
            [.. Packets.Hex(ToMe6), .. Packets.Tcp("[fd00::1]:80", "[fd00::2]:5", 1)],
            [.. Packets.Hex(ToMe4), .. Packets.Icmp("10.0.0.1", "10.0.0.2", [8, 0, 0, 0, 1, 2, 3, 4])],
            [.. Packets.Hex(ToMe6), .. Packets.Icmp("fd00::1", "fd00::2",
                Packets.Hex("87 00 0000 00000000 fd000000000000000000000000000002 01 01 020000000001"), 255)],
            [.. Packets.Hex(ToMe6), .. Packets.Icmp("fd00::1", "fd00::2",
                Packets.Hex("88 00 0000 60000000 fd000000000000000000000000000001 02 01 020000000001"), 255)],
            Packets.Hex($"{StationRig.Broadcast} {StationRig.Peer} 0806"
                + $"0001 0800 06 04 0001 {StationRig.Peer} 0a000001 000000000000 0a000002"),
        ];
        Gen.OneOf(Gen.Byte.Array[14, 150], FlowReaderTests.Damaged(good).Where(frame => frame.Length >= 14)).Array[1, 20].Sample(frames =>
        {
            var rig = new StationRig(options => options with { NeighborLimit = 4 });
            rig.Send(Packets.Tcp("10.0.0.2:5", "10.0.0.1:80"));
            rig.Send(Packets.Tcp("[fd00::2]:5", "[fd00::1]:80"));
            foreach (var frame in frames)
            {
                var up = rig.Station.Receive(frame.AsSpan(0, 14), frame.AsSpan(14), rig.Now);
                Assert.InRange(up, 0, frame.Length - 14);
                rig.Pass(0.4);
            }

            Assert.InRange(rig.Station.Neighbors.Count, 0, 4);
        }, iter: 3000);
    }

    [Fact]
    public void Nothing_is_allocated_per_packet()
    {
        var output = new Sink();
        var options = new TapLinkOptions { Addresses = [InterfaceAddress.Parse("10.0.0.2/24")] };
        var station = new EthernetStation(options, 0x0200_0000_0002, 1500, LinkOffloads.None(1500), output, new LinkCounters());
        var arp = Packets.Hex($"0001 0800 06 04 0001 {StationRig.Peer} 0a000001 000000000000 0a000002");
        station.Receive(Packets.Hex(StationRig.Broadcast + StationRig.Peer + "0806"), arp, TimeSpan.Zero);
        var sent = Packets.Tcp("10.0.0.2:5", "10.0.0.1:80", new byte[1000]);
        var received = Packets.Tcp("10.0.0.1:80", "10.0.0.2:5", new byte[1000]);
        var header = Packets.Hex(ToMe4);
        void Round()
        {
            for (var count = 0; count < 100; count++)
            {
                station.Send(new OutgoingPacket(sent), TimeSpan.Zero);
                station.Receive(header, received, TimeSpan.Zero);
            }
        }

        Round();
        Assert.Equal(0, Allocations.LeastOf(Round));
    }

    private sealed class Sink : IFrameOutput
    {
        public void Tell(in NeighborNews news)
        {
        }

        public bool TryTransmit(ReadOnlySpan<byte> header, in OutgoingPacket payload, out LinkDropCause cause)
        {
            cause = default;
            return true;
        }
    }
}
