using System.Net;
using Toe.Emulated.Links;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Tests.Links;

/// <summary>ARP as RFC 826 and RFC 5227 describe it, on frames written by hand.</summary>
public sealed class ArpTests
{
    private const string ToAll = StationRig.Broadcast + StationRig.Peer + "0806";
    private readonly StationRig _rig = new();

    [Fact]
    public void Answers_a_request_for_its_address()
    {
        _rig.Receive(ToAll, Packets.Hex($"0001 0800 06 04 0001 {StationRig.Peer} 0a000001 000000000000 0a000002 {new string('0', 36)}"));

        Assert.Equal(
            Packets.Hex($"{StationRig.Peer} {StationRig.Mine} 0806"
                + $"0001 0800 06 04 0002 {StationRig.Mine} 0a000002 {StationRig.Peer} 0a000001"),
            _rig.OnlyFrame());
        // The asker is learnt (RFC 826), so a packet to it needs no question.
        _rig.Send(Packets.Tcp("10.0.0.2:5", "10.0.0.1:80"));
        Assert.Equal(Packets.Hex(StationRig.Peer), _rig.Frames[^1][..6]);
    }

    [Fact]
    public void Answers_a_probe_without_learning()
    {
        _rig.Receive(ToAll, Packets.Hex($"0001 0800 06 04 0001 {StationRig.Peer} 00000000 000000000000 0a000002"));

        Assert.Equal(2, _rig.OnlyFrame()[21]);
        Assert.Equal(0, _rig.Station.Neighbors.Count);
    }

    [Fact]
    public void Learns_nothing_from_what_others_tell_one_another()
    {
        _rig.Receive(ToAll, Packets.Hex($"0001 0800 06 04 0001 {StationRig.Peer} 0a000001 000000000000 0a000003"));
        _rig.Receive(ToAll, Packets.Hex($"0001 0800 06 04 0002 {StationRig.Peer} 0a000001 {StationRig.Broadcast} 0a000001"));

        Assert.Empty(_rig.Frames);
        Assert.Equal(0, _rig.Station.Neighbors.Count);
    }

    [Fact]
    public void A_known_sender_is_brought_up_to_date()
    {
        _rig.Send(Packets.Tcp("10.0.0.2:5", "10.0.0.1:80"));
        _rig.Resolve();
        _rig.Frames.Clear();

        _rig.Receive(ToAll.Replace(StationRig.Peer, "020000000099", StringComparison.Ordinal),
            Packets.Hex("0001 0800 06 04 0001 020000000099 0a000001 000000000000 0a000001"));
        _rig.Send(Packets.Tcp("10.0.0.2:5", "10.0.0.1:80"));

        Assert.Equal(Packets.Hex("020000000099"), _rig.Frames[^1][..6]);
    }

    [Fact]
    public void What_a_neighbour_says_to_one_station_is_heard_by_another_with_the_same_address()
    {
        var other = new StationRig();
        other.Send(Packets.Tcp("10.0.0.2:5", "10.0.0.1:80"));
        var packet = Packets.Tcp("10.0.0.2:5", "10.0.0.1:80");

        _rig.Receive(StationRig.Mine + StationRig.Peer + "0806", Packets.Hex($"0001 0800 06 04 0002 {StationRig.Peer} 0a000001 {StationRig.Mine} 0a000002"));
        other.Frames.Clear();
        other.Station.Hear(Assert.Single(_rig.Told), other.Now);

        Assert.Equal([.. Packets.Hex($"{StationRig.Peer} {StationRig.Mine} 0800"), .. packet], other.OnlyFrame()); // What waited for the answer.
        Assert.Empty(other.Told); // It is not told on.
    }

    [Fact]
    public void What_an_asker_says_of_itself_is_told_too()
    {
        _rig.Receive(ToAll, Packets.Hex($"0001 0800 06 04 0001 {StationRig.Peer} 0a000001 000000000000 0a000002"));

        Assert.Equal(new NeighborNews(AddressValue.From(IPAddress.Parse("10.0.0.1")), 0x02_00_00_00_00_01, IsSolicited: false, IsOverride: true), Assert.Single(_rig.Told));
    }

    [Fact]
    public void Asks_for_the_next_hop_and_sends_what_waited()
    {
        var first = Packets.Tcp("10.0.0.2:5", "10.0.0.1:80", 1);
        var second = Packets.Tcp("10.0.0.2:5", "10.0.0.1:80", 2);
        _rig.Send(first);
        _rig.Send(second);

        Assert.Equal(
            Packets.Hex($"{StationRig.Broadcast} {StationRig.Mine} 0806"
                + $"0001 0800 06 04 0001 {StationRig.Mine} 0a000002 000000000000 0a000001"),
            _rig.OnlyFrame());
        _rig.Resolve();

        Assert.Equal([.. Packets.Hex($"{StationRig.Peer} {StationRig.Mine} 0800"), .. first], _rig.Frames[0]);
        Assert.Equal([.. Packets.Hex($"{StationRig.Peer} {StationRig.Mine} 0800"), .. second], _rig.Frames[1]);
        Assert.Null(_rig.Station.Neighbors.NextTimer is { } next && next < TimeSpan.Zero ? next : null);
    }

    [Theory]
    [InlineData("0002 0800 06 04 0001")]        // not Ethernet
    [InlineData("0001 86dd 06 04 0001")]        // not IPv4
    [InlineData("0001 0800 08 04 0001")]        // wrong lengths
    [InlineData("0001 0800 06 10 0001")]
    [InlineData("0001 0800 06 04 0003")]        // reverse ARP
    public void Ignores_other_kinds(string start)
    {
        _rig.Receive(ToAll, Packets.Hex($"{start} {StationRig.Peer} 0a000001 000000000000 0a000002"));

        Assert.Empty(_rig.Frames);
        Assert.Equal(1, _rig.Statistics.Dropped(LinkDropCause.Malformed));
    }

    [Fact]
    public void Ignores_a_short_message_and_a_group_sender()
    {
        _rig.Receive(ToAll, Packets.Hex($"0001 0800 06 04 0001 {StationRig.Peer} 0a000001 000000000000 0a0000"));
        _rig.Receive(ToAll, Packets.Hex("0001 0800 06 04 0001 010000000001 0a000001 000000000000 0a000002"));

        Assert.Empty(_rig.Frames);
        Assert.Equal(2, _rig.Statistics.Dropped(LinkDropCause.Malformed));
    }

    [Fact]
    public void Defends_its_address_once_in_ten_seconds()
    {
        var claim = Packets.Hex($"0001 0800 06 04 0001 {StationRig.Peer} 0a000002 000000000000 0a000002");
        _rig.Receive(ToAll, claim);
        _rig.Receive(ToAll, claim);

        Assert.Equal(Packets.Hex($"{StationRig.Broadcast} {StationRig.Mine} 0806"), _rig.OnlyFrame()[..14]);
        Assert.Equal(2, _rig.Station.Conflicts);
        _rig.Pass(10);
        _rig.Receive(ToAll, claim);
        _rig.OnlyFrame();
    }

    [Fact]
    public void Goes_through_the_gateway_for_what_is_not_on_the_link()
    {
        _rig.Send(Packets.Tcp("10.0.0.2:5", "192.0.2.1:80"));

        Assert.Equal(IPAddress.Parse("10.0.0.1").GetAddressBytes(), _rig.OnlyFrame()[38..42]);
    }
}
