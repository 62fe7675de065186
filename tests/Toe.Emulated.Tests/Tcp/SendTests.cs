using System.Net.Sockets;
using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Nagle, retransmission, congestion and flow control: RFC 9293 §3.7, §3.8; RFC 5681, 6298, 6582, 3042, 6928.</summary>
public sealed class SendTests
{
    [Theory, Trait("RFC", "9293 MUST-15")]
    [InlineData(false, 536)]
    [InlineData(true, 1220)]
    public void Mss_WhenThePeerSendsNone_IsTheDefault(bool v6, int mss)
    {
        var bench = Accepted(options: [1], v6: v6);
        bench.Write(3000);
        bench.Expect(Ack, 0, 0, mss);
    }

    [Fact, Trait("RFC", "9293 MUST-16; 6691")]
    public void Mss_IsTheSmallestLimitLessTheOptions()
    {
        var bench = Accepted(socket: new TcpSocketOptions(),
            options: [.. TestSegment.MssOption(9000), .. TestSegment.TimestampOption(1, 0)],
            each: () => TestSegment.TimestampOption(1, 0));
        bench.Write(3000);
        bench.Expect(Ack, 0, 0, 1448);
    }

    [Fact, Trait("RFC", "9293 SHLD-7; MUST-61")]
    public void Nagle_HoldsASmallSegmentWhileAnotherIsUnacknowledged()
    {
        var bench = Accepted();
        bench.Write(10);
        Assert.NotEqual(0, bench.Expect(Ack, 0, 0, 10).Flags & Psh);
        bench.Write(10);
        bench.ExpectNothing();
        bench.Write(1000);
        bench.Expect(Ack, 10, 0, 1000);
        bench.Inject(Ack, 0, 1010);
        bench.Expect(Ack, 1010, 0, 10);
    }

    [Fact, Trait("RFC", "9293 MUST-17")]
    public void NoDelay_SendsSmallSegmentsAtOnce()
    {
        var bench = Accepted();
        bench.Write(10);
        bench.Write(10);
        bench.Expect(Ack, 0, 0, 10);
        bench.ExpectNothing();
        bench.Socket.NoDelay = true;
        bench.Engine.Advance(bench.Now);
        bench.Expect(Ack, 10, 0, 10);
        bench.Write(10);
        bench.Expect(Ack, 20, 0, 10);
    }

    [Fact, Trait("RFC", "6928 2")]
    public void InitialWindow_IsTenSegments()
    {
        var bench = Accepted();
        bench.Write(20_000);
        Assert.Equal(10, bench.Drain().Count);
    }

    [Fact, Trait("RFC", "5681 3.1")]
    public void SlowStart_GrowsByWhatIsAcknowledged()
    {
        var bench = Accepted();
        bench.Write(60_000);
        bench.Drain();
        bench.Inject(Ack, 0, 2000);
        Assert.Equal(4, bench.Drain().Count);
        bench.Inject(Ack, 0, 3000);
        Assert.Equal(2, bench.Drain().Count);
        Assert.Equal(13_000, bench.Socket.GetInfo().CongestionWindow);
    }

    [Fact, Trait("RFC", "6298 2, 5; 9293 MUST-18, MUST-19")]
    public void Timeout_SendsTheFirstSegmentAgainAndBacksOff()
    {
        var bench = Accepted(socket: Reno());
        bench.Write(5000);
        Assert.Equal(5, bench.Drain().Count);
        bench.Elapse(200);
        bench.Expect(Ack, 0, 0, 1000);
        bench.ExpectNothing();
        Assert.Equal(1000, bench.Socket.GetInfo().CongestionWindow);
        Assert.Equal(2500, bench.Socket.GetInfo().SlowStartThreshold);
        bench.Elapse(400);
        bench.Expect(Ack, 0, 0, 1000);
        Assert.Equal(2500, bench.Socket.GetInfo().SlowStartThreshold);
        bench.Elapse(800);
        bench.Expect(Ack, 0, 0, 1000);
        bench.Inject(Ack, 0, 1000);
        bench.Expect(Ack, 1000, 0, 1000);
        bench.Expect(Ack, 2000, 0, 1000);
        bench.Inject(Ack, 0, 5000);
        bench.ExpectNothing();
        Assert.Null(bench.Engine.NextWakeUp);
    }

    [Fact, Trait("RFC", "6298 2.2, 2.3")]
    public void RoundTrip_FollowsTheFormulas()
    {
        var bench = Accepted(new TcpEngineOptions { MinimumRetransmissionTimeout = TimeSpan.FromMilliseconds(1) });
        bench.Write(10);
        bench.Elapse(100 / 1000.0);
        bench.Drain();
        var before = bench.Socket.GetInfo();
        Assert.Equal(TimeSpan.Zero, before.SmoothedRoundTripTime);

        bench = Connect(100);
        Assert.Equal((100, 50, 300), Times(bench));
        bench.Write(10);
        bench.Next();
        bench.Elapse(200);
        bench.Inject(Ack, 0, 10);
        Assert.Equal((112.5, 62.5, 362.5), Times(bench));

        static Bench Connect(double milliseconds)
        {
            var bench = new Bench();
            bench.Connect();
            bench.Elapse(milliseconds);
            bench.InjectRaw(Syn | Ack, PeerInitial, bench.EngineInitial + 1, options: TestSegment.MssOption(1000));
            bench.Next();
            return bench;
        }

        static (double, double, double) Times(Bench bench)
        {
            var info = bench.Socket.GetInfo();
            return (info.SmoothedRoundTripTime.TotalMilliseconds, info.RoundTripTimeVariation.TotalMilliseconds,
                info.RetransmissionTimeout.TotalMilliseconds);
        }
    }

    [Fact, Trait("RFC", "6298 3 (Karn)")]
    public void RoundTrip_IsNotSampledFromWhatWasSentTwice()
    {
        var bench = Accepted();
        var before = bench.Socket.GetInfo().SmoothedRoundTripTime;
        bench.Write(10);
        bench.Elapse(250);
        Assert.Equal(2, bench.Drain().Count);
        bench.Inject(Ack, 0, 10);
        Assert.Equal(before, bench.Socket.GetInfo().SmoothedRoundTripTime);
    }

    [Fact, Trait("RFC", "9293 MUST-20, MUST-21, SHLD-11")]
    public void Timeout_WhenThePeerIsGone_EndsAfterTheUserTimeout()
    {
        var bench = Accepted(socket: new TcpSocketOptions { UserTimeout = TimeSpan.FromSeconds(100), Timestamps = false });
        bench.Write(10);
        bench.Elapse(99_999);
        Assert.Null(bench.Events.Closed);
        bench.Elapse(1);
        Assert.Equal(SocketError.TimedOut, bench.Events.Closed);
        Assert.Equal(IoStatus.Failed, bench.ReceiveStatus());
    }

    [Fact, Trait("RFC", "5681 3.2; 3042; 6582")]
    public void DuplicateAcks_BringLimitedTransmitFastRetransmitAndRecovery()
    {
        var bench = Accepted(socket: Reno());
        bench.Write(30_000);
        Assert.Equal(10, bench.Drain().Count);
        bench.Inject(Ack);
        bench.Expect(Ack, 10_000, 0, 1000);
        bench.Inject(Ack);
        bench.Expect(Ack, 11_000, 0, 1000);
        bench.Inject(Ack);
        bench.Expect(Ack, 0, 0, 1000);
        bench.ExpectNothing();
        var info = bench.Socket.GetInfo();
        Assert.Equal((5000, 1, 3), (info.SlowStartThreshold, info.FastRecoveries, info.DuplicateAcks));
        // RFC 9937: half of what arrives may go, which is one segment for two.
        for (var i = 0; i < 2; i++) bench.Inject(Ack);
        bench.ExpectNothing();
        bench.Inject(Ack);
        bench.Expect(Ack, 12_000, 0, 1000);
        bench.Inject(Ack);
        bench.ExpectNothing();
        // A partial ACK: the next hole at once, still in recovery.
        bench.Inject(Ack, 0, 3000);
        bench.Expect(Ack, 3000, 0, 1000);
        Assert.Equal(1, bench.Socket.GetInfo().FastRecoveries);
        bench.Drain();
        // All that was sent before: out of recovery.
        bench.Inject(Ack, 0, 12_000);
        Assert.Equal(5000, bench.Socket.GetInfo().CongestionWindow);
    }

    [Fact, Trait("RFC", "5681 2")]
    public void DuplicateAcks_WithDataOrAnotherWindow_DoNotCount()
    {
        var bench = Accepted();
        bench.Write(10_000);
        bench.Drain();
        bench.Inject(Ack, 0, 0, Bytes(1));
        bench.Inject(Ack, 1, 0, Bytes(1));
        bench.Inject(Ack, 2, 0, window: 60_000);
        bench.Inject(Ack, 2, 0, window: 60_001);
        Assert.Equal(0, bench.Socket.GetInfo().DuplicateAcks);
    }

    [Fact, Trait("RFC", "5681 2")]
    public void DuplicateAcks_OnDataThatAClosedWindowRefuses_DoNotCount()
    {
        var bench = Accepted(socket: new TcpSocketOptions { ReceiveBufferSize = 100, Timestamps = false });
        bench.Write(5000);
        bench.Inject(Ack, 0, 0, Bytes(100));
        for (var i = 0; i < 5; i++) bench.Inject(Ack, 100, 0, Bytes(1));
        Assert.Equal(0, bench.Socket.GetInfo().DuplicateAcks);
    }

    [Fact, Trait("RFC", "6582 3.2 step 3")]
    public void PartialAcks_BehindTheFirst_LeaveTheTimerAlone()
    {
        var bench = Accepted();
        bench.Write(10_000);
        for (var i = 0; i < 3; i++) bench.Inject(Ack);
        bench.Elapse(50);
        bench.Inject(Ack, 0, 2000);
        var due = bench.Now + TimeSpan.FromMilliseconds(200);
        Assert.Equal(due, bench.Engine.NextWakeUp);
        bench.Elapse(50);
        bench.Inject(Ack, 0, 4000);
        Assert.Equal(due, bench.Engine.NextWakeUp);
    }

    [Fact, Trait("RFC", "9293 3.10.7.4 fifth")]
    public void Window_OfAnOldAck_IsNotTaken()
    {
        var bench = Accepted();
        bench.Write(2000);
        bench.Inject(Ack, 0, 2000, window: 5000);
        bench.Inject(Ack, 0, 1000, Bytes(1), window: 100);
        Assert.Equal(5000, bench.Socket.GetInfo().SendWindow);
    }

    [Fact, Trait("RFC", "9293 3.10.7.4")]
    public void Window_OfDataThatComesAgain_IsTaken_WhereItAcknowledgesMore()
    {
        var bench = Accepted();
        bench.Inject(Ack, 500, 0, Bytes(10), window: 5000); // Ahead of what is missing.
        bench.Write(4000);
        bench.Drain();

        bench.Inject(Ack, 0, 1000, Bytes(500), window: 3000);
        bench.Elapse(10);
        bench.Write(10_000);

        Assert.All(bench.Drain(), segment => Assert.True(segment.Seq - bench.EngineInitial - 1 + segment.Payload.Length <= 4000, segment.ToString()));
    }

    [Fact, Trait("RFC", "6582 3.2 step 2, 4")]
    public void DuplicateAcks_BelowRecoverAfterATimeout_DoNotRetransmit()
    {
        var bench = Accepted();
        bench.Write(5000);
        bench.Drain();
        bench.Elapse(200);
        bench.Expect(Ack, 0, 0, 1000);
        for (var i = 0; i < 5; i++) bench.Inject(Ack);
        Assert.Equal(0, bench.Socket.GetInfo().FastRecoveries);
    }

    [Fact, Trait("RFC", "5681 3.1")]
    public void CongestionAvoidance_GrowsByASegmentForEachWindow()
    {
        var bench = Accepted(socket: Reno());
        bench.Write(200_000);
        bench.Drain();
        bench.Elapse(200);
        bench.Next();
        var acknowledged = 0L;
        void AcknowledgeAll()
        {
            var last = bench.Socket.GetInfo();
            var flight = bench.Drain();
            foreach (var _ in flight) { acknowledged += 1000; bench.Inject(Ack, 0, acknowledged); }
            Assert.True(bench.Socket.GetInfo().CongestionWindow >= last.CongestionWindow);
        }
        bench.Inject(Ack, 0, acknowledged = 10_000);
        while (bench.Socket.GetInfo().CongestionWindow < 5000) AcknowledgeAll();
        var before = bench.Socket.GetInfo().CongestionWindow;
        AcknowledgeAll();
        AcknowledgeAll();
        Assert.InRange(bench.Socket.GetInfo().CongestionWindow - before, 1000, 3000);
    }

    [Fact, Trait("RFC", "5681 4.1")]
    public void Idle_RestartsFromTheInitialWindow()
    {
        var bench = Accepted();
        bench.Write(40_000);
        for (var i = 1; i <= 40; i++) bench.Inject(Ack, 0, i * 1000);
        bench.Drain();
        Assert.True(bench.Socket.GetInfo().CongestionWindow > 10_000);
        bench.Elapse(5000);
        bench.Write(40_000);
        Assert.Equal(10, bench.Drain().Count);
    }

    [Fact, Trait("RFC", "9293 3.8.6.1, MUST-35, MUST-36, MUST-37, SHLD-29, SHLD-30")]
    public void ZeroWindow_IsProbedWithBackoffForAsLongAsItIsAnswered()
    {
        var bench = Accepted(window: 0);
        bench.Write(100);
        bench.ExpectNothing();
        var last = bench.Now;
        var gaps = new List<double>();
        for (var i = 0; i < 12; i++)
        {
            bench.Now = bench.Engine.NextWakeUp!.Value;
            bench.Engine.Advance(bench.Now);
            bench.Expect(Ack, 0, 0, 1);
            gaps.Add((bench.Now - last).TotalSeconds);
            last = bench.Now;
            bench.Inject(Ack, 0, 0, window: 0);
        }
        Assert.Equal([0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 60, 60, 60], gaps);
        Assert.Null(bench.Events.Closed);
        bench.Inject(Ack, 0, 0, window: 500);
        bench.Expect(Ack, 0, 0, 100);
    }

    [Fact, Trait("RFC", "9293 MUST-20, MUST-37")]
    public void ZeroWindow_WhenProbesAreNotAnswered_TimesOut()
    {
        var bench = Accepted(window: 0, socket: new TcpSocketOptions { UserTimeout = TimeSpan.FromSeconds(30), Timestamps = false });
        bench.Write(100);
        bench.Elapse(60_000);
        Assert.Equal(SocketError.TimedOut, bench.Events.Closed);
    }

    [Fact, Trait("RFC", "9293 MUST-37")]
    public void ZeroWindow_WhenTheProbedByteIsTaken_GoesOnBehindIt()
    {
        var bench = Accepted(window: 0);
        bench.Write(2);
        bench.Finish();
        bench.Elapse(200);
        bench.Expect(Ack, 0, 0, 1);
        bench.Inject(Ack, 0, 1, window: 0);
        bench.Elapse(400);
        bench.Expect(Ack, 1, 0, 1);
        bench.Inject(Ack, 0, 2, window: 0);
        bench.Expect(Fin | Ack, 2, 0);
        bench.Inject(Ack, 0, 3, window: 0);
        Assert.Equal(TcpState.FinWait2, bench.Socket.State);
        Assert.Null(bench.Engine.NextWakeUp);
    }

    [Fact, Trait("RFC", "9293 MUST-34, MUST-35, SHLD-15, SHLD-16, SHLD-17")]
    public void Window_WhenThePeerShrinksIt_IsProbedAndNothingNewIsSent()
    {
        var bench = Accepted();
        bench.Write(20_000);
        bench.Drain();
        bench.Inject(Ack, 0, 1000, window: 0);
        bench.ExpectNothing();
        bench.Elapse(200);
        bench.Expect(Ack, 1000, 0, 1);
        bench.ExpectNothing();
        bench.Inject(Ack, 0, 1000, window: 2000);
        bench.Expect(Ack, 1000, 0, 1000);
        bench.Expect(Ack, 2000, 0, 1000);
        bench.ExpectNothing();
    }

    [Fact, Trait("RFC", "9293 MUST-38, 3.8.6.2.1")]
    public void SmallWindow_IsNotFilledWithCrumbsUntilTheOverride()
    {
        var bench = Accepted(window: 3000);
        bench.Write(3000);
        Assert.Equal(3, bench.Drain().Count);
        bench.Write(5000);
        bench.Inject(Ack, 0, 3000, window: 400);
        bench.ExpectNothing();
        bench.Elapse(1000);
        bench.Expect(Ack, 3000, 0, 400);
    }

    [Fact]
    public void SendBuffer_TakesWhatItHoldsAndAnnouncesRoom()
    {
        var bench = Accepted(socket: new TcpSocketOptions { SendBufferSize = 4096, Timestamps = false });
        Assert.Equal(IoStatus.Done, bench.Socket.TrySend(Bytes(5000), out var sent));
        Assert.Equal(4096, sent);
        Assert.Equal(IoStatus.WouldBlock, bench.Socket.TrySend(Bytes(1), out _));
        bench.Socket.Arm(Readiness.Send);
        bench.Engine.Advance(bench.Now);
        Assert.Equal(["accepted"], bench.Events.Log);
        bench.Inject(Ack, 0, 2000);
        Assert.Equal(["accepted", "ready Send"], bench.Events.Log);
    }

    [Fact]
    public void Wake_RingsOnceUntilTheWorkIsDone()
    {
        var bench = Accepted();
        var before = bench.Wakes;
        bench.Socket.TrySend(Bytes(1), out _);
        bench.Socket.TrySend(Bytes(1), out _);
        Assert.Equal(before + 1, bench.Wakes);
        Assert.Equal(bench.Now, bench.Engine.NextWakeUp);
        bench.Engine.Advance(bench.Now);
        bench.Socket.TrySend(Bytes(1), out _);
        Assert.Equal(before + 2, bench.Wakes);
    }

    [Fact, Trait("RFC", "9293 MUST-48, MUST-49; 6864")]
    public void Packets_CarryTtlTrafficClassAndDoNotFragment()
    {
        var bench = Accepted(socket: new TcpSocketOptions { TimeToLive = 7, TrafficClass = 0xb9, Timestamps = false });
        bench.Write(1);
        var segment = bench.Next();
        Assert.Equal((7, 0xb8, true), (segment.TimeToLive, segment.TrafficClass, segment.DoNotFragment));
    }

    [Fact, Trait("RFC", "9293 MUST-24..29, SHLD-12")]
    public void KeepAlive_ProbesAnIdlePeerAndGivesUpAfterTheCount()
    {
        var bench = Accepted(socket: new TcpSocketOptions { KeepAlive = true, KeepAliveCount = 3, Timestamps = false });
        bench.Elapse(7_199_000);
        bench.ExpectNothing();
        bench.Elapse(1000);
        bench.Expect(Ack, -1, 0);
        bench.Inject(Ack);
        bench.Elapse(7_200_000);
        bench.Expect(Ack, -1, 0);
        bench.Elapse(150_000);
        bench.Expect(Ack, -1, 0);
        bench.Expect(Ack, -1, 0);
        Assert.Null(bench.Events.Closed);
        bench.Elapse(75_000);
        Assert.Equal(SocketError.TimedOut, bench.Events.Closed);
    }

    [Fact, Trait("RFC", "9293 MUST-25")]
    public void KeepAlive_IsOffByDefault()
    {
        var bench = Accepted();
        Assert.Null(bench.Engine.NextWakeUp);
    }

    private static TcpSocketOptions Reno() => new() { CongestionControl = TcpCongestionControl.Reno, BufferAutotuning = false, Timestamps = false };
}
