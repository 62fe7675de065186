using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Probes for losses at the end: RFC 8985 §7. Round trips are 100 ms, the time-out is at least a second unless said otherwise.</summary>
public sealed class TailLossProbeTests
{
    [Fact, Trait("RFC", "8985 7.2, 7.3")]
    public void Probe_IsTheLastSegmentAfterTwoRoundTrips()
    {
        var bench = Accepted();
        bench.Write(3000);
        bench.Drain();
        bench.Elapse(199.9);
        bench.ExpectNothing();
        bench.Elapse(0.1);
        bench.Expect(Ack, 2000, 0, 1000);
        bench.ExpectNothing();
        Assert.Equal((1, 1), (bench.Socket.GetInfo().TailLossProbes, bench.Socket.GetInfo().Retransmits));
        Assert.Equal((10_000, long.MaxValue), (bench.Socket.GetInfo().CongestionWindow, bench.Socket.GetInfo().SlowStartThreshold));
    }

    [Fact, Trait("RFC", "8985 7.2")]
    public void Probe_OfASingleSegment_AllowsForADelayedAck()
    {
        var bench = Accepted();
        bench.Write(700);
        bench.Next();
        bench.Elapse(399.9);
        bench.ExpectNothing();
        bench.Elapse(0.1);
        bench.Expect(Ack, 0, 0, 700);
    }

    [Fact, Trait("RFC", "8985 7.2")]
    public void Probe_IsScheduledAgainByEachAckOfNewData()
    {
        var bench = Accepted();
        bench.Write(4000);
        bench.Drain();
        bench.Elapse(100);
        bench.Inject(Ack, 0, 2000);
        bench.Elapse(2 * bench.Socket.GetInfo().SmoothedRoundTripTime.TotalMilliseconds - 0.1);
        bench.ExpectNothing();
        bench.Elapse(0.2);
        bench.Expect(Ack, 3000, 0, 1000);
    }

    [Fact, Trait("RFC", "8985 7.2")]
    public void Probe_IsScheduledAgainByNewData()
    {
        var bench = Accepted();
        bench.Write(2000);
        bench.Drain();
        bench.Elapse(150);
        bench.Write(1000);
        bench.Next();
        bench.Elapse(199.9);
        bench.ExpectNothing();
        bench.Elapse(0.1);
        bench.Expect(Ack, 2000, 0, 1000);
    }

    [Fact, Trait("RFC", "8985 7.2")]
    public void Probe_WhereTheTimeOutIsSooner_GoesInItsPlace()
    {
        // SRTT 1 ms: two of them and 200 ms are beyond a time-out of 200 ms.
        var bench = Sacks.Accepted(1);
        bench.Write(700);
        bench.Next();
        bench.Elapse(200);
        bench.Expect(Ack, 0, 0, 700);
        Assert.Equal((1, 0), (bench.Socket.GetInfo().TailLossProbes, bench.Socket.GetInfo().ConsecutiveTimeouts));
        Assert.Equal(10_000, bench.Socket.GetInfo().CongestionWindow);
        bench.Elapse(200);
        bench.Expect(Ack, 0, 0, 700);
        Assert.Equal(1, bench.Socket.GetInfo().ConsecutiveTimeouts);
    }

    [Fact, Trait("RFC", "8985 7.2")]
    public void Probe_WithoutARoundTripSample_GoesAfterASecond()
    {
        var bench = new Bench(socket: new TcpSocketOptions { Timestamps = false, WindowScaling = false }).Listen();
        bench.InjectRaw(Syn, PeerInitial, 0, options: [.. TestSegment.MssOption(1000), .. Sacks.Permitted]);
        bench.EngineInitial = bench.Next().Seq;
        bench.Elapse(1000);
        bench.Next();
        bench.Inject(Ack);
        Assert.Equal(TimeSpan.Zero, bench.Socket.GetInfo().SmoothedRoundTripTime);
        bench.Write(1000);
        bench.Next();
        bench.Elapse(999.9);
        bench.ExpectNothing();
        bench.Elapse(0.1);
        bench.Expect(Ack, 0, 0, 1000);
    }

    [Fact, Trait("RFC", "8985 7.3")]
    public void Probe_IsNewDataWhereThereIsSome()
    {
        var bench = Accepted();
        bench.Write(12_500);
        Assert.Equal(10, bench.Drain().Count);
        bench.Elapse(200);
        bench.Expect(Ack, 10_000, 0, 1000);
        bench.ExpectNothing();
        Assert.Equal((1, 0), (bench.Socket.GetInfo().TailLossProbes, bench.Socket.GetInfo().Retransmits));
    }

    [Fact, Trait("RFC", "8985 7.3")]
    public void Probe_WherePeersWindowIsFull_IsTheLastSegment()
    {
        var bench = Accepted(window: 10_000);
        bench.Write(12_000);
        Assert.Equal(10, bench.Drain().Count);
        bench.Elapse(200);
        bench.Expect(Ack, 9000, 0, 1000);
    }

    [Fact, Trait("RFC", "8985 7.3")]
    public void Probe_CanBeTheFin()
    {
        var bench = Accepted();
        bench.Socket.TrySend(Bytes(2000), out _);
        bench.Finish();
        bench.Drain();
        bench.Elapse(200);
        bench.Expect(Ack | Fin, 1000, 0, 1000);
    }

    [Fact, Trait("RFC", "8985 7.3; 6298 5")]
    public void OneProbe_ThenTheTimeOut()
    {
        var bench = Accepted();
        bench.Write(3000);
        bench.Drain();
        bench.Elapse(200);
        bench.Expect(Ack, 2000, 0, 1000);
        bench.Elapse(999.9);
        bench.ExpectNothing();
        bench.Elapse(0.1);
        bench.Expect(Ack, 0, 0, 1000);
        bench.ExpectNothing();
        Assert.Equal((1, 1), (bench.Socket.GetInfo().TailLossProbes, bench.Socket.GetInfo().ConsecutiveTimeouts));
        bench.Elapse(1999.9);
        bench.ExpectNothing();
    }

    [Fact, Trait("RFC", "8985 7.2")]
    public void WhileSomethingIsMarkedOrLost_ThereIsNoProbe()
    {
        var bench = Accepted();
        bench.Write(3000);
        bench.Drain();
        bench.Elapse(100);
        bench.InjectSack(0, (1000, 2000));
        bench.Elapse(30);
        bench.Expect(Ack, 0, 0, 1000);
        bench.Elapse(900);
        bench.ExpectNothing();
        Assert.Equal(0, bench.Socket.GetInfo().TailLossProbes);
    }

    [Fact, Trait("RFC", "8985 7.4; 3.4")]
    public void Probe_ThatIsMarked_ShowsTheLossesBeforeIt()
    {
        var bench = Accepted();
        bench.Write(4000);
        bench.Drain();
        bench.Elapse(200);
        bench.Expect(Ack, 3000, 0, 1000);
        bench.Elapse(100);
        bench.InjectSack(0, (3000, 4000));
        bench.Expect(Ack, 0, 0, 1000);
        Assert.Equal((1, 0), (bench.Socket.GetInfo().FastRecoveries, bench.Socket.GetInfo().ConsecutiveTimeouts));
        Assert.Equal(2000, bench.Socket.GetInfo().SlowStartThreshold);
    }

    [Fact, Trait("RFC", "8985 7.4.2")]
    public void ProbeThatRepairedALoss_ReducesTheWindow()
    {
        var bench = Probed();
        bench.Inject(Ack, 0, 3000);
        Assert.Equal(long.MaxValue, bench.Socket.GetInfo().SlowStartThreshold);
        NextSegment(bench);
        Assert.InRange(bench.Socket.GetInfo().SlowStartThreshold, 2000, 6000);
        Assert.Equal(bench.Socket.GetInfo().SlowStartThreshold, bench.Socket.GetInfo().CongestionWindow);
    }

    [Fact, Trait("RFC", "8985 7.4.2")]
    public void ProbeThatWasReportedTwice_ReducesNothing()
    {
        var bench = Probed();
        bench.Inject(Ack, 0, 3000);
        bench.InjectSack(3000, (2000, 3000));
        NextSegment(bench);
        Assert.Equal(long.MaxValue, bench.Socket.GetInfo().SlowStartThreshold);
    }

    [Fact, Trait("RFC", "8985 7.4.2")]
    public void ProbeThatWasAcknowledgedAndReportedTwiceAtOnce_ReducesNothing()
    {
        var bench = Probed();
        bench.InjectSack(3000, (2000, 3000));
        NextSegment(bench);
        Assert.Equal(long.MaxValue, bench.Socket.GetInfo().SlowStartThreshold);
    }

    [Fact, Trait("RFC", "8985 7.4.2")]
    public void ProbeThatADuplicateAckAnswered_ReducesNothing()
    {
        // A peer without D-SACK: the first ACK is for the original, the second one for the probe.
        var bench = Probed();
        bench.Inject(Ack, 0, 3000);
        bench.Inject(Ack, 0, 3000);
        NextSegment(bench);
        Assert.Equal(long.MaxValue, bench.Socket.GetInfo().SlowStartThreshold);
    }

    [Fact, Trait("RFC", "8985 7.4.1")]
    public void ProbeOfNewData_ReducesNothing()
    {
        var bench = Accepted();
        bench.Write(11_000);
        bench.Drain();
        bench.Elapse(200);
        bench.Expect(Ack, 10_000, 0, 1000);
        bench.Elapse(100);
        bench.Inject(Ack, 0, 11_000);
        bench.Write(1000);
        bench.Next();
        bench.Inject(Ack, 0, 12_000);
        Assert.Equal(long.MaxValue, bench.Socket.GetInfo().SlowStartThreshold);
    }

    [Fact, Trait("RFC", "8985 7.3")]
    public void SecondProbe_WaitsForARoundTripSample()
    {
        var bench = Accepted();
        bench.Write(1000);
        bench.Next();
        bench.Elapse(400);
        bench.Expect(Ack, 0, 0, 1000);
        // Which transmission this answers nobody knows (Karn), so it is no sample.
        bench.InjectSack(1000, (0, 1000));
        bench.Write(2000);
        bench.Drain();
        bench.Elapse(999.9);
        bench.ExpectNothing();
        bench.Elapse(0.1);
        bench.Expect(Ack, 1000, 0, 1000);
        Assert.Equal(1, bench.Socket.GetInfo().TailLossProbes);
    }

    [Fact, Trait("RFC", "8985 7.3")]
    public void SecondProbe_ComesAfterARoundTripSample()
    {
        var bench = Accepted();
        bench.Write(12_000);
        bench.Drain();
        bench.Elapse(200);
        bench.Expect(Ack, 10_000, 0, 1000);
        bench.Elapse(100);
        bench.Inject(Ack, 0, 11_000);
        bench.Expect(Ack, 11_000, 0, 1000);
        bench.Write(1000);
        bench.Next();
        bench.Elapse(999);
        bench.Expect(Ack, 12_000, 0, 1000);
        Assert.Equal(2, bench.Socket.GetInfo().TailLossProbes);
    }

    [Fact, Trait("RFC", "8985 7.2")]
    public void WithoutSack_ThereIsNoProbe()
    {
        var bench = Bench.Accepted();
        bench.Write(3000);
        bench.Drain();
        bench.Elapse(199.9);
        bench.ExpectNothing();
        Assert.Equal(0, bench.Socket.GetInfo().TailLossProbes);
    }

    private static Bench Accepted(ushort window = 65535) =>
        Sacks.Accepted(engine: new TcpEngineOptions { Secret = new byte[16], MinimumRetransmissionTimeout = TimeSpan.FromSeconds(1) }, window: window);

    /// <summary>Three segments and a probe that was the last of them again, a round trip ago.</summary>
    private static Bench Probed()
    {
        var bench = Accepted();
        bench.Write(3000);
        bench.Drain();
        bench.Elapse(200);
        bench.Expect(Ack, 2000, 0, 1000);
        bench.Elapse(100);
        return bench;
    }

    private static void NextSegment(Bench bench)
    {
        bench.Write(1000);
        bench.Expect(Ack, 3000, 0, 1000);
        bench.Elapse(100);
        bench.Inject(Ack, 0, 4000);
    }
}
