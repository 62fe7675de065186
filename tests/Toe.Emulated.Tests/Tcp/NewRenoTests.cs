using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Fast recovery with a peer that does not acknowledge selectively: RFC 6582 §3.2, RFC 5681 §3.2, RFC 3042, RFC 9937 §6.</summary>
public sealed class NewRenoTests
{
    [Fact, Trait("RFC", "3042 2")]
    public void LimitedTransmit_SendsForTwoDuplicatesAndLeavesTheWindow()
    {
        var bench = Flight();
        bench.Inject(Ack);
        bench.Expect(Ack, 10_000, 0, 1000);
        bench.Inject(Ack);
        bench.Expect(Ack, 11_000, 0, 1000);
        bench.ExpectNothing();
        Assert.Equal(10_000, bench.Socket.GetInfo().CongestionWindow);
        bench.Inject(Ack, 0, 1000);
        Assert.Equal(0, bench.Socket.GetInfo().FastRecoveries);
    }

    [Fact, Trait("RFC", "3042 2")]
    public void LimitedTransmit_KeepsToThePeersWindow()
    {
        var bench = Flight(window: 11_000);
        bench.Inject(Ack);
        bench.Expect(Ack, 10_000, 0, 1000);
        bench.Inject(Ack);
        bench.ExpectNothing();
    }

    [Fact, Trait("RFC", "3042 2; 5681 3.2")]
    public void LimitedTransmit_WithoutNewData_SendsNothing()
    {
        var bench = Flight(written: 10_000);
        bench.Inject(Ack);
        bench.Inject(Ack);
        bench.ExpectNothing();
        bench.Inject(Ack);
        bench.Expect(Ack, 0, 0, 1000);
    }

    [Fact, Trait("RFC", "5681 3.2 step 2; 6582 3.2 step 2")]
    public void ThirdDuplicate_SendsOneSegmentAgainAndSetsTheThreshold()
    {
        var bench = Recovering();
        var info = bench.Socket.GetInfo();
        Assert.Equal((5000, 1, 1), (info.SlowStartThreshold, info.FastRecoveries, info.Retransmits));
    }

    [Fact, Trait("RFC", "6582 3.2 step 3")]
    public void EachPartialAck_SendsTheNextHoleAtOnce()
    {
        var bench = Recovering();
        foreach (var hole in (int[])[3000, 6000, 9000])
        {
            bench.Elapse(10);
            bench.Inject(Ack, 0, hole);
            bench.Expect(Ack, hole, 0, 1000);
            bench.Drain();
        }
        bench.Inject(Ack, 0, 12_000);
        var info = bench.Socket.GetInfo();
        Assert.Equal((4, 1, 5000, 5000), (info.Retransmits, info.FastRecoveries, info.SlowStartThreshold, info.CongestionWindow));
    }

    [Fact, Trait("RFC", "6582 3.2 step 2, 4.1")]
    public void DuplicatesOfTheRecoveryPoint_StartNoSecondRecovery()
    {
        var bench = Recovering();
        bench.Inject(Ack, 0, 12_000);
        bench.Drain();
        for (var i = 0; i < 3; i++) bench.Inject(Ack, 0, 12_000);
        Assert.DoesNotContain(bench.Drain(), segment => segment.Seq == bench.EngineInitial + 1 + 12_000);
        Assert.Equal((1, 1), (bench.Socket.GetInfo().FastRecoveries, bench.Socket.GetInfo().Retransmits));
    }

    [Fact, Trait("RFC", "6582 3.2 step 2")]
    public void DuplicatesBeyondTheRecoveryPoint_StartAnother()
    {
        var bench = Recovering();
        bench.Inject(Ack, 0, 12_000);
        bench.Inject(Ack, 0, 13_000);
        bench.Drain();
        for (var i = 0; i < 3; i++) bench.Inject(Ack, 0, 13_000);
        Assert.Contains(bench.Drain(), segment => segment.Seq == bench.EngineInitial + 1 + 13_000);
        Assert.Equal(2, bench.Socket.GetInfo().FastRecoveries);
    }

    [Fact, Trait("RFC", "6582 3.2 step 2")]
    public void DuplicatesInsideRecovery_StartNoSecondRecovery()
    {
        var bench = Recovering();
        bench.Inject(Ack, 0, 3000);
        for (var i = 0; i < 6; i++) bench.Inject(Ack, 0, 3000);
        var info = bench.Socket.GetInfo();
        Assert.Equal((1, 2, 5000), (info.FastRecoveries, info.Retransmits, info.SlowStartThreshold));
    }

    [Fact, Trait("RFC", "6582 3.2 step 4")]
    public void TimeOutInRecovery_EndsItAndMovesTheRecoveryPoint()
    {
        var bench = Recovering();
        bench.Drain();
        bench.Elapse(250);
        bench.Expect(Ack, 0, 0, 1000);
        Assert.Equal(1000, bench.Socket.GetInfo().CongestionWindow);
        for (var i = 0; i < 4; i++) bench.Inject(Ack);
        Assert.Equal(1, bench.Socket.GetInfo().FastRecoveries);
        bench.Inject(Ack, 0, 12_000);
        bench.Drain();
        for (var i = 0; i < 4; i++) bench.Inject(Ack, 0, 12_000);
        Assert.Equal(1, bench.Socket.GetInfo().FastRecoveries);
    }

    [Fact, Trait("RFC", "9937 6")]
    public void PartialAck_DeliversWhatTheDuplicatesHadNotCounted()
    {
        // Thirty segments, ssthresh half of them; two are lost. Three duplicates count for three of the ten that the partial ACK names.
        var bench = Flight(written: 65_000);
        for (var i = 1; i <= 10; i++) bench.Inject(Ack, 0, i * 1000);
        for (var i = 11; i <= 20; i++) bench.Inject(Ack, 0, i * 1000);
        bench.Drain();
        Assert.Equal(30_000, bench.Socket.GetInfo().CongestionWindow);
        for (var i = 0; i < 3; i++) bench.Inject(Ack, 0, 20_000);
        var sent = bench.Drain().Count(segment => segment.Seq == bench.EngineInitial + 1 + 20_000);
        Assert.Equal(1, sent);
        bench.Inject(Ack, 0, 30_000);
        sent += bench.Drain().Count;
        Assert.InRange(sent, 2, 5); // Half of ten.
    }

    [Fact, Trait("RFC", "9937 6 (mitigation)")]
    public void EndlessDuplicates_DoNotInflateTheWindow()
    {
        var bench = Recovering(written: 65_000);
        for (var i = 0; i < 200; i++) bench.Inject(Ack);
        Assert.InRange(bench.Drain().Count, 0, 7);
    }

    [Fact, Trait("RFC", "5681 2 (definition)")]
    public void AckOfNothingInFlight_IsNoDuplicate()
    {
        var bench = Bench.Accepted();
        for (var i = 0; i < 5; i++) bench.Inject(Ack);
        bench.Write(5000);
        Assert.Equal(5, bench.Drain().Count);
        Assert.Equal(0, bench.Socket.GetInfo().DuplicateAcks);
    }

    private static Bench Flight(int written = 30_000, ushort window = 65535)
    {
        var bench = Bench.Accepted(socket: new TcpSocketOptions
        {
            CongestionControl = TcpCongestionControl.Reno,
            Timestamps = false,
            WindowScaling = false,
        }, window: window);
        bench.Write(written);
        Assert.Equal(10, bench.Drain().Count);
        return bench;
    }

    /// <summary>Ten segments and two of limited transmit, the first was sent again.</summary>
    private static Bench Recovering(int written = 30_000)
    {
        var bench = Flight(written);
        for (var i = 0; i < 2; i++) bench.Inject(Ack);
        Assert.Equal(2, bench.Drain().Count);
        bench.Inject(Ack);
        bench.Expect(Ack, 0, 0, 1000);
        bench.ExpectNothing();
        return bench;
    }
}
