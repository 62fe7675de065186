using System.Net;
using System.Runtime.Versioning;
using Toe.Testing;

namespace Toe.Linux.Tests;

/// <summary>The tables of a real kernel, in a namespace of the test's own.</summary>
[SupportedOSPlatform("linux")]
public sealed class KernelTableTests
{
    [Fact]
    public async Task Routes_answer_as_the_kernel_sends()
    {
        await using var space = await MakeAsync();

        await space.InsideAsync(() =>
        {
            using var routes = new RouteTable();
            var index = LinkTable.Read().Single(link => link.Name == "d0").Index;

            var direct = routes.Lookup(IPAddress.Parse("10.7.0.9"));
            Assert.Equal((RouteType.Unicast, index, null), (direct.Type, direct.OutputInterface, direct.Gateway));
            Assert.Equal(IPAddress.Parse("10.7.0.1"), direct.PreferredSource);
            Assert.Equal(254, direct.Table);

            var far = routes.Lookup(IPAddress.Parse("192.0.2.77"), IPAddress.Parse("10.7.0.1"));
            Assert.Equal(IPAddress.Parse("10.7.0.254"), far.Gateway);
            Assert.Equal(1400, far.Mtu);

            var own = routes.Lookup(IPAddress.Parse("::ffff:10.7.0.1"));
            Assert.Equal(RouteType.Local, own.Type);
            Assert.True(own.IsReachable);

            var six = routes.Lookup(IPAddress.Parse("fd00:7::9"));
            Assert.Equal((RouteType.Unicast, index), (six.Type, six.OutputInterface));
            Assert.Equal(IPAddress.Parse("fd00:7::1"), six.PreferredSource);
            Assert.Equal(IPAddress.Parse("fe80::99%" + Bytes.Number(index)), routes.Lookup(IPAddress.Parse("2001:db8::1")).Gateway);
            Assert.Equal(index, routes.Lookup(IPAddress.Parse("fe80::5%" + Bytes.Number(index))).OutputInterface);
        });
    }

    [Theory]
    [InlineData("203.0.113.1", RouteType.Unreachable, ErrorNumber.HostUnreachable)]
    [InlineData("203.0.113.2", RouteType.Prohibit, ErrorNumber.AccessDenied)]
    [InlineData("203.0.113.3", RouteType.Blackhole, ErrorNumber.InvalidArgument)]
    [InlineData("198.51.100.1", RouteType.None, ErrorNumber.NetworkUnreachable)]
    [InlineData("2001:db8:1::1", RouteType.Unreachable, ErrorNumber.HostUnreachable)]
    [InlineData("2001:db8:2::1", RouteType.Prohibit, ErrorNumber.AccessDenied)]
    [InlineData("2001:db8:3::1", RouteType.Blackhole, ErrorNumber.InvalidArgument)]
    [InlineData("3fff::1", RouteType.None, ErrorNumber.NetworkUnreachable)]
    public async Task A_refusing_or_missing_route_is_an_answer_with_a_reason(string destination, RouteType type, int error)
    {
        await using var space = await MakeAsync();

        var answer = await space.InsideAsync(() =>
        {
            using var routes = new RouteTable();
            return routes.Lookup(IPAddress.Parse(destination));
        });

        Assert.False(answer.IsReachable);
        Assert.Equal(type, answer.Type);
        Assert.Equal(error, answer.ErrorNumber);
        Assert.Contains(ErrorNumber.Name(error), answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policy_rules_see_mark_and_ports()
    {
        await using var space = await MakeAsync();
        await space.IpAsync("route", "add", "blackhole", "default", "table", "77");
        await space.IpAsync("rule", "add", "fwmark", "5", "lookup", "77");
        await space.IpAsync("rule", "add", "ipproto", "tcp", "dport", "4433", "lookup", "77");

        await space.InsideAsync(() =>
        {
            using var routes = new RouteTable();
            var query = new RouteQuery { Destination = IPAddress.Parse("10.7.0.9") };
            Assert.True(routes.Lookup(query).IsReachable);
            Assert.Equal(RouteType.Blackhole, routes.Lookup(query with { Mark = 5 }).Type);
            Assert.Equal(RouteType.Blackhole, routes.Lookup(query with { DestinationPort = 4433 }).Type);
            Assert.True(routes.Lookup(query with { DestinationPort = 443 }).IsReachable);
        });
    }

    [Fact]
    public async Task Links_and_addresses_are_read()
    {
        await using var space = await MakeAsync();
        await using var other = await NetworkNamespace.CreateAsync();
        await space.AddVethAsync("v0", other, "v1");

        await space.InsideAsync(() =>
        {
            var links = LinkTable.Read().ToDictionary(link => link.Name, StringComparer.Ordinal);
            Assert.Equal(772, links["lo"].HardwareType);
            Assert.Null(links["lo"].Kind);
            Assert.Equal("veth", links["d0"].Kind);
            Assert.Equal(links["e0"].Index, links["d0"].LowerLink);
            Assert.Equal(1600, links["d0"].Mtu);
            Assert.True(links["d0"].IsUp);
            Assert.Equal(6, links["d0"].HardwareAddress!.GetAddressBytes().Length);
            Assert.Null(links["d0"].LowerLinkNamespace);
            Assert.Equal("veth", links["v0"].Kind);
            Assert.NotNull(links["v0"].LowerLinkNamespace);

            var addresses = AddressTable.Read().Where(entry => entry.InterfaceIndex == links["d0"].Index).ToList();
            Assert.Contains(addresses, entry => entry.Address.Equals(IPAddress.Parse("10.7.0.1")) && entry.PrefixLength == 24);
            Assert.Contains(addresses, entry => entry.Address.Equals(IPAddress.Parse("fd00:7::1")) && entry is
            {
                PrefixLength: 64,
                IsTentative: false
            });
        });
    }

    [Fact]
    public async Task A_source_of_another_family_is_the_callers_mistake()
    {
        await using var space = await NetworkNamespace.CreateAsync();

        await space.InsideAsync(() =>
        {
            using var routes = new RouteTable();
            Assert.Throws<ArgumentException>(() => routes.Lookup(IPAddress.Loopback, IPAddress.IPv6Loopback));
            Assert.Equal(RouteType.Local, routes.Lookup(IPAddress.Loopback).Type);
            routes.Dispose();
            Assert.Throws<ObjectDisposedException>(() => routes.Lookup(IPAddress.Loopback));
        });
    }

    private static async Task<NetworkNamespace> MakeAsync()
    {
        var space = await NetworkNamespace.CreateAsync();
        await space.IpAsync("link", "add", "d0", "mtu", "1600", "type", "veth", "peer", "name", "e0");
        await space.AddAddressesAsync("d0", "10.7.0.1/24", "fd00:7::1/64");
        await space.IpAsync("link", "set", "e0", "up");
        await space.IpAsync("link", "set", "d0", "up");
        await space.IpAsync("route", "add", "192.0.2.0/24", "via", "10.7.0.254", "mtu", "1400");
        await space.IpAsync("route", "add", "2001:db8::/64", "via", "fe80::99", "dev", "d0");
        await space.IpAsync("route", "add", "unreachable", "203.0.113.1");
        await space.IpAsync("route", "add", "prohibit", "203.0.113.2");
        await space.IpAsync("route", "add", "blackhole", "203.0.113.3");
        await space.IpAsync("route", "add", "unreachable", "2001:db8:1::/64");
        await space.IpAsync("route", "add", "prohibit", "2001:db8:2::/64");
        await space.IpAsync("route", "add", "blackhole", "2001:db8:3::/64");
        return space;
    }
}
