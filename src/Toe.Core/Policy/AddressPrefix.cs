using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Toe.Policy;

/// <summary>A prefix of one address family. Own parsing, because <see cref="IPNetwork"/> takes short forms (<c>10/8</c>) and does not say
/// what is wrong.</summary>
internal sealed record AddressPrefix
{
    private const int V4Bits = 32;
    private const int V6Bits = 128;
    private const int MappedBits = V6Bits - V4Bits;
    private readonly UInt128 _mask;

    private AddressPrefix(AddressBits network, int length)
    {
        Network = network;
        Length = length;
        _mask = Mask(network.IsV4, length);
    }

    public AddressBits Network { get; }

    public int Length { get; }

    /// <summary>Reads <c>address/length</c> or an address alone.</summary>
    /// <param name="text">The text.</param>
    /// <param name="prefix">The prefix.</param>
    /// <param name="error">What is wrong, for people; null when nothing is.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out AddressPrefix? prefix, [NotNullWhen(false)] out string? error)
    {
        prefix = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var addressText = slash < 0 ? text : text[..slash];
        if (!TryParseAddress(addressText, out var address))
        {
            error = $"'{text}' is not a prefix ('{addressText}' is not an IPv4 or IPv6 address)";
            return false;
        }

        var bits = AddressBits.Of(address);
        var mapped = bits.IsV4 && address.AddressFamily == AddressFamily.InterNetworkV6;
        var limit = bits.IsV4 && !mapped ? V4Bits : V6Bits;
        var length = limit;
        if (slash >= 0
            && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > limit))
        {
            error = string.Create(CultureInfo.InvariantCulture, $"'{text}' is not a prefix (the length is a number from 0 to {limit})");
            return false;
        }

        if (mapped && length < MappedBits)
        {
            error = $"'{text}' is not a prefix (it is IPv4-mapped and shorter than 96 bits; write the IPv4 prefix)";
            return false;
        }

        if (mapped)
            length -= MappedBits;
        var canonical = bits with { Bits = bits.Bits & Mask(bits.IsV4, length) };
        if (canonical != bits)
        {
            error = string.Create(
                CultureInfo.InvariantCulture,
                $"'{text}' is not a prefix (host bits are set; did you mean {canonical.ToAddress()}/{length}?)");
            return false;
        }

        prefix = new AddressPrefix(bits, length);
        error = null;
        return true;
    }

    /// <summary>True when the address lies inside. An unspecified address stands for one not chosen yet: only length 0 speaks for
    /// it.</summary>
    public bool Contains(AddressBits address) =>
        address.IsV4 == Network.IsV4 && (address.IsUnspecified ? Length == 0 : (address.Bits & _mask) == Network.Bits);

    /// <summary>True when every address in <paramref name="other"/> is in this one.</summary>
    public bool Covers(AddressPrefix other) =>
        other.Network.IsV4 == Network.IsV4 && other.Length >= Length && (other.Network.Bits & _mask) == Network.Bits;

    /// <summary>The canonical form.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Network.ToAddress()}/{Length}");

    private static bool TryParseAddress(string text, [NotNullWhen(true)] out IPAddress? address) =>
        IPAddress.TryParse(text, out address)
        && !text.Contains('%', StringComparison.Ordinal) && !text.Contains('[', StringComparison.Ordinal)
        && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == text);

    private static UInt128 Mask(bool isV4, int length)
    {
        var width = isV4 ? V4Bits : V6Bits;
        var family = isV4 ? uint.MaxValue : UInt128.MaxValue;
        return length == 0 ? UInt128.Zero : (UInt128.MaxValue << (width - length)) & family;
    }
}
