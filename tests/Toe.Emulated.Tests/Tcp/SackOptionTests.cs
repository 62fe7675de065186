using CsCheck;
using Toe.Emulated.Wire;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Options of any bytes: reading them never fails, and what they say cannot hurt (RFC 9293 MUST-5 to MUST-7).</summary>
public sealed class SackOptionTests
{
    [Fact, Trait("RFC", "9293 MUST-7; 2018 3")]
    public void Parse_OfAnyBytes_Ends() =>
        Gen.Byte.Array[0, 40].Sample(bytes => Assert.InRange(TcpOptions.Parse(bytes).Sacks.Count, 0, SackBlocks.Maximum), iter: 20_000);

    [Fact, Trait("RFC", "2018 3; 9293 MUST-6, MUST-7")]
    public void Parse_OfASackOptionOfAnyLength_TakesWholeBlocksOnly() =>
        Gen.Select(Gen.Int[0, 255], Gen.Byte.Array[0, 38]).Sample((length, rest) =>
        {
            byte[] bytes = [5, (byte)length, .. rest];
            var blocks = TcpOptions.Parse(bytes).Sacks;
            var isWhole = length >= 10 && length <= bytes.Length && (length - 2) % 8 == 0;
            if (isWhole) Assert.InRange(blocks.Count, 1, 4);
            else if (length < 2 || length > bytes.Length) Assert.Equal(0, blocks.Count);
        }, iter: 20_000);

    [Theory, Trait("RFC", "2018 3; 9293 MUST-6")]
    [InlineData(3)]
    [InlineData(9)]
    [InlineData(11)]
    [InlineData(17)]
    [InlineData(19)]
    public void SackOption_OfABrokenLength_IsSkippedWithTheRestRead(int length)
    {
        byte[] bytes = [5, (byte)length, .. new byte[length - 2], .. TestSegment.MssOption(777)];
        var parsed = TcpOptions.Parse(bytes);
        Assert.Equal((0, 777), (parsed.Sacks.Count, parsed.MaximumSegmentSize));
    }

    [Fact, Trait("RFC", "2018 3")]
    public void Blocks_AreReadAsTheyWereWritten() =>
        Gen.Select(Gen.UInt, Gen.Select(Gen.UInt, Gen.UInt).Array[1, 4]).Sample((origin, blocks) =>
        {
            var parsed = TcpOptions.Parse(Sacks.Option(0, blocks.Select(block => ((long)block.Item1, (long)block.Item2)).ToArray())).Sacks;
            Assert.Equal(blocks, Enumerable.Range(0, parsed.Count).Select(i => parsed[i]));
        }, iter: 2000);

    [Fact, Trait("RFC", "2018 3, 5; 9293 MUST-7")]
    public void Acks_WithAnyOptions_LoseNoData() =>
        Gen.Select(Gen.Int[0, 10], Gen.Byte.Array[0, 40], Gen.Int[0, 60]).Array[1, 12].Sample(acks =>
        {
            var bench = Sacks.Accepted();
            bench.Write(10_000);
            foreach (var (acknowledged, options, wait) in acks)
            {
                bench.Inject(Ack, 0, acknowledged * 1000, options: options);
                bench.Elapse(wait);
            }
            Finish(bench);
        }, iter: 500);

    [Fact, Trait("RFC", "2018 5, 8")]
    public void Acks_WithAnyBlocks_LoseNoData() =>
        Gen.Select(Gen.Int[0, 10], Gen.Select(Gen.Int[-2000, 12_000], Gen.Int[-2000, 12_000]).Array[0, 4], Gen.Int[0, 120]).Array[1, 20]
            .Sample(acks =>
            {
                var bench = Sacks.Accepted();
                bench.Write(10_000);
                foreach (var (acknowledged, blocks, wait) in acks)
                {
                    bench.InjectSack(acknowledged * 1000, blocks.Select(block => ((long)block.Item1, (long)block.Item2)).ToArray());
                    bench.Elapse(wait);
                }
                Finish(bench);
            }, iter: 1000);

    /// <summary>The peer says no more about blocks and takes in line whatever comes.</summary>
    private static void Finish(Bench bench)
    {
        for (var i = 0; i < 40 && bench.Socket.GetInfo().BytesAcknowledged < 10_000; i++)
        {
            var first = bench.Socket.GetInfo().BytesAcknowledged;
            bench.Drain();
            bench.Elapse(120_000);
            var sent = bench.Drain();
            Assert.Contains(sent, segment => segment.Seq == bench.EngineInitial + 1 + (uint)first);
            bench.Inject(Ack, 0, first + sent.First(segment => segment.Seq == bench.EngineInitial + 1 + (uint)first).Payload.Length);
        }
        Assert.Equal(10_000, bench.Socket.GetInfo().BytesAcknowledged);
        bench.Drain();
        bench.Elapse(300_000);
        Assert.DoesNotContain(bench.Drain(), segment => segment.Payload.Length > 0);
    }
}
