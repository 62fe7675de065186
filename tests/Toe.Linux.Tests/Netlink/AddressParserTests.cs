using System.Net;

namespace Toe.Linux.Tests;

public sealed class AddressParserTests
{
    [Fact]
    public void Reads_a_point_to_point_address()
    {
        // ifa_family, prefixlen 24, flags, scope, index 4; IFA_ADDRESS is the peer
        var payload = Bytes.Hex("02 18 80 00 04000000  0800 0100 0a000009  0800 0200 0a000001  0800 0800 80000000");

        Assert.True(AddressParser.TryParse(payload, out var entry));

        Assert.Equal(IPAddress.Parse("10.0.0.1"), entry!.Address);
        Assert.Equal(IPAddress.Parse("10.0.0.9"), entry.Peer);
        Assert.Equal(24, entry.PrefixLength);
        Assert.Equal(4, entry.InterfaceIndex);
        Assert.False(entry.IsTentative);
    }

    [Fact]
    public void A_link_local_address_carries_its_interface()
    {
        var payload = Bytes.Hex("0a 40 40 fd 05000000  1400 0100 fe800000000000000000000000000001");

        Assert.True(AddressParser.TryParse(payload, out var entry));

        Assert.Equal(5, entry!.Address.ScopeId);
        Assert.True(entry.IsTentative);
        Assert.Equal(253, entry.Scope);
        Assert.Null(entry.Peer);
    }

    [Theory]
    [InlineData("")]
    [InlineData("02 18 00 00 040000")]                              // a byte short of ifaddrmsg
    [InlineData("02 18 00 00 04000000")]                            // no address
    [InlineData("02 21 00 00 04000000 0800 0200 0a000001")]         // a prefix of 33 bits
    [InlineData("02 18 00 00 00000000 0800 0200 0a000001")]         // no interface
    [InlineData("0a 18 00 00 04000000 0800 0200 0a000001")]         // an IPv4 address in an IPv6 message
    public void Refuses_what_is_not_whole(string payload) => Assert.False(AddressParser.TryParse(Bytes.Hex(payload), out _));
}
