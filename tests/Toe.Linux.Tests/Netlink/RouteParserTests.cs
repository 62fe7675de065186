using System.Net;

namespace Toe.Linux.Tests;

public sealed class RouteParserTests
{
    // rtm_family AF_INET, dst_len 32, src_len 0, tos 0, table 254, protocol 0, scope 0, type unicast, flags RTM_F_CLONED
    private const string Header = "02 20 00 00 fe 00 00 01 00020000";

    [Fact]
    public void Reads_a_gateway_route_with_its_metrics()
    {
        var payload = Bytes.Hex(Header + """
            0800 0100 c0000201          # RTA_DST 192.0.2.1
            0800 0400 03000000          # RTA_OIF 3
            0800 0500 0a000001          # RTA_GATEWAY 10.0.0.1
            0800 0700 0a000002          # RTA_PREFSRC 10.0.0.2
            0800 0f00 64000000          # RTA_TABLE 100, which wins over the 8-bit field
            1400 0880                   # RTA_METRICS, nested
              0800 0200 78050000        # RTAX_MTU 1400
              0800 0800 50050000        # RTAX_ADVMSS 1360
            """);

        Assert.True(RouteParser.TryParse(payload, out var route));

        Assert.True(route.IsReachable);
        Assert.Equal(RouteType.Unicast, route.Type);
        Assert.Equal(3, route.OutputInterface);
        Assert.Equal(IPAddress.Parse("10.0.0.1"), route.Gateway);
        Assert.Equal(IPAddress.Parse("10.0.0.2"), route.PreferredSource);
        Assert.Equal(100, route.Table);
        Assert.Equal(1400, route.Mtu);
        Assert.Equal(1360, route.AdvertisedMaximumSegmentSize);
        Assert.Null(route.Reason);
    }

    [Fact]
    public void Reads_an_IPv6_next_hop_of_an_IPv4_route()
    {
        var payload = Bytes.Hex(Header + "0800 0400 02000000  1600 1200 0a00 fe800000000000000000000000000001 0000");

        Assert.True(RouteParser.TryParse(payload, out var route));

        Assert.Equal(IPAddress.Parse("fe80::1%2"), route.Gateway);
        Assert.Equal(254, route.Table);
    }

    [Fact]
    public void An_IPv6_refusing_route_carries_its_error_in_the_cache_info()
    {
        var payload = Bytes.Hex("0a 80 00 00 fe 00 00 07 00000000  2400 0c00" + new string('0', 24) + "8fffffff" + new string('0', 32));

        Assert.True(RouteParser.TryParse(payload, out var route));

        Assert.False(route.IsReachable);
        Assert.Equal(RouteType.Unreachable, route.Type);
        Assert.Equal(ErrorNumber.HostUnreachable, route.ErrorNumber);
        Assert.Contains("EHOSTUNREACH", route.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]                                                // nothing
    [InlineData("02 20 00 00 fe 00 00 01 000200")]                  // a byte short of rtmsg
    [InlineData("07 20 00 00 fe 00 00 01 00020000")]                // another family
    [InlineData(Header + "0800")]                                   // half an attribute header
    [InlineData(Header + "0300 0100")]                              // an attribute shorter than its header
    [InlineData(Header + "0900 0500 0a000001")]                     // an attribute longer than the message
    [InlineData(Header + "0800 0500 0a0000")]
    [InlineData(Header + "0700 0500 0a0000 00")]                    // a gateway of three bytes
    [InlineData(Header + "0600 0400 0300 0000")]                    // an index of two bytes
    [InlineData(Header + "0400 1200")]                              // an empty RTA_VIA
    [InlineData(Header + "0800 0800 0800 0200")]                    // a metric longer than its nest
    [InlineData(Header + "0800 0c00 00000000")]                     // a short rta_cacheinfo
    public void Refuses_what_is_not_whole(string payload) => Assert.False(RouteParser.TryParse(Bytes.Hex(payload), out _));
}
