using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Acceptability, reassembly, ACKs and the window: RFC 9293 §3.4, §3.8.6, §3.10.7.4; RFC 5681 §4.2; RFC 5961 §5.</summary>
public sealed class ReceiveTests
{
    [Fact, Trait("RFC", "9293 MUST-40, SHLD-18")]
    public void Data_WhenOneSegmentArrives_IsAcknowledgedAfterTheDelay()
    {
        var bench = Accepted();
        bench.Inject(Ack, 0, 0, Bytes(100));
        bench.ExpectNothing();
        Assert.Equal(bench.Now + TimeSpan.FromMilliseconds(40), bench.Engine.NextWakeUp);
        bench.Elapse(39);
        bench.ExpectNothing();
        bench.Elapse(1);
        bench.Expect(Ack, 0, 100);
        bench.Elapse(1000);
        bench.ExpectNothing();
    }

    [Fact, Trait("RFC", "9293 SHLD-19")]
    public void Data_WhenASecondSegmentArrives_IsAcknowledgedAtOnce()
    {
        var bench = Accepted();
        bench.Inject(Ack, 0, 0, Bytes(1000));
        bench.Inject(Ack, 1000, 0, Bytes(1000));
        bench.Expect(Ack, 0, 2000);
    }

    [Fact]
    public void Data_WhenThereIsAnAnswer_TheAckRidesOnIt()
    {
        var bench = Accepted();
        bench.Inject(Ack, 0, 0, Bytes(100));
        bench.Write(5);
        bench.Expect(Ack, 0, 100, 5);
        bench.Inject(Ack, 100, 5);
        bench.Elapse(1000);
        bench.ExpectNothing();
    }

    [Fact, Trait("RFC", "9293 SHLD-31; 5681 4.2")]
    public void OutOfOrder_IsQueuedAndAcknowledgedAtOnceBothWays()
    {
        var bench = Accepted();
        bench.Inject(Ack, 200, 0, Bytes(100, 200));
        bench.Expect(Ack, 0, 0);
        bench.Inject(Ack, 100, 0, Bytes(100, 100));
        bench.Expect(Ack, 0, 0);
        Assert.Empty(bench.ReadAll());
        Assert.Equal(200, bench.Socket.GetInfo().OutOfOrderQueue);
        bench.Inject(Ack, 0, 0, Bytes(100));
        bench.Expect(Ack, 0, 300);
        Assert.Equal(Bytes(300), bench.ReadAll());
    }

    [Fact, Trait("RFC", "9293 3.10.7.4 seventh")]
    public void Overlaps_AreCutToWhatIsNewAndTheFirstCopyStays()
    {
        var bench = Accepted();
        bench.Inject(Ack, 50, 0, Bytes(50, 50));
        bench.Inject(Ack, 150, 0, Bytes(50, 150));
        bench.Inject(Ack, 40, 0, Enumerable.Range(40, 130).Select(i => (byte)(i is >= 50 and < 100 or >= 150 ? 255 : i)).ToArray());
        bench.Inject(Ack, 0, 0, Bytes(45));
        Assert.Equal(Bytes(200), bench.ReadAll());
        bench.Drain();
        bench.Inject(Ack, 190, 0, Bytes(20, 190));
        bench.Expect(Ack, 0, 210);
        Assert.Equal(Bytes(10, 200), bench.ReadAll());
    }

    [Fact, Trait("RFC", "9293 3.10.7.4 eighth")]
    public void Fin_WhenOutOfOrder_WaitsForTheGap()
    {
        var bench = Accepted();
        bench.Inject(Fin | Ack, 10, 0, Bytes(10, 10));
        bench.Expect(Ack, 0, 0);
        Assert.Equal(TcpState.Established, bench.Socket.State);
        bench.Inject(Ack, 0, 0, Bytes(10));
        bench.Expect(Ack, 0, 21);
        Assert.Equal(TcpState.CloseWait, bench.Socket.State);
        Assert.Equal(Bytes(20), bench.ReadAll());
        Assert.Equal(IoStatus.EndOfStream, bench.ReceiveStatus());
    }

    [Fact]
    public void OutOfOrder_WithMoreHolesThanTheListTakes_StillEndsRight()
    {
        var bench = Accepted();
        for (var i = 199; i > 0; i -= 2) bench.Inject(Ack, i, 0, Bytes(1, (byte)i));
        for (var i = 0; i < 200; i += 2) bench.Inject(Ack, i, 0, Bytes(1, (byte)i));
        for (var i = 0; i < 200; i++) bench.Inject(Ack, i, 0, Bytes(1, (byte)i));
        Assert.Equal(Bytes(200), bench.ReadAll());
    }

    [Theory, Trait("RFC", "9293 3.10.7.4 first")]
    [InlineData(-10, 5)]
    [InlineData(-1, 0)]
    [InlineData(65535, 1)]
    [InlineData(100_000, 0)]
    public void OutsideTheWindow_IsAnsweredWithAnAckAndDropped(long seq, int length)
    {
        var bench = Accepted();
        bench.Inject(Ack, seq, 0, Bytes(length));
        bench.Expect(Ack, 0, 0);
        Assert.Equal(1, bench.Engine.Statistics.OutOfWindow);
        Assert.Equal(0, bench.Socket.GetInfo().OutOfOrderQueue);
    }

    [Fact]
    public void OutsideTheWindow_EmptySegmentsAreNotAnsweredForEver()
    {
        var bench = Accepted();
        for (var i = 0; i < 100; i++) bench.Inject(Ack, -1);
        Assert.Equal(10, bench.Drain().Count);
    }

    [Fact, Trait("RFC", "9293 3.10.7.4 fifth")]
    public void Segment_WithoutAck_IsDropped()
    {
        var bench = Accepted();
        bench.Inject(Psh, 0, 0, Bytes(5));
        bench.Elapse(1000);
        bench.ExpectNothing();
        Assert.Empty(bench.ReadAll());
    }

    [Theory, Trait("RFC", "5961 5.2")]
    [InlineData(1)]
    [InlineData(-70_000)]
    public void Ack_OfWhatWasNeverSentOrLongAgo_IsChallengedAndItsDataDropped(long ack)
    {
        var bench = Accepted();
        bench.Inject(Ack, 0, ack, Bytes(5));
        bench.Expect(Ack, 0, 0);
        Assert.Empty(bench.ReadAll());
        bench.Inject(Ack, 0, -1, Bytes(5));
        Assert.Equal(5, bench.ReadAll().Length);
    }

    [Fact, Trait("RFC", "9293 3.8.6, SHLD-14")]
    public void Window_ShrinksAsDataWaitsAndItsEdgeNeverMovesBack()
    {
        var bench = Accepted(socket: Small(4000));
        bench.Inject(Ack, 0, 0, Bytes(1000));
        bench.Inject(Ack, 1000, 0, Bytes(1000));
        Assert.Equal(2000, bench.Expect(Ack, 0, 2000).Window);
        bench.Inject(Ack, 2000, 0, Bytes(1000));
        bench.Inject(Ack, 3000, 0, Bytes(1000));
        Assert.Equal(0, bench.Expect(Ack, 0, 4000).Window);
        bench.Inject(Ack, 4000, 0, Bytes(1));
        Assert.Equal(0, bench.Expect(Ack, 0, 4000).Window);
        Assert.Equal(4000, bench.Socket.GetInfo().BytesReceived);
    }

    [Fact, Trait("RFC", "9293 MUST-39")]
    public void Window_OpensOnlyByAWorthwhileAmount()
    {
        var bench = Accepted(socket: Small(4000));
        for (var i = 0; i < 4; i++) bench.Inject(Ack, i * 1000, 0, Bytes(1000));
        bench.Drain();
        bench.Read(1000);
        bench.ExpectNothing();
        bench.Inject(Ack, 4000, 0, Bytes(1));
        Assert.Equal(0, bench.Expect(Ack, 0, 4000).Window);
        bench.Read(500);
        Assert.Equal(1500, bench.Expect(Ack, 0, 4000).Window);
        bench.Read(2500);
        Assert.Equal(4000, bench.Expect(Ack, 0, 4000).Window);
    }

    [Fact, Trait("RFC", "9293 MUST-66")]
    public void ZeroWindow_StillTakesAckResetAndUrgent()
    {
        var bench = Accepted(socket: Small(1000));
        bench.Write(10);
        bench.Expect(Ack, 0, 0, 10);
        bench.Inject(Ack, 0, 0, Bytes(1000));
        bench.Elapse(40);
        Assert.Equal(0, bench.Expect(Ack, 10, 1000).Window);
        bench.Inject(Ack | Urg, 1000, 10, Bytes(5), urgent: 3);
        bench.Expect(Ack, 10, 1000);
        Assert.Equal(10, bench.Socket.GetInfo().BytesAcknowledged);
        Assert.Equal(1003, bench.Socket.GetInfo().UrgentMark);
        bench.Inject(Rst, 1000);
        Assert.Equal(TcpState.Closed, bench.Socket.State);
    }

    [Fact, Trait("RFC", "9293 3.4")]
    public void Data_BeyondTheWindow_IsCutAtItsEdge()
    {
        var bench = Accepted(socket: Small(1000));
        bench.Inject(Fin | Ack, 0, 0, Bytes(1500));
        bench.Expect(Ack, 0, 1000);
        Assert.Equal(Bytes(1000), bench.ReadAll());
        Assert.Equal(TcpState.Established, bench.Socket.State);
    }

    [Fact, Trait("RFC", "9293 MUST-30..33, MUST-62")]
    public void Urgent_StaysInLineAndLeavesItsMark()
    {
        var bench = Accepted();
        bench.Inject(Ack | Urg, 0, 0, Bytes(10), urgent: 4);
        Assert.Equal(4, bench.Socket.GetInfo().UrgentMark);
        Assert.Equal(Bytes(10), bench.ReadAll());
    }

    [Fact, Trait("RFC", "6093 4; 9293 MUST-62")]
    public void UrgentPointer_WithoutItsBit_SaysNothing()
    {
        var bench = Accepted();
        bench.Inject(Ack, 0, 0, Bytes(10), urgent: 4);
        Assert.Equal(0, bench.Socket.GetInfo().UrgentMark);
        Assert.Equal(Bytes(10), bench.ReadAll());
    }

    [Fact, Trait("RFC", "6093 3.1, 4; 9293 MUST-30")]
    public void UrgentMark_MovesAheadOnly()
    {
        var bench = Accepted();
        bench.Inject(Ack | Urg, 0, 0, Bytes(10), urgent: 8);
        bench.Inject(Ack | Urg, 10, 0, Bytes(10), urgent: 5);
        Assert.Equal(15, bench.Socket.GetInfo().UrgentMark);
        bench.Inject(Ack | Urg, 20, 0, Bytes(10), urgent: 0);
        bench.Inject(Ack | Urg, 0, 0, Bytes(30), urgent: 8);
        Assert.Equal(15, bench.Socket.GetInfo().UrgentMark);
        Assert.Equal(30, bench.ReadAll().Length);
    }

    [Fact, Trait("RFC", "5681 4.2")]
    public void Segments_DrawAtMostOneAckEach()
    {
        var bench = Accepted();
        foreach (var (at, length) in ((int, int)[])[(0, 1000), (1000, 1000), (3000, 500), (3000, 500), (5000, 1000), (2000, 1000), (0, 6000), (3500, 1500),
            (6000, 1000), (70_000, 10), (7000, 1), (-5, 5)])
        {
            bench.Inject(Ack, at, 0, Bytes(length));
            Assert.InRange(bench.Drain().Count, 0, 1);
        }
        Assert.Equal(7001, bench.Socket.GetInfo().BytesReceived);
    }

    [Fact]
    public void Arm_IsOneShotAndAnswersAtOnceWhenReady()
    {
        var bench = Accepted();
        bench.Socket.Arm(Readiness.Receive);
        bench.Inject(Ack, 0, 0, Bytes(1));
        bench.Inject(Ack, 1, 0, Bytes(1));
        Assert.Equal(["accepted", "ready Receive"], bench.Events.Log);
        bench.Socket.Arm(Readiness.Receive | Readiness.Send);
        Assert.Equal(["accepted", "ready Receive", "ready Receive, Send"], bench.Events.Log);
        Assert.Equal(IoStatus.Done, bench.Socket.TryReceive([], out var none));
        Assert.Equal(0, none);
    }

    [Fact, Trait("RFC", "9293 3.4")]
    public void Numbers_WrapAround()
    {
        var bench = new Bench().Listen();
        bench.InjectRaw(Syn, uint.MaxValue - 10, 0);
        var initial = bench.Next().Seq;
        bench.InjectRaw(Ack, uint.MaxValue - 9, initial + 1);
        for (var i = 0; i < 40; i++) bench.InjectRaw(Ack, (uint)(uint.MaxValue - 9L + i * 3), initial + 1, Bytes(3, (byte)(i * 3)));
        Assert.Equal(Bytes(120), bench.ReadAll());
    }

    private static TcpSocketOptions Small(int size) => new() { ReceiveBufferSize = size, Timestamps = false, WindowScaling = false };
}
