using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Toe.Emulated.Links;

/// <summary>
/// IP addresses as 128-bit numbers, so that per-packet look-ups allocate nothing. IPv4 addresses stand as IPv4-mapped ones (RFC 4291
/// §2.5.5.2), so the two any-addresses differ.
/// </summary>
internal static class AddressValue
{
    private static readonly UInt128 MappedPrefix = (UInt128)0xFFFF << 32;

    internal static UInt128 From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return Read(bytes[..length]);
    }

    /// <summary>From 4 or 16 bytes in network order.</summary>
    internal static UInt128 Read(ReadOnlySpan<byte> bytes) => bytes.Length == 4
        ? MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(bytes)
        : BinaryPrimitives.ReadUInt128BigEndian(bytes);

    internal static bool IsIPv4(UInt128 address) => address >> 32 == 0xFFFF;

    /// <summary>To 4 bytes for an IPv4 address, else to 16.</summary>
    internal static void Write(UInt128 address, Span<byte> destination)
    {
        if (IsIPv4(address))
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)address);
        else
            BinaryPrimitives.WriteUInt128BigEndian(destination, address);
    }

    internal static bool IsMulticast(UInt128 address) =>
        IsIPv4(address) ? (uint)address >> 28 == 0xE : address >> 120 == 0xFF;

    /// <summary>The any-address of the same family.</summary>
    internal static UInt128 AnyOf(UInt128 address) => IsIPv4(address) ? MappedPrefix : UInt128.Zero;

    internal static UInt128 AnyOf(AddressFamily family) => family == AddressFamily.InterNetwork ? MappedPrefix : UInt128.Zero;
}
