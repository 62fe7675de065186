using System.Net.NetworkInformation;

namespace Toe.Linux.Tests;

public sealed class LinkParserTests
{
    // ifi_family 0, ifi_type ARPHRD_ETHER, ifi_index 7, ifi_flags UP|BROADCAST|RUNNING|MULTICAST|LOWER_UP, ifi_change 0
    private const string Header = "00 00 0100 07000000 43100100 00000000";

    [Fact]
    public void Reads_a_veth_whose_peer_is_in_another_namespace()
    {
        var payload = Bytes.Join(
            Bytes.Hex(Header),
            Bytes.Attribute(3, Bytes.Text("veth0")),
            Bytes.Attribute(1, Bytes.Hex("020000000001")),
            Bytes.Attribute(4, Bytes.Word(9000)),
            Bytes.Attribute(5, Bytes.Word(2)),
            Bytes.Attribute(10, Bytes.Word(3)),
            Bytes.Attribute(37, Bytes.Word(0)),
            Bytes.Attribute(18 | 0x8000, Bytes.Join(Bytes.Attribute(1, Bytes.Text("veth")), Bytes.Attribute(2, 1, 2, 3))),
            Bytes.Attribute(9999, 1));

        Assert.True(LinkParser.TryParse(payload, out var link));

        Assert.NotNull(link);
        Assert.Equal(7, link.Index);
        Assert.Equal("veth0", link.Name);
        Assert.Equal("veth", link.Kind);
        Assert.Equal(1, link.HardwareType);
        Assert.True(link.IsUp);
        Assert.True(link.IsRunning);
        Assert.Equal(9000, link.Mtu);
        Assert.Equal(new PhysicalAddress([2, 0, 0, 0, 0, 1]), link.HardwareAddress);
        Assert.Equal(2, link.LowerLink);
        Assert.Equal(3, link.Master);
        Assert.Equal(0, link.LowerLinkNamespace);
    }

    [Fact]
    public void A_link_that_tells_no_namespace_is_paired_within_this_one()
    {
        Assert.True(LinkParser.TryParse(Bytes.Join(Bytes.Hex(Header), Bytes.Attribute(3, Bytes.Text("eth0"))), out var link));

        Assert.Null(link!.LowerLinkNamespace);
        Assert.Null(link.Kind);
        Assert.Null(link.HardwareAddress);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00 00 0100 07000000 43100100 000000")]             // a byte short of ifinfomsg
    [InlineData(Header)]                                            // no name
    [InlineData(Header + "0600 0300 6162 0000")]                    // a name without its zero
    [InlineData(Header + "0500 0300 00 000000")]                    // an empty name
    [InlineData(Header + "0600 0300 6100 0000 0600 0400 0100")]     // an MTU of two bytes
    [InlineData("00 00 0100 00000000 00000000 00000000 0600 0300 6100 0000")]   // index 0
    public void Refuses_what_is_not_whole(string payload) => Assert.False(LinkParser.TryParse(Bytes.Hex(payload), out _));
}
