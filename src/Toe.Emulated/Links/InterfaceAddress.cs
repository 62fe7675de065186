using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Links;

/// <summary>
/// An address of an interface with the length of its on-link prefix, for example <c>10.0.0.2/24</c> or <c>fd00::2/64</c>.
/// </summary>
public readonly record struct InterfaceAddress
{
    /// <summary>What an IPv4 address has in front as a value: ::ffff:0:0/96.</summary>
    private const int MappedPrefixLength = 96;

    private readonly AddressValue _value;
    private readonly AddressValue _mask;

    /// <summary>Joins an address and a prefix length.</summary>
    /// <param name="address">The host's own address, IPv4 or IPv6; not any, multicast or IPv4-mapped.</param>
    /// <param name="prefixLength">The prefix length in bits, 1..32 or 1..128.</param>
    /// <exception cref="ArgumentException">A station cannot have this address.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="prefixLength"/> is out of range.</exception>
    public InterfaceAddress(IPAddress address, int prefixLength)
    {
        ArgumentNullException.ThrowIfNull(address);
        var ipv4 = address.AddressFamily == AddressFamily.InterNetwork;
        ArgumentOutOfRangeException.ThrowIfLessThan(prefixLength, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefixLength, ipv4 ? 32 : 128);
        _value = AddressValue.From(address);
        if (address.IsIPv4MappedToIPv6 || _value.IsMulticast || _value.IsUnspecified)
            throw new ArgumentException($"{address} cannot be the address of a station.", nameof(address));
        Address = address;
        PrefixLength = prefixLength;
        _mask = MaskOf(ipv4 ? MappedPrefixLength + prefixLength : prefixLength);
    }

    /// <summary>The station's own address.</summary>
    public IPAddress Address { get; }

    /// <summary>The length of the on-link prefix in bits.</summary>
    public int PrefixLength { get; }

    internal AddressValue Value => _value;

    /// <summary>The directed broadcast address (RFC 919 §7); null for IPv6 and for prefixes of 31 (RFC 3021) and 32 bits.</summary>
    internal AddressValue? Broadcast => _value.IsV4 && PrefixLength < 31 ? _value with { Low = _value.Low | ~_mask.Low } : null;

    /// <summary>Reads the CIDR notation.</summary>
    /// <exception cref="FormatException">The text is not an address, a slash and a prefix length in range.</exception>
    public static InterfaceAddress Parse(string text) => TryParse(text, out var address)
        ? address
        : throw new FormatException($"\"{text}\" is not a station's address with a prefix length, such as 10.0.0.2/24 or fd00::2/64.");

    /// <summary>Reads the CIDR notation.</summary>
    /// <returns>False when the text is not an address, a slash and a prefix length in range.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out InterfaceAddress address)
    {
        address = default;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash < 0 || !IPAddress.TryParse(text.AsSpan(0, slash), out var parsed)
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
            return false;
        try
        {
            address = new InterfaceAddress(parsed, length);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>True when the other address has the same prefix, so that it is reached without a gateway.</summary>
    public bool IsOnLink(IPAddress other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return IsOnLink(AddressValue.From(other));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Address}/{PrefixLength.ToString(CultureInfo.InvariantCulture)}";

    internal bool IsOnLink(in AddressValue other) => other.IsV4 == _value.IsV4
        && ((other.High ^ _value.High) & _mask.High) == 0 && ((other.Low ^ _value.Low) & _mask.Low) == 0;

    private static AddressValue MaskOf(int bits) => bits <= 64
        ? new(ulong.MaxValue << (64 - bits), 0)
        : new(ulong.MaxValue, ulong.MaxValue << (128 - bits));
}
