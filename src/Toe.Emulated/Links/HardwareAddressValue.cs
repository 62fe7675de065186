using System.Buffers.Binary;
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Links;

/// <summary>Ethernet addresses as 48-bit numbers.</summary>
internal static class HardwareAddressValue
{
    internal const int Length = 6;
    internal const ulong Broadcast = 0xFFFF_FFFF_FFFF;

    internal static ulong Read(ReadOnlySpan<byte> bytes) =>
        (ulong)BinaryPrimitives.ReadUInt16BigEndian(bytes) << 32 | BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]);

    internal static void Write(ulong address, Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)(address >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(destination[2..], (uint)address);
    }

    internal static bool IsGroup(ulong address) => (address >> 40 & 1) != 0;

    internal static ulong From(PhysicalAddress address) => Read(address.GetAddressBytes());

    internal static PhysicalAddress ToPhysical(ulong address)
    {
        var bytes = new byte[Length];
        Write(address, bytes);
        return new PhysicalAddress(bytes);
    }

    /// <summary>A random individual address with the locally administered bit (IEEE 802 §8.4).</summary>
    internal static ulong Random()
    {
        Span<byte> bytes = stackalloc byte[Length];
        RandomNumberGenerator.Fill(bytes);
        bytes[0] = (byte)(bytes[0] & 0xFC | 0x02);
        return Read(bytes);
    }

    /// <summary>The group address of a multicast address. Source: RFC 1112 §6.4; RFC 2464 §7.</summary>
    internal static ulong OfGroup(in AddressValue address) => address.IsV4
        ? 0x0100_5E00_0000UL | (address.V4 & 0x7F_FFFF)
        : 0x3333_0000_0000 | (address.Low & 0xFFFF_FFFF);
}
