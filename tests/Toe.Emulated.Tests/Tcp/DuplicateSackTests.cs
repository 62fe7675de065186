using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Reports of what came twice: RFC 2883 §4.</summary>
public sealed class DuplicateSackTests
{
    [Fact, Trait("RFC", "2883 4.1")]
    public void WholeDuplicate_BelowTheAck_IsReportedOnce()
    {
        var bench = Accepted();
        Receive(bench, 0, 200);
        Receive(bench, 0, 100).Told(200, (0, 100));
        Receive(bench, 300, 400).Told(200, (300, 400));
    }

    [Fact, Trait("RFC", "2883 4.1")]
    public void WholeDuplicate_BelowTheAckWithAGapAbove_ComesBeforeTheOtherBlocks()
    {
        var bench = Accepted();
        Receive(bench, 0, 200);
        Receive(bench, 300, 400);
        Receive(bench, 100, 200).Told(200, (100, 200), (300, 400));
        Receive(bench, 400, 500).Told(200, (300, 500));
    }

    [Fact, Trait("RFC", "2883 4, 4.1")]
    public void WholeDuplicate_AboveTheAck_IsFollowedByTheBlockItIsIn()
    {
        var bench = Accepted();
        Receive(bench, 200, 300);
        Receive(bench, 200, 300).Told(0, (200, 300), (200, 300));
        Receive(bench, 500, 600);
        Receive(bench, 300, 400);
        Receive(bench, 300, 400).Told(0, (300, 400), (200, 400), (500, 600));
        Receive(bench, 700, 800).Told(0, (700, 800), (200, 400), (500, 600));
    }

    [Fact, Trait("RFC", "2883 4.2")]
    public void PartialDuplicate_BelowTheAck_IsThePartThatWasThere()
    {
        var bench = Accepted();
        Receive(bench, 0, 200);
        Receive(bench, 100, 300).Told(300, (100, 200));
    }

    [Theory, Trait("RFC", "2883 4, 4.2")]
    [InlineData(250, 350, 250, 300, 200, 350)]
    [InlineData(150, 250, 200, 250, 150, 300)]
    [InlineData(150, 350, 200, 300, 150, 350)]
    [InlineData(200, 350, 200, 300, 200, 350)]
    [InlineData(150, 300, 200, 300, 150, 300)]
    public void PartialDuplicate_AboveTheAck_IsThePartThatWasThere(int from, int to, int firstTwice, int endTwice, int start, int end)
    {
        var bench = Accepted();
        Receive(bench, 200, 300);
        Receive(bench, from, to).Told(0, (firstTwice, endTwice), (start, end));
    }

    [Fact, Trait("RFC", "2883 4.2.1")]
    public void InOrderSegment_ThatOverlapsWhatWaited_ReportsTheOverlap()
    {
        var bench = Accepted();
        Receive(bench, 100, 200);
        Receive(bench, 0, 200).Told(200, (100, 200));
    }

    [Fact, Trait("RFC", "2883 4.2.3")]
    public void TwoDuplicateParts_AreReportedAsTheFirst()
    {
        var bench = Accepted();
        Receive(bench, 200, 300);
        Receive(bench, 400, 500);
        Receive(bench, 200, 500).Told(0, (200, 300), (200, 500));
    }

    [Fact, Trait("RFC", "2883 4")]
    public void Blocks_TogetherWithADuplicate_AreStillFour()
    {
        var bench = Accepted();
        foreach (var at in (int[])[200, 400, 600, 800]) Receive(bench, at, at + 100);
        Receive(bench, 800, 900).Told(0, (800, 900), (800, 900), (600, 700), (400, 500));
    }

    [Fact, Trait("RFC", "2883 4")]
    public void DuplicateAboveTheAck_OfAnOlderBlock_BringsThatBlockSecond()
    {
        var bench = Accepted();
        Receive(bench, 200, 300);
        Receive(bench, 400, 500);
        Receive(bench, 600, 700);
        Receive(bench, 200, 300).Told(0, (200, 300), (200, 300), (600, 700), (400, 500));
    }

    [Fact, Trait("RFC", "2883 4")]
    public void DataSegment_CarriesTheReportOnce()
    {
        var bench = Accepted();
        Receive(bench, 0, 200);
        Receive(bench, 0, 200).Told(200, (0, 200));
        bench.Write(2000);
        Assert.All(bench.Drain(), segment => Assert.Empty(segment.Options));
    }

    [Fact, Trait("RFC", "2883 5")]
    public void Duplicate_WithoutPermission_IsNotReported()
    {
        var bench = Bench.Accepted();
        Receive(bench, 0, 200);
        Receive(bench, 0, 200).Told(200);
    }

    [Fact, Trait("RFC", "2883 4")]
    public void Duplicate_WithTimestamps_LeavesRoomForTwoBlocks()
    {
        byte[] Clock() => TestSegment.TimestampOption(1, 0);
        var bench = Bench.Accepted(socket: new TcpSocketOptions(), options: [.. TestSegment.MssOption(1000), .. Sacks.Permitted, .. Clock()], each: Clock);
        Receive(bench, 0, 100);
        foreach (var at in (int[])[200, 400, 600]) Receive(bench, at, at + 100);
        Receive(bench, 0, 100).Told(100, (0, 100), (600, 700), (400, 500));
    }

    private static Bench Accepted() => Bench.Accepted(options: [.. TestSegment.MssOption(1000), .. Sacks.Permitted]);

    private static Answer Receive(Bench bench, int from, int to)
    {
        bench.Inject(Ack, from, 0, Bytes(to - from, (byte)from));
        bench.Elapse(500);
        var answer = bench.Expect(Ack);
        bench.ExpectNothing();
        return new Answer((int)(answer.AckNumber - PeerInitial - 1), Sacks.Of(answer));
    }

    private readonly record struct Answer(long Ack, (long, long)[] Blocks)
    {
        public void Told(long ack, params (long, long)[] blocks)
        {
            Assert.Equal(ack, Ack);
            Assert.Equal(blocks, Blocks);
        }
    }
}
