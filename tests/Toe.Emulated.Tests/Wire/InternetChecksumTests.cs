using System.Buffers.Binary;
using Toe.Emulated.Tests.Tcp;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Tests.Wire;

/// <summary>The vectorised checksum against RFC 1071 as told, over every length and alignment that matters.</summary>
public sealed class InternetChecksumTests
{
    [Fact, Trait("RFC", "1071")]
    public void EveryLengthAndOffset_AgreesWithTheNaiveSum()
    {
        var bytes = new byte[1024];
        new Random(7).NextBytes(bytes);
        for (var offset = 0; offset <= 8; offset++)
            for (var length = 0; length <= 700; length++)
                AssertSame(bytes.AsSpan(offset, length));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(1)]
    public void UniformData_OfAnyLength_LosesNoCarry(byte value)
    {
        var bytes = new byte[66_000];
        Array.Fill(bytes, value);
        for (var length = 1; length <= bytes.Length; length = length * 5 / 4 + 1) AssertSame(bytes.AsSpan(0, length));
        AssertSame(bytes);
    }

    [Fact]
    public void Parts_AddUpToTheWhole()
    {
        var bytes = new byte[400];
        new Random(9).NextBytes(bytes);
        for (var cut = 0; cut <= 400; cut += 2)
        {
            var sum = InternetChecksum.Add(InternetChecksum.Add(0, bytes.AsSpan(0, cut)), bytes.AsSpan(cut));
            AssertEqual(TestSegment.NaiveChecksum(bytes), InternetChecksum.Finish(sum));
        }
        AssertEqual(TestSegment.NaiveChecksum([.. bytes, 0x12, 0x34]),
            InternetChecksum.Finish(InternetChecksum.AddWord(InternetChecksum.Add(0, bytes), 0x1234)));
    }

    [Fact, Trait("RFC", "1071 2 (B)")]
    public void Parts_OfOddLength_AddUpToTheWhole()
    {
        var bytes = new byte[400];
        new Random(11).NextBytes(bytes);
        for (var end = 0; end <= 400; end += 13)
            for (var cut = 1; cut <= end; cut += 2)
            {
                var sum = InternetChecksum.AddBehindOdd(InternetChecksum.Add(0, bytes.AsSpan(0, cut)), bytes.AsSpan(cut, end - cut));
                AssertEqual(TestSegment.NaiveChecksum(bytes.AsSpan(0, end)), InternetChecksum.Finish(sum));
            }
    }

    private static void AssertSame(ReadOnlySpan<byte> bytes) =>
        AssertEqual(TestSegment.NaiveChecksum(bytes), InternetChecksum.Finish(InternetChecksum.Add(0, bytes)));

    private static void AssertEqual(ushort naive, ushort fast)
    {
        Span<byte> stored = stackalloc byte[2];
        InternetChecksum.Store(stored, fast);
        Assert.Equal(naive, BinaryPrimitives.ReadUInt16BigEndian(stored));
    }
}
