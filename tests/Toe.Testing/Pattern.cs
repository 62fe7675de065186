using System.Buffers.Binary;

namespace Toe.Testing;

/// <summary>An endless stream of bytes that a seed and a position determine, so that either end can tell what must come, and where it went wrong.</summary>
/// <param name="Seed">The seed.</param>
public readonly record struct Pattern(ulong Seed)
{
    private const int WordLength = sizeof(ulong);

    /// <summary>Writes what stands at a position of the stream.</summary>
    public void Fill(Span<byte> bytes, long position)
    {
        Span<byte> word = stackalloc byte[WordLength];
        while (!bytes.IsEmpty)
        {
            var skipped = (int)(position % WordLength);
            var count = Math.Min(bytes.Length, WordLength - skipped);
            BinaryPrimitives.WriteUInt64LittleEndian(word, Mixed(Seed + (ulong)(position / WordLength)));
            word.Slice(skipped, count).CopyTo(bytes);
            bytes = bytes[count..];
            position += count;
        }
    }

    /// <summary>Throws where bytes are not what stands at a position of the stream.</summary>
    /// <exception cref="InvalidDataException">The first byte that is wrong.</exception>
    public void Check(ReadOnlySpan<byte> bytes, long position)
    {
        var expected = new byte[bytes.Length];
        Fill(expected, position);
        var wrong = bytes.CommonPrefixLength(expected);
        if (wrong < bytes.Length)
            throw new InvalidDataException($"byte {position + wrong} of the stream is {bytes[wrong]} and not {expected[wrong]}");
    }

    /// <summary>SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).</summary>
    private static ulong Mixed(ulong value)
    {
        value = (value + 1) * 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
