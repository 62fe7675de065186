using Toe.Emulated.Links;

namespace Toe.Emulated.Tests.Links;

/// <summary>Neighbour discovery as RFC 4861 describes it, on frames written by hand.</summary>
public sealed class NeighborDiscoveryTests
{
    private const string ToGroup = "33 33 ff 00 00 02" + StationRig.Peer + "86dd";
    private const string Group = "ff02::1:ff00:2";
    private const string Target = "fd000000000000000000000000000002";
    private const string PeerTarget = "fd000000000000000000000000000001";
    private const string SourceOption = "01 01" + StationRig.Peer;
    private readonly StationRig _rig = new();

    [Fact]
    public void Answers_a_solicitation_and_learns_the_asker()
    {
        _rig.Receive(ToGroup, Packets.Icmp("fd00::1", Group, Packets.Hex("87 00 0000 00000000" + Target + SourceOption), 255));

        var expected = Packets.Icmp("fd00::2", "fd00::1", Packets.Hex("88 00 0000 60000000" + Target + "02 01" + StationRig.Mine), 255);
        Assert.Equal([.. Packets.Hex(StationRig.Peer + StationRig.Mine + "86dd"), .. expected], _rig.Frames[^1]);
        Assert.Equal(1, _rig.Station.Neighbors.Count);
    }

    [Fact]
    public void Answers_duplicate_detection_to_all_nodes_without_learning()
    {
        _rig.Receive(ToGroup, Packets.Icmp("::", Group, Packets.Hex("87 00 0000 00000000" + Target), 255));

        var expected = Packets.Icmp("fd00::2", "ff02::1", Packets.Hex("88 00 0000 20000000" + Target + "02 01" + StationRig.Mine), 255);
        Assert.Equal([.. Packets.Hex("33 33 00 00 00 01" + StationRig.Mine + "86dd"), .. expected], _rig.OnlyFrame());
        Assert.Equal(0, _rig.Station.Neighbors.Count);
    }

    [Theory]
    [InlineData("fd00::1", Group, 254, "87 00 0000 00000000" + Target + SourceOption)]      // hop limit
    [InlineData("fd00::1", Group, 255, "87 01 0000 00000000" + Target + SourceOption)]      // code
    [InlineData("fd00::1", Group, 255, "87 00 0000 00000000 fd0000000000000000000000000000")]   // short
    [InlineData("fd00::1", Group, 255, "87 00 0000 00000000 ff020000000000000000000000000001")] // multicast target
    [InlineData("fd00::1", Group, 255, "87 00 0000 00000000" + Target + "01 00 020000000001")]  // option of length zero
    [InlineData("fd00::1", Group, 255, "87 00 0000 00000000" + Target + "01 02 020000000001")]  // option beyond the end
    [InlineData("fd00::1", Group, 255, "87 00 0000 00000000" + Target + "0e 01 0200")]          // half an option
    [InlineData("fd00::1", Group, 255, "87 00 0000 00000000" + Target + "01 01 010000000001")]  // a group's hardware address
    [InlineData("::", Group, 255, "87 00 0000 00000000" + Target + SourceOption)]           // detection does not tell an address
    [InlineData("::", "fd00::2", 255, "87 00 0000 00000000" + Target)]                      // detection asks the group
    [InlineData("fd00::1", "ff02::1", 255, "88 00 0000 40000000" + PeerTarget)]             // solicited, yet to a group
    public void Discards_what_fails_the_checks(string from, string to, byte hopLimit, string message)
    {
        _rig.Receive(ToGroup, Packets.Icmp(from, to, Packets.Hex(message), hopLimit));

        Assert.Empty(_rig.Frames);
        Assert.Equal(0, _rig.Station.Neighbors.Count);
        Assert.Equal(1, _rig.Statistics.Dropped(LinkDropCause.Malformed));
    }

    [Fact]
    public void Discards_a_wrong_checksum()
    {
        var packet = Packets.Icmp("fd00::1", Group, Packets.Hex("87 00 0000 00000000" + Target + SourceOption), 255);
        packet[42] ^= 1;

        _rig.Receive(ToGroup, packet);

        Assert.Empty(_rig.Frames);
    }

    [Fact]
    public void Ignores_a_solicitation_for_another()
    {
        _rig.Receive(ToGroup, Packets.Icmp("fd00::1", Group,
            Packets.Hex("87 00 0000 00000000 fd000000000000000000000001000002" + SourceOption), 255));

        Assert.Empty(_rig.Frames);
        Assert.Equal(0, _rig.Statistics.TotalDropped);
    }

    [Fact]
    public void Asks_the_solicited_node_group_and_sends_what_waited()
    {
        var packet = Packets.Tcp("[fd00::2]:5", "[fd00::1]:80", 1);
        _rig.Send(packet);

        var question = Packets.Icmp("fd00::2", "ff02::1:ff00:1",
            Packets.Hex("87 00 0000 00000000" + PeerTarget + "01 01" + StationRig.Mine), 255);
        Assert.Equal([.. Packets.Hex("33 33 ff 00 00 01" + StationRig.Mine + "86dd"), .. question], _rig.OnlyFrame());

        Advertise("60000000");

        Assert.Equal([.. Packets.Hex(StationRig.Peer + StationRig.Mine + "86dd"), .. packet], _rig.OnlyFrame());
    }

    [Fact]
    public void An_answer_without_an_address_resolves_nothing()
    {
        _rig.Send(Packets.Tcp("[fd00::2]:5", "[fd00::1]:80", 1));
        _rig.Frames.Clear();

        _rig.Receive(StationRig.Mine + StationRig.Peer + "86dd", Packets.Icmp("fd00::1", "fd00::2",
            Packets.Hex("88 00 0000 60000000" + PeerTarget), 255));

        Assert.Empty(_rig.Frames);
    }

    [Fact]
    public void An_advertisement_without_override_does_not_replace_the_address()
    {
        _rig.Send(Packets.Tcp("[fd00::2]:5", "[fd00::1]:80", 1));
        Advertise("60000000");
        Advertise("00000000", "020000000099");
        _rig.Frames.Clear();

        _rig.Send(Packets.Tcp("[fd00::2]:5", "[fd00::1]:80", 1));

        // RFC 4861 §7.2.5: it makes the entry stale, so the known address is used and probed.
        Assert.Equal(2, _rig.Frames.Count);
        Assert.All(_rig.Frames, frame => Assert.Equal(Packets.Hex(StationRig.Peer), frame[..6]));
    }

    [Fact]
    public void An_advertisement_from_nowhere_is_not_learnt()
    {
        Advertise("20000000");

        Assert.Equal(0, _rig.Station.Neighbors.Count);
    }

    [Fact]
    public void Another_station_with_our_address_is_a_conflict()
    {
        _rig.Receive("33 33 00 00 00 01" + StationRig.Peer + "86dd",
            Packets.Icmp("fd00::2", "ff02::1", Packets.Hex("88 00 0000 20000000" + Target + "02 01" + StationRig.Peer), 255));

        Assert.Equal(1, _rig.Station.Conflicts);
    }

    [Fact]
    public void Announces_its_addresses()
    {
        _rig.Station.Announce();

        Assert.Equal(2, _rig.Frames.Count);
        var announcement = $"0001 0800 06 04 0001 {StationRig.Mine} 0a000002 000000000000 0a000002";
        Assert.Equal(Packets.Hex($"{StationRig.Broadcast} {StationRig.Mine} 0806" + announcement), _rig.Frames[0]);
        var advertisement = Packets.Icmp("fd00::2", "ff02::1", Packets.Hex("88 00 0000 20000000" + Target + "02 01" + StationRig.Mine),
            255);
        Assert.Equal([.. Packets.Hex("33 33 00 00 00 01" + StationRig.Mine + "86dd"), .. advertisement], _rig.Frames[1]);
    }

    private void Advertise(string flags, string hardware = StationRig.Peer) => _rig.Receive(StationRig.Mine + StationRig.Peer + "86dd",
        Packets.Icmp("fd00::1", flags[0] is '6' or '4' ? "fd00::2" : "ff02::1",
            Packets.Hex("88 00 0000" + flags + PeerTarget + "02 01" + hardware), 255));
}
