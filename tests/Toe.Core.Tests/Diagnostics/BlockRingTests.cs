using System.Runtime.InteropServices;
using Toe.Diagnostics;

namespace Toe.Core.Tests.Diagnostics;

/// <summary>The ring between those who carry connections and the one who writes captures.</summary>
public sealed class BlockRingTests
{
    private readonly BlockRing _ring = new(64, largestPiece: 1000);

    [Fact]
    public void Blocks_ComeOutInOrder_AlsoRoundTheEnd()
    {
        var wanted = 0;
        for (var round = 0; round < 100; round++)
        {
            var size = 12 + (4 * (round % 5));
            Assert.True(Put(_ring, size, round));
            var blocks = _ring.Peek();
            Assert.Equal((size, wanted++), (blocks.Length, MemoryMarshal.Read<int>(blocks.Span[8..])));
            _ring.Release(blocks.Length);
        }
    }

    [Fact]
    public void AFullRing_Refuses_AndGoesOnWhenThereIsRoom()
    {
        Assert.True(Put(_ring, 32, 1) && Put(_ring, 32, 2));
        Assert.False(Put(_ring, 12, 3));

        _ring.Release(32);

        Assert.True(Put(_ring, 12, 4));
        Assert.False(Put(_ring, 24, 5));
        Assert.Equal(32, _ring.Peek().Length); // What lies at the end of the memory comes by itself.
        _ring.Release(32);
        Assert.Equal((12, 4), (_ring.Peek().Length, MemoryMarshal.Read<int>(_ring.Peek().Span[8..])));
    }

    [Fact]
    public void ABlockThatIsNotWhole_IsNotGiven_NorWhatFollows()
    {
        Assert.True(_ring.TryReserve(12, out var late));
        Assert.True(Put(_ring, 12, 2));
        Assert.True(_ring.Peek().IsEmpty);

        MemoryMarshal.Write(late[4..], 12);
        BlockRing.Publish(late, 6);

        Assert.Equal(24, _ring.Peek().Length);
    }

    [Fact]
    public async Task ManyThreads_LoseAndTearNothing()
    {
        const int Threads = 4;
        const int Blocks = 20_000;
        var ring = new BlockRing(4096, largestPiece: 512);
        var writers = Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var block = 0; block < Blocks; block++)
            {
                while (!Put(ring, 16 + (4 * (block % 7)), (thread << 24) | block))
                    Thread.Yield();
            }
        })));
        var next = new int[Threads];

        while (!writers.IsCompleted || !ring.Peek().IsEmpty)
        {
            var blocks = ring.Peek();
            for (var at = 0; at < blocks.Length;)
            {
                var value = MemoryMarshal.Read<int>(blocks.Span[(at + 8)..]);
                var size = MemoryMarshal.Read<int>(blocks.Span[(at + 4)..]);
                Assert.Equal((next[value >> 24]++, 16 + (4 * ((value & 0xFF_FFFF) % 7))), (value & 0xFF_FFFF, size));
                at += size;
            }

            ring.Release(blocks.Length);
        }

        await writers;
        Assert.All(next, count => Assert.Equal(Blocks, count));
    }

    private static bool Put(BlockRing ring, int size, int value)
    {
        if (!ring.TryReserve(size, out var block))
            return false;
        Assert.Equal(-1, block.IndexOfAnyExcept((byte)0)); // The last reader of this room has cleared it.
        MemoryMarshal.Write(block[4..], size);
        MemoryMarshal.Write(block[8..], value);
        BlockRing.Publish(block, 6);
        return true;
    }
}
