using CsCheck;
using Toe.Emulated.Tcp.Recovery;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>How much goes during fast recovery: RFC 9937 §6. The flight is 20 segments of 1000, ssthresh 10 of them.</summary>
public sealed class RateReductionTests
{
    [Fact, Trait("RFC", "9937 6")]
    public void OneLoss_SendsOneSegmentForTwoDelivered()
    {
        var bench = Flight();
        bench.InjectSack(10_000, (11_000, 14_000));
        bench.Expect(Ack, 10_000, 0, 1000);
        var sent = 1;
        for (var delivered = 4; delivered <= 19; delivered++)
        {
            bench.InjectSack(10_000, (11_000, 11_000 + delivered * 1000));
            sent += bench.Drain().Count;
            Assert.InRange(sent, delivered / 2 - 1, (delivered + 1) / 2);
        }
        bench.Inject(Ack, 0, 30_000);
        var info = bench.Socket.GetInfo();
        Assert.Equal((10_000, 10_000, 1), (info.SlowStartThreshold, info.CongestionWindow, info.FastRecoveries));
    }

    [Fact, Trait("RFC", "9937 6")]
    public void EndOfRecovery_LeavesAFlightOfTheThreshold()
    {
        var bench = Flight();
        for (var delivered = 3; delivered <= 19; delivered++) bench.InjectSack(10_000, (11_000, 11_000 + delivered * 1000));
        bench.Drain();
        bench.Inject(Ack, 0, 30_000);
        var info = bench.Socket.GetInfo();
        Assert.Equal(10_000, info.BytesSent - info.BytesAcknowledged);
        Assert.InRange(bench.Drain().Count, 0, 2);
    }

    [Fact, Trait("RFC", "9937 6 (CRB)")]
    public void HeavyLoss_SendsNoMoreThanArrives()
    {
        var bench = Flight();
        bench.InjectSack(10_000, (25_000, 28_000));
        Assert.Equal(3, bench.Drain().Count);
        bench.InjectSack(10_000, (25_000, 29_000));
        Assert.Single(bench.Drain());
        bench.InjectSack(10_000, (25_000, 30_000));
        Assert.Single(bench.Drain());
        Assert.Equal(5, bench.Socket.GetInfo().Retransmits);
    }

    [Fact, Trait("RFC", "9937 6 (SSRB)")]
    public void HeavyLoss_WhenTheAckAdvances_SendsOneSegmentMore()
    {
        var bench = Flight();
        bench.InjectSack(10_000, (25_000, 30_000));
        Assert.Equal(5, bench.Drain().Count);
        bench.Elapse(100);
        bench.InjectSack(11_000, (25_000, 30_000));
        Assert.Equal(2, bench.Drain().Count);
        bench.InjectSack(12_000, (25_000, 30_000));
        Assert.Equal(2, bench.Drain().Count);
        bench.InjectSack(13_000, (25_000, 30_000));
        Assert.Equal(2, bench.Drain().Count);
        bench.InjectSack(14_000, (25_000, 30_000));
        Assert.Equal(2, bench.Drain().Count);
    }

    [Fact, Trait("RFC", "9937 6; 4")]
    public void EverythingButTheLastSegmentsLost_IsRepairedWithoutATimeOut()
    {
        var bench = Flight();
        bench.InjectSack(10_000, (27_000, 30_000));
        long acknowledged = 10_000;
        for (var i = 0; i < 17 && acknowledged < 30_000; i++)
        {
            var arrived = bench.Drain();
            Assert.NotEmpty(arrived);
            bench.Elapse(100);
            foreach (var segment in arrived)
            {
                Assert.Equal(bench.EngineInitial + 1 + acknowledged, segment.Seq);
                acknowledged += 1000;
                if (acknowledged == 27_000) acknowledged = 30_000;
                if (acknowledged < 30_000) bench.InjectSack(acknowledged, (27_000, 30_000));
                else bench.Inject(Ack, 0, acknowledged);
                if (acknowledged == 30_000) break;
            }
        }
        var info = bench.Socket.GetInfo();
        Assert.Equal((30_000, 17, 0), (info.BytesAcknowledged, info.Retransmits, info.ConsecutiveTimeouts));
        Assert.Equal(0, bench.Engine.Statistics.RetransmissionTimeouts);
        Assert.Equal(10_000, info.CongestionWindow);
    }

    [Fact, Trait("RFC", "9937 6")]
    public void LossOfTheFlightsEnd_NeedsNoMoreThanTheThreshold()
    {
        var bench = Flight(written: 60_000);
        bench.InjectSack(10_000, (11_000, 14_000));
        var inNetwork = 17 - 1 + bench.Drain().Count;
        Assert.InRange(inNetwork, 0, 18);
        bench.InjectSack(10_000, (11_000, 14_000), (28_000, 29_000));
        for (var i = 0; i < 3; i++) bench.InjectSack(10_000, (11_000, 14_000), (28_000 - i * 1000, 30_000));
        Assert.InRange(bench.Drain().Count, 0, 8);
    }

    [Fact, Trait("RFC", "9937 6")]
    public void SegmentsMarkedBeforeRecovery_AreNoPartOfItsFlight()
    {
        var bench = Flight();
        bench.InjectSack(10_000, (11_000, 12_000));
        bench.InjectSack(10_000, (11_000, 13_000));
        Assert.Equal(2, bench.Drain().Count); // Limited transmit: 22 in flight, two of them marked.
        for (var delivered = 1; delivered <= 12; delivered++) bench.InjectSack(10_000, (11_000, 13_000 + delivered * 1000));
        Assert.Equal(6, bench.Drain().Count); // Ten for twenty.
    }

    [Fact, Trait("RFC", "9937 6")]
    public void FirstSegment_GoesThoughNothingWasDelivered()
    {
        var tested = new ProportionalRateReduction();
        tested.Begin(threshold: 10_000, flight: 20_000);
        tested.OnAcknowledgment(delivered: 0, pipe: 19_000, isSafe: false, segmentSize: 1000);
        Assert.Equal(20_000, tested.Window);
        tested.OnSent(1000);
        tested.OnAcknowledgment(delivered: 0, pipe: 20_000, isSafe: false, segmentSize: 1000);
        Assert.Equal(20_000, tested.Window);
    }

    [Fact, Trait("RFC", "9937 6")]
    public void Reduction_IsTheFormulaForEverySequenceOfAcks() =>
        Gen.Select(Gen.Int[2, 40], Gen.Int[1, 40], Gen.Select(Gen.Int[0, 3000], Gen.Int[0, 3], Gen.Bool, Gen.Int[0, 4000]).Array[1, 30])
            .Sample((flight, threshold, acks) =>
            {
                var (recoverFlight, ssthresh) = (flight * 1000L, threshold * 1000L);
                var tested = new ProportionalRateReduction();
                tested.Begin(ssthresh, recoverFlight);
                long delivered = 0, sent = 0, pipe = recoverFlight;
                foreach (var (arrived, lost, isSafe, willing) in acks)
                {
                    if (arrived == 0) continue; // Such an ACK changes nothing.
                    delivered += arrived;
                    pipe = Math.Max(0, pipe - arrived - lost * 1000);
                    long count;
                    if (pipe > ssthresh) count = (long)Math.Ceiling(delivered * (decimal)ssthresh / recoverFlight) - sent;
                    else
                    {
                        count = Math.Max(delivered - sent, arrived);
                        if (isSafe) count += 1000;
                        count = Math.Min(ssthresh - pipe, count);
                    }
                    count = Math.Max(count, 0);
                    tested.OnAcknowledgment(arrived, pipe, isSafe, 1000);
                    if (sent == 0) Assert.InRange(tested.Window, pipe + count, pipe + Math.Max(count, 1000));
                    else Assert.Equal(pipe + count, tested.Window);
                    var goes = Math.Min(willing, tested.Window - pipe);
                    tested.OnSent(goes);
                    sent += goes;
                    pipe += goes;
                }
            }, iter: 5000);

    /// <summary>Twenty segments in flight, from 10 000 on, for a round trip.</summary>
    private static Bench Flight(int written = 50_000)
    {
        var bench = Sacks.Accepted();
        bench.Write(written);
        bench.Drain();
        bench.Elapse(100);
        for (var i = 1; i <= 10; i++) bench.Inject(Ack, 0, i * 1000);
        Assert.Equal(20, bench.Drain().Count);
        bench.Elapse(100);
        return bench;
    }
}
