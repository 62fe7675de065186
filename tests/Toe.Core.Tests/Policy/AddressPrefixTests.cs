using System.Net;
using CsCheck;
using Toe.Policy;

namespace Toe.Core.Tests.Policy;

public sealed class AddressPrefixTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.255.255.255", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3", true)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("192.0.2.6/31", "192.0.2.7", true)]
    [InlineData("0.0.0.0/0", "203.0.113.1", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("::/0", "203.0.113.1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    [InlineData("2001:db8::1", "2001:db8::1", true)]
    [InlineData("fe80::/10", "fe80::1%3", true)]
    [InlineData("0.0.0.0/8", "0.0.0.0", false)]
    [InlineData("0.0.0.0/0", "0.0.0.0", true)]
    public void Contains(string text, string address, bool expected)
    {
        Assert.True(AddressPrefix.TryParse(text, out var prefix, out var error), error);
        Assert.Equal(expected, prefix.Contains(AddressBits.Of(IPAddress.Parse(address))));
    }

    [Theory]
    [InlineData("10.0.0.0/33", "'10.0.0.0/33' is not a prefix (the length is a number from 0 to 32)")]
    [InlineData("2001:db8::/129", "'2001:db8::/129' is not a prefix (the length is a number from 0 to 128)")]
    [InlineData("10.0.0.1/8", "'10.0.0.1/8' is not a prefix (host bits are set; did you mean 10.0.0.0/8?)")]
    [InlineData("2001:db8::1/64", "'2001:db8::1/64' is not a prefix (host bits are set; did you mean 2001:db8::/64?)")]
    [InlineData("10/8", "'10/8' is not a prefix ('10' is not an IPv4 or IPv6 address)")]
    [InlineData("010.0.0.0/8", "'010.0.0.0/8' is not a prefix ('010.0.0.0' is not an IPv4 or IPv6 address)")]
    [InlineData("example.org", "'example.org' is not a prefix ('example.org' is not an IPv4 or IPv6 address)")]
    [InlineData("", "'' is not a prefix ('' is not an IPv4 or IPv6 address)")]
    [InlineData("fe80::1%eth0/64", "'fe80::1%eth0/64' is not a prefix ('fe80::1%eth0' is not an IPv4 or IPv6 address)")]
    [InlineData("10.0.0.0/-1", "'10.0.0.0/-1' is not a prefix (the length is a number from 0 to 32)")]
    [InlineData("10.0.0.0/", "'10.0.0.0/' is not a prefix (the length is a number from 0 to 32)")]
    [InlineData("10.0.0.0/8/8", "'10.0.0.0/8/8' is not a prefix (the length is a number from 0 to 32)")]
    [InlineData("::ffff:0:0/90", "'::ffff:0:0/90' is not a prefix (it is IPv4-mapped and shorter than 96 bits; write the IPv4 prefix)")]
    public void Wrong(string text, string expected)
    {
        Assert.False(AddressPrefix.TryParse(text, out _, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Parsing_is_total_and_canonical() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["0123456789abcdf.:/%[]"], 0, 24]).Sample(text =>
    {
        if (!AddressPrefix.TryParse(text, out var prefix, out var error))
            return error is not null;
        return AddressPrefix.TryParse(prefix.ToString(), out var again, out _) && again.Equals(prefix);
    });

    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0/8", true)]
    [InlineData("10.0.0.0/8", "10.1.0.0/16", true)]
    [InlineData("10.0.0.0/16", "10.0.0.0/8", false)]
    [InlineData("10.0.0.0/8", "11.0.0.0/16", false)]
    [InlineData("0.0.0.0/0", "10.0.0.0/8", true)]
    [InlineData("::/0", "10.0.0.0/8", false)]
    [InlineData("::/0", "2001:db8::/32", true)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3", true)]
    public void Covers(string text, string other, bool expected)
    {
        Assert.True(AddressPrefix.TryParse(text, out var prefix, out var error), error);
        Assert.True(AddressPrefix.TryParse(other, out var inner, out error), error);
        Assert.Equal(expected, prefix.Covers(inner));
    }

    [Fact]
    public void Agrees_with_the_runtimes_own_networks() =>
        Gen.Select(Gen.Byte.Array[4], Gen.Int[0, 32], Gen.Byte.Array[4], Gen.Int[0, 32]).Sample((network, length, other, keep) =>
        {
            var masked = Masked(network, length);
            // Keep some leading bits, so that hits are as frequent as misses.
            var address = Masked(network, keep).Zip(other, (a, b) => (byte)(a | b)).ToArray();
            Assert.True(AddressPrefix.TryParse($"{new IPAddress(masked)}/{length}", out var prefix, out var error), error);
            var expected = new IPNetwork(new IPAddress(masked), length).Contains(new IPAddress(address));
            return address.All(b => b == 0) || prefix.Contains(AddressBits.Of(new IPAddress(address))) == expected;
        });

    private static byte[] Masked(byte[] address, int length) =>
        [.. address.Select((b, i) => (byte)(b & ~(0xFF >> Math.Clamp(length - (8 * i), 0, 8))))];
}
