using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Toe.Emulated.Wire;

/// <summary>
/// The Internet checksum, RFC 1071. Sums are kept in the machine's byte order, which the algorithm allows (RFC 1071 §2 (B)); only a result
/// is written in that same order, so nothing is ever swapped.
/// </summary>
internal static class InternetChecksum
{
    /// <summary>Below this the scalar loop wins over setting up vectors.</summary>
    private const int VectorThreshold = 64;

    /// <summary>Adds the 16-bit words of some bytes to a sum. An odd last byte counts as followed by zero, so only the last part of a
    /// message may have an odd length.</summary>
    public static ulong Add(ulong sum, ReadOnlySpan<byte> bytes)
    {
        if (Vector256.IsHardwareAccelerated && bytes.Length >= VectorThreshold)
        {
            var vectors = MemoryMarshal.Cast<byte, Vector256<uint>>(bytes);
            // Both halves of each 64-bit lane go into 64-bit sums: no carry can be lost for less than 2^32 additions.
            var low = Vector256<ulong>.Zero;
            var high = Vector256<ulong>.Zero;
            var mask = Vector256.Create(0xffffffffUL);
            foreach (ref readonly var vector in vectors)
            {
                var lanes = vector.AsUInt64();
                low += lanes & mask;
                high += lanes >>> 32;
            }
            sum = AddCarry(sum, Vector256.Sum(low));
            sum = AddCarry(sum, Vector256.Sum(high));
            bytes = bytes[(vectors.Length * Vector256<byte>.Count)..];
        }
        ulong scalar = 0;
        while (bytes.Length >= 4)
        {
            scalar += Unsafe.ReadUnaligned<uint>(ref MemoryMarshal.GetReference(bytes));
            bytes = bytes[4..];
        }
        if (bytes.Length >= 2)
        {
            scalar += Unsafe.ReadUnaligned<ushort>(ref MemoryMarshal.GetReference(bytes));
            bytes = bytes[2..];
        }
        if (bytes.Length == 1) scalar += BitConverter.IsLittleEndian ? bytes[0] : (uint)bytes[0] << 8;
        return AddCarry(sum, scalar);
    }

    /// <summary>Adds bytes that stand behind an odd number of others: each is in the other half of its word than in a sum of its own, so
    /// that sum counts with its bytes swapped (RFC 1071 §2 (B)).</summary>
    public static ulong AddBehindOdd(ulong sum, ReadOnlySpan<byte> bytes) =>
        AddCarry(sum, BinaryPrimitives.ReverseEndianness(Fold(Add(0, bytes))));

    /// <summary>The sum of a pseudo-header without its length (RFC 9293 §3.1; RFC 8200 §8.1), to be kept for a connection's life.</summary>
    public static ulong PseudoHeader(in AddressValue source, in AddressValue destination, byte protocol)
    {
        Span<byte> words = stackalloc byte[36];
        words.Clear();
        if (source.IsV4)
        {
            source.WriteV4(words);
            destination.WriteV4(words[4..]);
        }
        else
        {
            source.WriteV6(words);
            destination.WriteV6(words[16..]);
        }
        words[33] = protocol;
        return Add(0, words);
    }

    /// <summary>Adds a 16-bit number, such as the pseudo-header's length, to a sum.</summary>
    public static ulong AddWord(ulong sum, ushort word) =>
        AddCarry(sum, BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word);

    /// <summary>The sum folded to 16 bits and complemented, in machine order: store it with <see cref="Store"/>.</summary>
    public static ushort Finish(ulong sum) => (ushort)~Fold(sum);

    /// <summary>The sum folded to 16 bits, in machine order.</summary>
    public static ushort Fold(ulong sum)
    {
        sum = (sum & 0xffffffff) + (sum >> 32);
        sum = (sum & 0xffffffff) + (sum >> 32);
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)sum;
    }

    /// <summary>Writes a finished checksum into a header.</summary>
    public static void Store(Span<byte> field, ushort checksum) => MemoryMarshal.Write(field, in checksum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong AddCarry(ulong a, ulong b)
    {
        var sum = a + b;
        return sum + (sum < b ? 1UL : 0UL);
    }
}
