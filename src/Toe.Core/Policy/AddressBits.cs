using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Toe.Policy;

/// <summary>An address as a number with its family; IPv4-mapped IPv6 is IPv4, scope identifiers are left out. Made without
/// allocating.</summary>
/// <param name="IsV4">True for IPv4.</param>
/// <param name="Bits">The address; IPv4 in the low 32 bits.</param>
internal readonly record struct AddressBits(bool IsV4, UInt128 Bits)
{
    private const int V4Bytes = 4;
    private const int V6Bytes = 16;
    private static readonly UInt128 MappedPrefix = new(0, 0xFFFF_0000_0000);

    /// <summary>True for 0.0.0.0 and ::, which stand for an address not chosen yet.</summary>
    public bool IsUnspecified => Bits == 0;

    public static AddressBits Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[V6Bytes];
        address.TryWriteBytes(bytes, out var written);
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return new AddressBits(true, BinaryPrimitives.ReadUInt32BigEndian(bytes[..V4Bytes]));
        System.Diagnostics.Debug.Assert(written == V6Bytes);
        var bits = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return bits >> 32 == MappedPrefix >> 32 ? new AddressBits(true, (uint)bits) : new AddressBits(false, bits);
    }

    public IPAddress ToAddress()
    {
        Span<byte> bytes = stackalloc byte[V6Bytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Bits);
        return new IPAddress(IsV4 ? bytes[(V6Bytes - V4Bytes)..] : bytes);
    }
}
