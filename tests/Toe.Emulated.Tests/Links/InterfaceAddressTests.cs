using System.Net;
using System.Net.NetworkInformation;
using Toe.Emulated.Links;

namespace Toe.Emulated.Tests.Links;

public sealed class InterfaceAddressTests
{
    [Theory]
    [InlineData("10.0.0.2/24", "10.0.0.255", true)]
    [InlineData("10.0.0.2/24", "10.0.1.2", false)]
    [InlineData("10.0.0.2/32", "10.0.0.2", true)]
    [InlineData("10.0.0.2/32", "10.0.0.3", false)]
    [InlineData("128.0.0.1/1", "200.0.0.1", true)]
    [InlineData("10.0.0.2/24", "fd00::2", false)]
    [InlineData("fd00::2/64", "fd00::ffff:0:0:0", true)]
    [InlineData("fd00::2/64", "fd00:0:0:1::2", false)]
    [InlineData("fd00::2/128", "fd00::2", true)]
    [InlineData("fd00::2/64", "10.0.0.2", false)]
    public void Knows_what_is_on_the_link(string text, string other, bool expected)
    {
        var address = InterfaceAddress.Parse(text);

        Assert.Equal(expected, address.IsOnLink(IPAddress.Parse(other)));
        Assert.Equal(text, address.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.2")]
    [InlineData("10.0.0.2/")]
    [InlineData("10.0.0.2/0")]
    [InlineData("10.0.0.2/33")]
    [InlineData("10.0.0.2/-1")]
    [InlineData("10.0.0.2/ 4")]
    [InlineData("fd00::2/129")]
    [InlineData("0.0.0.0/8")]
    [InlineData("::/8")]
    [InlineData("224.0.0.1/24")]
    [InlineData("ff02::1/64")]
    [InlineData("::ffff:10.0.0.2/120")]
    [InlineData("here/24")]
    public void Refuses_what_no_station_can_have(string text) => Assert.Throws<FormatException>(() => InterfaceAddress.Parse(text));

    [Fact]
    public void Settings_are_refused_by_name()
    {
        var good = new TapLinkOptions { Addresses = [InterfaceAddress.Parse("10.0.0.2/24")] };
        (string Name, TapLinkOptions Options)[] wrong =
        [
            ("Addresses", good with { Addresses = [] }),
            ("Addresses", good with { Addresses = [default] }),
            ("Gateways", good with { Gateways = [IPAddress.Parse("10.0.1.1")] }),
            ("Gateways", good with { Gateways = [IPAddress.Parse("10.0.0.2")] }),
            ("Gateways", good with { Gateways = [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.3")] }),
            ("HardwareAddress", good with { HardwareAddress = new PhysicalAddress([1, 0, 0, 0, 0, 1]) }),
            ("HardwareAddress", good with { HardwareAddress = new PhysicalAddress([2]) }),
            ("NeighborLimit", good with { NeighborLimit = 0 }),
            ("ReachableTime", good with { ReachableTime = TimeSpan.Zero }),
        ];

        good.Validated();
        foreach (var (name, options) in wrong)
            Assert.Equal(name, Assert.Throws<ArgumentException>(options.Validated).ParamName);
    }
}
