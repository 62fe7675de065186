using System.Buffers.Binary;

namespace Toe.Emulated.Links;

/// <summary>The checksum of RFC 1071, for the few packets a station makes itself.</summary>
internal static class InternetChecksum
{
    /// <summary>The folded sum; a packet that holds a right checksum sums to 0xFFFF.</summary>
    internal static ushort Sum(ReadOnlySpan<byte> bytes, ulong initial = 0)
    {
        var sum = initial;
        while (bytes.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[2..];
        }

        if (bytes.Length == 1)
            sum += (uint)bytes[0] << 8;
        while (sum > 0xFFFF)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)sum;
    }

    internal static ushort Compute(ReadOnlySpan<byte> bytes, ulong initial = 0) => (ushort)~Sum(bytes, initial);

    /// <summary>The sum of ICMPv6's pseudo-header (RFC 8200 §8.1).</summary>
    internal static ulong PseudoHeader(UInt128 source, UInt128 destination, int length)
    {
        Span<byte> addresses = stackalloc byte[32];
        BinaryPrimitives.WriteUInt128BigEndian(addresses, source);
        BinaryPrimitives.WriteUInt128BigEndian(addresses[16..], destination);
        return (ulong)Sum(addresses) + (uint)length + IpProtocol.IcmpV6;
    }
}
