using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>What selective acknowledgments of the peer do: RFC 2018 §5, §8; RFC 6675; RFC 3042. Round trips are 100 ms.</summary>
public sealed class SackSenderTests
{
    [Theory, Trait("RFC", "2018 3, 5")]
    [InlineData(3000, 3000)]
    [InlineData(9000, 1000)]
    [InlineData(-5000, -1000)]
    [InlineData(-1000, 4000)]
    [InlineData(1000, 11_000)]
    [InlineData(10_000, 14_000)]
    [InlineData(20_000, 30_000)]
    [InlineData(1000, 0x7fff_ffff)]
    [InlineData(5000, -0x7fff_0000)]
    public void Block_OfNothingThatIsInFlight_IsIgnored(long from, long to)
    {
        var bench = Flight();
        for (var i = 0; i < 5; i++) bench.InjectSack(0, (from, to));
        bench.ExpectNothing();
        bench.Elapse(99);
        bench.ExpectNothing();
        Assert.Equal(0, bench.Socket.GetInfo().FastRecoveries);
        bench.Inject(Ack, 0, 10_000);
        bench.Elapse(5000);
        bench.ExpectNothing();
    }

    [Fact, Trait("RFC", "2018 5; 6675 5")]
    public void OnlyHoles_GoAgain()
    {
        var bench = Flight();
        bench.InjectSack(0, (1000, 3000));
        bench.InjectSack(0, (4000, 6000), (1000, 3000));
        bench.Expect(Ack, 0, 0, 1000);
        bench.InjectSack(0, (7000, 10_000), (4000, 6000), (1000, 3000));
        bench.Expect(Ack, 3000, 0, 1000);
        bench.Expect(Ack, 6000, 0, 1000);
        bench.ExpectNothing();
        bench.Elapse(100);
        bench.Inject(Ack, 0, 10_000);
        bench.Elapse(5000);
        bench.ExpectNothing();
        Assert.Equal(3, bench.Socket.GetInfo().Retransmits);
    }

    [Fact, Trait("RFC", "2018 5")]
    public void HolesThatShrink_AreNotRepairedTwice()
    {
        var bench = Flight();
        bench.InjectSack(0, (1000, 4000));
        bench.Expect(Ack, 0, 0, 1000);
        bench.InjectSack(0, (1000, 10_000));
        bench.ExpectNothing();
        bench.InjectSack(1000, (1000, 10_000));
        bench.Inject(Ack, 0, 10_000);
        bench.Elapse(5000);
        bench.ExpectNothing();
        Assert.Equal(1, bench.Socket.GetInfo().Retransmits);
    }

    [Fact, Trait("RFC", "2018 8")]
    public void TimeOut_WhenThePeerGaveUpWhatItSaidToHave_SendsItAgain()
    {
        var bench = Flight();
        bench.InjectSack(0, (1000, 10_000));
        bench.Expect(Ack, 0, 0, 1000);
        bench.Inject(Ack, 0, 1000);
        bench.Drain();
        bench.Elapse(400);
        bench.Expect(Ack, 1000, 0, 1000);
        var acknowledged = 1000;
        for (var i = 0; i < 20 && acknowledged < 10_000; i++)
        {
            bench.Inject(Ack, 0, acknowledged += 1000);
            var sent = bench.Drain();
            Assert.All(sent, segment => Assert.Equal(1000, segment.Payload.Length));
            if (acknowledged < 10_000 && i < 3) Assert.NotEmpty(sent);
        }
        var info = bench.Socket.GetInfo();
        Assert.Equal((10_000, 10_000), (info.BytesAcknowledged, info.BytesRetransmitted));
    }

    [Fact, Trait("RFC", "2018 5, 8")]
    public void TimeOut_SendsTheLeftEdgeThoughItIsMarked()
    {
        var bench = Flight();
        bench.InjectSack(0, (0, 1000));
        bench.Drain();
        bench.Elapse(3000);
        Assert.Contains(bench.Drain(), segment => segment.Seq == bench.EngineInitial + 1);
    }

    [Fact, Trait("RFC", "2018 8")]
    public void SelectivelyAcknowledgedData_StaysInTheSendQueue()
    {
        var bench = Flight();
        bench.InjectSack(0, (1000, 10_000));
        Assert.Equal(10_000, bench.Socket.GetInfo().SendQueue);
        Assert.Equal(0, bench.Socket.GetInfo().BytesAcknowledged);
    }

    [Fact, Trait("RFC", "2018 5")]
    public void SegmentThatIsCoveredInPart_IsNotTakenForDelivered()
    {
        var bench = Flight();
        bench.InjectSack(0, (1500, 5500));
        var again = bench.Drain();
        bench.Elapse(100);
        bench.InjectSack(1000, (1500, 5500));
        again.AddRange(bench.Drain());
        var bytes = again.SelectMany(segment => Enumerable.Range((int)(segment.Seq - bench.EngineInitial - 1), segment.Payload.Length)).ToHashSet();
        Assert.Subset(bytes, Enumerable.Range(0, 1500).ToHashSet());
        bench.InjectSack(1500, (1500, 5500));
        bench.Drain();
        bench.Elapse(100);
        bench.Inject(Ack, 0, 10_000);
        Assert.Equal(10_000, bench.Socket.GetInfo().BytesAcknowledged);
        bench.Drain();
        bench.Elapse(5000);
        bench.ExpectNothing();
    }

    [Fact, Trait("RFC", "2018 5")]
    public void CumulativeAck_InsideASegment_LeavesItsRest()
    {
        var bench = Flight();
        bench.InjectSack(500, (1000, 4000));
        var sent = bench.Next();
        Assert.Equal(bench.EngineInitial + 1 + 500, sent.Seq);
        Assert.Equal(500, sent.Payload.Length);
    }

    [Fact, Trait("RFC", "2018 5; 9293 3.10.7.4")]
    public void BlocksInAnOldAck_LoseNothing()
    {
        var bench = Flight();
        bench.Inject(Ack, 0, 5000);
        for (var i = 0; i < 5; i++) bench.InjectSack(1000, (2000, 4000));
        bench.ExpectNothing();
        Assert.Equal((0, 0), (bench.Socket.GetInfo().FastRecoveries, bench.Socket.GetInfo().Retransmits));
        bench.Inject(Ack, 0, 10_000);
        Assert.Equal(10_000, bench.Socket.GetInfo().BytesAcknowledged);
    }

    [Fact, Trait("RFC", "2018 2")]
    public void Blocks_WithoutPermission_AreIgnored()
    {
        var bench = Bench.Accepted();
        bench.Write(10_000);
        bench.Drain();
        bench.Elapse(50);
        bench.InjectSack(0, (1000, 10_000));
        bench.ExpectNothing();
        Assert.Equal(0, bench.Socket.GetInfo().Retransmits);
    }

    [Fact, Trait("RFC", "6675 5; 5681 4.3")]
    public void LossesOfOneFlight_ReduceTheWindowOnce()
    {
        var bench = Flight();
        bench.InjectSack(0, (1000, 4000));
        bench.InjectSack(0, (1000, 4000), (5000, 7000));
        bench.InjectSack(0, (1000, 4000), (5000, 7000), (8000, 10_000));
        Assert.Equal(3, bench.Drain().Count);
        bench.Elapse(100);
        bench.InjectSack(4000, (5000, 7000), (8000, 10_000));
        bench.InjectSack(7000, (8000, 10_000));
        bench.Inject(Ack, 0, 10_000);
        var info = bench.Socket.GetInfo();
        Assert.Equal((1, 3, 5000, 5000), (info.FastRecoveries, info.Retransmits, info.SlowStartThreshold, info.CongestionWindow));
    }

    [Fact, Trait("RFC", "6675 4 (NextSeg)")]
    public void Holes_GoBeforeNewData()
    {
        var bench = Flight(written: 20_000);
        bench.InjectSack(0, (1000, 3000), (4000, 10_000));
        bench.Expect(Ack, 0, 0, 1000);
        bench.Expect(Ack, 3000, 0, 1000);
        foreach (var next in (int[])[10_000, 11_000, 12_000]) bench.Expect(Ack, next, 0, 1000);
        bench.ExpectNothing(); // Half of the flight is in the network.
    }

    [Fact, Trait("RFC", "2018 5; 6675 5.1")]
    public void TimeOut_WhereNothingSpeaksOfReneging_SendsOnlyWhatIsMissing()
    {
        var bench = Flight();
        bench.InjectSack(0, (5000, 10_000));
        bench.Elapse(3000);
        Assert.InRange(bench.Socket.GetInfo().ConsecutiveTimeouts, 1, 5);
        for (var acknowledged = 1000; acknowledged <= 5000; acknowledged += 1000) bench.InjectSack(acknowledged, (5000, 10_000));
        Assert.All(bench.Drain(), segment => Assert.InRange(segment.Seq - bench.EngineInitial - 1, 0u, 4000u));
    }

    [Fact, Trait("RFC", "3042 2")]
    public void DuplicateAck_WithoutNewBlocks_LetsNothingNewGo()
    {
        var bench = Flight(written: 20_000);
        bench.InjectSack(0, (1000, 2000));
        bench.Expect(Ack, 10_000, 0, 1000);
        bench.InjectSack(0, (1000, 2000));
        bench.Inject(Ack);
        bench.ExpectNothing();
        bench.InjectSack(0, (1000, 3000));
        bench.Expect(Ack, 11_000, 0, 1000);
        bench.ExpectNothing();
        Assert.Equal(10_000, bench.Socket.GetInfo().CongestionWindow);
    }

    [Fact, Trait("RFC", "3042 2")]
    public void LimitedTransmit_KeepsToThePeersWindow()
    {
        var bench = Flight(written: 20_000, window: 10_000);
        bench.InjectSack(0, (1000, 3000));
        bench.ExpectNothing();
    }

    /// <summary>Ten segments in flight for a round trip.</summary>
    private static Bench Flight(int written = 10_000, ushort window = 65535)
    {
        var bench = Sacks.Accepted(window: window);
        bench.Write(written);
        Assert.Equal(10, bench.Drain().Count);
        bench.Elapse(100);
        return bench;
    }
}
