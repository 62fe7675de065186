using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Toe.Emulated.Links;

/// <summary>
/// An address of an interface with the length of its on-link prefix, for example <c>10.0.0.2/24</c> or <c>fd00::2/64</c>.
/// </summary>
public readonly record struct InterfaceAddress
{
    private readonly UInt128 _value;
    private readonly UInt128 _mask;

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
        if (address.IsIPv4MappedToIPv6 || AddressValue.IsMulticast(_value) || _value == AddressValue.AnyOf(_value))
            throw new ArgumentException($"{address} cannot be the address of a station.", nameof(address));
        Address = address;
        PrefixLength = prefixLength;
        _mask = UInt128.MaxValue << (ipv4 ? 32 : 128) - prefixLength;
    }

    /// <summary>The station's own address.</summary>
    public IPAddress Address { get; }

    /// <summary>The length of the on-link prefix in bits.</summary>
    public int PrefixLength { get; }

    internal UInt128 Value => _value;

    /// <summary>The directed broadcast address (RFC 919 §7); zero for IPv6 and for prefixes of 31 (RFC 3021) and 32 bits.</summary>
    internal UInt128 Broadcast => AddressValue.IsIPv4(_value) && PrefixLength < 31 ? _value | ~_mask : UInt128.Zero;

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

    internal bool IsOnLink(UInt128 other) =>
        AddressValue.IsIPv4(other) == AddressValue.IsIPv4(_value) && ((other ^ _value) & _mask) == UInt128.Zero;
}
