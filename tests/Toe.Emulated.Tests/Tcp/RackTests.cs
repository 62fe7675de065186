using Toe.Emulated.Tcp;
using Toe.Emulated.Tcp.Recovery;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Loss detection by time: RFC 8985 §6. Round trips are 100 ms, so the reordering window is 25 ms.</summary>
public sealed class RackTests
{
    [Fact, Trait("RFC", "8985 6.2 step 4, 5")]
    public void ThirdSegmentBehindAGap_IsALossAtOnce()
    {
        var bench = Flight();
        bench.InjectSack(0, (1000, 2000));
        bench.InjectSack(0, (1000, 3000));
        bench.ExpectNothing();
        bench.InjectSack(0, (1000, 4000));
        bench.Expect(Ack, 0, 0, 1000);
        bench.ExpectNothing();
        Assert.Equal(1, bench.Socket.GetInfo().FastRecoveries);
    }

    [Fact, Trait("RFC", "8985 6.2 step 4")]
    public void ThreeSegmentsInScatteredBlocks_AreALossAtOnce()
    {
        var bench = Flight();
        bench.InjectSack(0, (1000, 2000));
        bench.InjectSack(0, (3000, 4000), (1000, 2000));
        bench.ExpectNothing();
        bench.InjectSack(0, (6000, 7000), (3000, 4000), (1000, 2000));
        bench.Expect(Ack, 0, 0, 1000);
    }

    [Fact, Trait("RFC", "8985 6.2 step 5")]
    public void SegmentSentBehindTheNewestDelivered_IsNotLost()
    {
        var bench = Flight();
        bench.InjectSack(0, (1000, 4000));
        bench.Drain();
        bench.Elapse(50);
        bench.ExpectNothing();
        Assert.Equal(1, bench.Socket.GetInfo().Retransmits);
    }

    [Theory, Trait("RFC", "8985 6.2 step 4, 5")]
    [InlineData(2000)]
    [InlineData(3000)]
    public void FewSegmentsBehindAGap_AreALossAfterTheReorderingWindow(int end)
    {
        var bench = Flight();
        bench.InjectSack(0, (1000, end));
        bench.Elapse(24.9);
        bench.ExpectNothing();
        bench.Elapse(0.1);
        bench.Expect(Ack, 0, 0, 1000);
        bench.ExpectNothing();
        var info = bench.Socket.GetInfo();
        Assert.Equal((1, 5000), (info.FastRecoveries, info.SlowStartThreshold));
    }

    [Fact, Trait("RFC", "8985 6.2 step 5")]
    public void ReorderingInsideTheWindow_IsNoLoss()
    {
        var bench = Flight();
        bench.InjectSack(0, (1000, 2000));
        bench.Elapse(20);
        bench.Inject(Ack, 0, 2000);
        bench.Elapse(50);
        bench.ExpectNothing();
        bench.Inject(Ack, 0, 10_000);
        bench.Elapse(5000);
        bench.ExpectNothing();
        Assert.Equal((0, 0), (bench.Socket.GetInfo().FastRecoveries, bench.Socket.GetInfo().Retransmits));
    }

    [Fact, Trait("RFC", "8985 6.2 step 3, 4")]
    public void OnceReorderingWasSeen_ThreeSegmentsWaitToo()
    {
        var bench = Flight();
        bench.InjectSack(0, (1000, 2000));
        bench.Inject(Ack, 0, 10_000);
        bench.Write(10_000);
        bench.Drain();
        bench.Elapse(100);
        bench.InjectSack(10_000, (11_000, 16_000));
        bench.ExpectNothing();
        bench.Elapse(24.9);
        bench.ExpectNothing();
        bench.Elapse(0.1);
        bench.Expect(Ack, 10_000, 0, 1000);
    }

    [Fact, Trait("RFC", "8985 6.2 step 3")]
    public void RetransmittedSegment_BelowTheHighest_IsNoReordering()
    {
        var bench = Flight();
        bench.InjectSack(0, (1000, 5000));
        bench.Expect(Ack, 0, 0, 1000);
        bench.Elapse(100);
        bench.Inject(Ack, 0, 10_000);
        bench.Write(5000);
        bench.Drain();
        bench.Elapse(100);
        bench.InjectSack(10_000, (11_000, 14_000));
        bench.Expect(Ack, 10_000, 0, 1000);
    }

    [Fact, Trait("RFC", "8985 6.2 step 3")]
    public void SeveralNewBlocksInOneAck_AreNoReordering()
    {
        // ACKs were lost on the way, the segments arrived in the order they were sent in: the newest block comes first.
        var bench = Flight();
        bench.InjectSack(0, (5000, 6000), (3000, 4000), (1000, 2000));
        bench.Expect(Ack, 0, 0, 1000);
    }

    [Fact, Trait("RFC", "8985 6.2 step 5; 3.4")]
    public void LostRetransmission_IsFoundWhenSomethingLaterIsDelivered()
    {
        var bench = Flight(written: 20_000);
        bench.InjectSack(0, (1000, 4000));
        bench.Expect(Ack, 0, 0, 1000);
        bench.InjectSack(0, (1000, 10_000));
        var later = bench.Next();
        Assert.Equal(bench.EngineInitial + 1 + 10_000, later.Seq);
        bench.Drain();
        bench.Elapse(100);
        bench.ExpectNothing();
        bench.InjectSack(0, (1000, 11_000));
        bench.Expect(Ack, 0, 0, 1000);
        Assert.Equal((2, 1), (bench.Socket.GetInfo().Retransmits, bench.Socket.GetInfo().FastRecoveries));
    }

    [Fact, Trait("RFC", "8985 6.2 step 4")]
    public void InRecovery_OneSegmentBehindAGapIsEnough()
    {
        var bench = Flight();
        bench.InjectSack(0, (1000, 4000));
        bench.Expect(Ack, 0, 0, 1000);
        bench.InjectSack(0, (1000, 4000), (5000, 6000));
        bench.InjectSack(0, (1000, 4000), (5000, 7000));
        bench.Expect(Ack, 4000, 0, 1000);
    }

    [Fact, Trait("RFC", "8985 6.2 step 4; 2883 4")]
    public void DuplicateReport_WidensTheWindow()
    {
        var bench = Repaired();
        bench.InjectSack(10_000, (0, 1000));
        AssertWindow(bench, 10_000, 50);
    }

    [Fact, Trait("RFC", "8985 6.2 step 4")]
    public void DuplicateReports_OfOneRoundTrip_WidenTheWindowOnce()
    {
        var bench = Repaired();
        bench.Write(4000);
        Assert.Equal(4, bench.Drain().Count);
        bench.InjectSack(10_000, (0, 1000));
        bench.InjectSack(10_000, (0, 1000));
        bench.InjectSack(10_000, (2000, 3000));
        bench.Elapse(100);
        bench.InjectSack(10_000, (11_000, 12_000));
        bench.Elapse(49.9);
        bench.ExpectNothing();
        bench.Elapse(0.1);
        bench.Expect(Ack, 10_000, 0, 1000);
    }

    [Fact, Trait("RFC", "8985 6.2 step 4")]
    public void WidenedWindow_IsTheFirstOneAgainAfterSixteenRecoveries()
    {
        var bench = Repaired();
        bench.InjectSack(10_000, (0, 1000));
        for (var recovery = 0; recovery <= 16; recovery++)
        {
            var at = 10_000 + 2000 * recovery;
            bench.Write(2000);
            Assert.Equal(2, bench.Drain().Count);
            bench.Elapse(100);
            bench.InjectSack(at, (at + 1000, at + 2000));
            bench.Elapse(recovery < 16 ? 49.9 : 24.9);
            bench.ExpectNothing();
            bench.Elapse(0.1);
            bench.Expect(Ack, at, 0, 1000);
            bench.Elapse(100);
            bench.Inject(Ack, 0, at + 2000);
        }
    }

    [Fact, Trait("RFC", "8985 6.2 step 4")]
    public void Window_IsNeverLongerThanTheSmoothedRoundTrip()
    {
        var bench = Repaired();
        for (var i = 0; i < 20; i++) bench.InjectSack(10_000, (0, 1000));
        AssertWindow(bench, 10_000, bench.Socket.GetInfo().SmoothedRoundTripTime.TotalMilliseconds, exact: false);
    }

    [Fact, Trait("RFC", "8985 6.2 step 2")]
    public void AckOfARetransmission_SoonerThanTheShortestRoundTrip_IsForTheFirst()
    {
        var bench = Flight();
        bench.InjectSack(0, (1000, 4000));
        bench.Expect(Ack, 0, 0, 1000);
        bench.Elapse(10);
        bench.Inject(Ack, 0, 4000);
        bench.ExpectNothing();
        bench.Elapse(20);
        bench.ExpectNothing();
        Assert.Equal(1, bench.Socket.GetInfo().Retransmits);
    }

    [Fact, Trait("RFC", "8985 6.2 step 2")]
    public void AckOfARetransmission_WithTimestamps_SoonerThanTheShortestRoundTrip_IsForTheFirst()
    {
        // All of it within one tick of the timestamp clock.
        TestSegment? last = null;
        byte[] Clock() => TestSegment.TimestampOption(1, last?.Timestamps?.Value ?? 0);
        var bench = Sacks.Accepted(0.3, new TcpSocketOptions { CongestionControl = TcpCongestionControl.Reno }, each: Clock);
        bench.Write(9880);
        last = bench.Drain()[^1];
        bench.Elapse(0.3);
        bench.InjectSack(0, (988, 988 * 4));
        bench.Expect(Ack, 0, 0, 988);
        bench.Elapse(0.02);
        bench.Inject(Ack, 0, 988 * 4);
        bench.ExpectNothing();
        Assert.Equal(1, bench.Socket.GetInfo().Retransmits);
    }

    [Fact, Trait("RFC", "8985 6.2 step 2")]
    public void AckOfARetransmission_ThatEchoesAnEarlierTimestamp_IsForTheFirst()
    {
        TestSegment? last = null;
        byte[] Clock() => TestSegment.TimestampOption(1, last?.Timestamps?.Value ?? 0);
        var bench = Sacks.Accepted(100, new TcpSocketOptions { CongestionControl = TcpCongestionControl.Reno }, each: Clock);
        bench.Write(9880);
        last = bench.Drain()[^1];
        bench.Elapse(100);
        bench.InjectSack(0, (988, 988 * 4));
        bench.Expect(Ack, 0, 0, 988);
        bench.Elapse(150);
        bench.Inject(Ack, 0, 988 * 4);
        bench.ExpectNothing();
    }

    [Fact, Trait("RFC", "8985 6.3")]
    public void TimeOut_TakesOnlyWhatIsOldForLost()
    {
        var bench = Sacks.Accepted(engine: new TcpEngineOptions { Secret = new byte[16], MinimumRetransmissionTimeout = TimeSpan.FromSeconds(1) });
        bench.Write(1000);
        bench.Elapse(100);
        bench.Inject(Ack, 0, 1000);
        bench.Write(1000);
        bench.Drain();
        bench.Elapse(500);
        bench.Expect(Ack, 1000, 0, 1000); // The probe, after 2 round trips and 200 ms.
        bench.Elapse(890);
        bench.Write(1000);
        bench.Expect(Ack, 2000, 0, 1000);
        bench.Elapse(11);
        bench.Expect(Ack, 1000, 0, 1000);
        bench.Elapse(5);
        bench.Inject(Ack, 0, 2000);
        bench.ExpectNothing();
    }

    [Fact, Trait("RFC", "8985 6.2 step 5")]
    public void SmallReordering_OfEveryPair_CostsNothing()
    {
        var bench = Sacks.Accepted();
        for (long at = 0; at < 40_000; at += 10_000)
        {
            bench.Write(10_000);
            bench.Drain();
            bench.Elapse(100);
            for (var pair = at; pair < at + 10_000; pair += 2000)
            {
                bench.InjectSack(pair, (pair + 1000, pair + 2000));
                bench.Elapse(2);
                bench.Inject(Ack, 0, pair + 2000);
            }
        }
        Assert.Empty(bench.Drain());
        Assert.Equal((0, long.MaxValue), (bench.Socket.GetInfo().Retransmits, bench.Socket.GetInfo().SlowStartThreshold));
    }

    [Fact, Trait("RFC", "6675 5.1")]
    public void LossBehindATimeOut_BeginsNoRecovery()
    {
        var bench = Sacks.Accepted();
        bench.Write(10_000);
        bench.Drain();
        while (bench.Socket.GetInfo().ConsecutiveTimeouts == 0) bench.Elapse((bench.Engine.NextWakeUp!.Value - bench.Now).TotalMilliseconds);
        bench.Drain();
        bench.Elapse(100);
        bench.Inject(Ack, 0, 1000);
        bench.Expect(Ack, 1000, 0, 1000);
        bench.Expect(Ack, 2000, 0, 1000);
        var threshold = bench.Socket.GetInfo().SlowStartThreshold;
        bench.Elapse(100);
        bench.InjectSack(1000, (2000, 3000));
        bench.Elapse(100);
        Assert.Contains(bench.Drain(), segment => segment.Seq == bench.EngineInitial + 1 + 1000);
        Assert.Equal((threshold, 0), (bench.Socket.GetInfo().SlowStartThreshold, bench.Socket.GetInfo().FastRecoveries));
    }

    [Fact, Trait("RFC", "8985 6.2 step 1")]
    public void ReorderingWindow_FollowsAPathThatBecameLonger()
    {
        var rack = new Rack();
        void Deliver(double seconds, double roundTrip)
        {
            var delivery = new Delivery { HasLatest = true, Latest = new SentSegment { Start = 1, End = 2, SentAt = Ticks(seconds) } };
            rack.Update(in delivery, long.MaxValue, Ticks(seconds + roundTrip));
        }
        Deliver(1, 0.01);
        for (var second = 2; second < 600; second++) Deliver(second, 0.4);
        Assert.Equal(Ticks(0.1), rack.ReorderingWindow(inRecovery: false, sackedSegments: 1, smoothedRoundTrip: Ticks(0.4)));

        static long Ticks(double seconds) => (long)(seconds * TimeSpan.TicksPerSecond);
    }

    /// <summary>Ten segments in flight for a round trip.</summary>
    private static Bench Flight(int written = 10_000)
    {
        var bench = Sacks.Accepted();
        bench.Write(written);
        Assert.Equal(10, bench.Drain().Count);
        bench.Elapse(100);
        return bench;
    }

    /// <summary>The first of ten segments was sent again and all of them have arrived.</summary>
    private static Bench Repaired()
    {
        var bench = Flight();
        bench.InjectSack(0, (1000, 4000));
        bench.Expect(Ack, 0, 0, 1000);
        bench.Elapse(100);
        bench.Inject(Ack, 0, 10_000);
        bench.ExpectNothing();
        return bench;
    }

    private static void AssertWindow(Bench bench, long at, double milliseconds, bool exact = true)
    {
        bench.Write(2000);
        Assert.Equal(2, bench.Drain().Count);
        bench.Elapse(100);
        bench.InjectSack(at, (at + 1000, at + 2000));
        if (exact) bench.Elapse(milliseconds - 0.1);
        if (exact) bench.ExpectNothing();
        bench.Elapse(exact ? 0.1 : milliseconds);
        bench.Expect(Ack, at, 0, 1000);
        Assert.Equal(2, bench.Socket.GetInfo().FastRecoveries);
    }
}
