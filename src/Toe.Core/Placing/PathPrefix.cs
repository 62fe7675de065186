using System.Globalization;
using System.Net;
using Toe.Policy;

namespace Toe.Placing;

/// <summary>A path: the leading bits of its peers' addresses.</summary>
/// <param name="Network">The bits; those behind are zero.</param>
/// <param name="Length">How many.</param>
internal readonly record struct PathPrefix(AddressBits Network, int Length)
{
    private const int V4Bits = 32;
    private const int V6Bits = 128;

    public static PathPrefix Of(IPAddress address, WorthOptions options)
    {
        var bits = AddressBits.Of(address);
        var (length, behind) = bits.IsV4 ? (options.PrefixIPv4, V4Bits - options.PrefixIPv4) : (options.PrefixIPv6, V6Bits - options.PrefixIPv6);
        return new PathPrefix(bits with { Bits = length == 0 ? 0 : bits.Bits >> behind << behind }, length);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Network.ToAddress()}/{Length}");
}
