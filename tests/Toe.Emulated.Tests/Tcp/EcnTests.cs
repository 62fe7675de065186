using System.Net;
using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Explicit congestion notification: RFC 3168 §6.1.</summary>
public sealed class EcnTests
{
    private const byte Ece = 0x40, Cwr = 0x80;
    private const int CapableZero = 2, Experienced = 3;

    [Theory, Trait("RFC", "3168 6.1.1")]
    [InlineData(Ece | Cwr, true)]
    [InlineData(Ece, false)]
    [InlineData(Cwr, false)]
    [InlineData(0, false)]
    public void Listener_AgreesToBothBitsOnly(byte bits, bool agreed)
    {
        var bench = new Bench(socket: Plain()).Listen();
        bench.InjectRaw((byte)(Syn | bits), PeerInitial, 0, options: TestSegment.MssOption(1000));
        var answer = bench.Next();
        Assert.Equal(agreed ? Syn | Ack | Ece : Syn | Ack, answer.Flags);
        Assert.Equal(0, answer.TrafficClass);
        Establish(bench, answer);
        Assert.Equal(agreed, bench.Socket.GetInfo().ExplicitCongestionNotificationEnabled);
        bench.Write(10);
        Assert.Equal(agreed ? CapableZero : 0, bench.Next().TrafficClass);
    }

    [Fact, Trait("RFC", "3168 6.1.1")]
    public void Listener_WhereItIsSwitchedOff_AgreesToNothing()
    {
        var bench = new Bench(socket: new TcpSocketOptions { ExplicitCongestionNotification = false, Timestamps = false }).Listen();
        bench.InjectRaw(Syn | Ece | Cwr, PeerInitial, 0, options: TestSegment.MssOption(1000));
        Assert.Equal(Syn | Ack, bench.Next().Flags);
    }

    [Theory, Trait("RFC", "3168 6.1.1")]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public void Connect_AsksOnlyWhenToldTo(bool request, bool enabled)
    {
        var bench = new Bench(socket: Plain(request, enabled));
        var syn = Connect(bench);
        Assert.Equal(request && enabled ? Syn | Ece | Cwr : Syn, syn.Flags);
        Assert.Equal(0, syn.TrafficClass);
    }

    [Theory, Trait("RFC", "3168 6.1.1")]
    [InlineData(Ece, true)]
    [InlineData(Ece | Cwr, false)]
    [InlineData(Cwr, false)]
    [InlineData(0, false)]
    public void Connect_TakesOnlyEceForAgreement(byte bits, bool agreed)
    {
        var bench = new Bench(socket: Plain(request: true));
        Connect(bench);
        bench.InjectRaw((byte)(Syn | Ack | bits), PeerInitial, bench.EngineInitial + 1, options: TestSegment.MssOption(1000));
        var answer = bench.Expect(Ack, 0, 0);
        Assert.Equal(0, answer.TrafficClass);
        Assert.Equal(agreed, bench.Socket.GetInfo().ExplicitCongestionNotificationEnabled);
        bench.Write(10);
        Assert.Equal(agreed ? CapableZero : 0, bench.Next().TrafficClass);
    }

    [Fact, Trait("RFC", "3168 6.1.1")]
    public void Connect_ThatDidNotAsk_TakesNoAgreement()
    {
        var bench = new Bench(socket: Plain());
        Connect(bench);
        bench.InjectRaw(Syn | Ack | Ece, PeerInitial, bench.EngineInitial + 1, options: TestSegment.MssOption(1000));
        bench.Next();
        bench.Write(10);
        Assert.Equal(0, bench.Next().TrafficClass);
    }

    [Fact, Trait("RFC", "3168 6.1.1, 6.1.1.1")]
    public void Connect_ThatAskedAgainWithoutTheBits_IsNotCapable()
    {
        var bench = new Bench(socket: Plain(request: true));
        Connect(bench);
        bench.Elapse(1000);
        Assert.Equal(Syn, bench.Next().Flags);
        // The answer to the first SYN: a host that has sent a SYN without the bits must not set ECT.
        bench.InjectRaw(Syn | Ack | Ece, PeerInitial, bench.EngineInitial + 1, options: TestSegment.MssOption(1000));
        bench.Next();
        bench.Write(10);
        Assert.Equal(0, bench.Next().TrafficClass);
    }

    [Fact, Trait("RFC", "3168 6.1.1, 6.1.1.1")]
    public void Listener_ThatAnsweredAgainWithoutTheBit_IsNotCapable()
    {
        var bench = new Bench(socket: Plain()).Listen();
        bench.InjectRaw(Syn | Ece | Cwr, PeerInitial, 0, options: TestSegment.MssOption(1000));
        bench.Next();
        bench.Elapse(1000);
        var again = bench.Next();
        var mayBeCapable = (again.Flags & Ece) != 0;
        Establish(bench, again);
        bench.Write(10);
        Assert.Equal(mayBeCapable ? CapableZero : 0, bench.Next().TrafficClass);
    }

    [Fact, Trait("RFC", "3168 6.1.1")]
    public void Listener_WhosePeerAsksAgainWithoutTheBits_IsNotCapable()
    {
        var bench = new Bench(socket: Plain()).Listen();
        bench.InjectRaw(Syn | Ece | Cwr, PeerInitial, 0, options: TestSegment.MssOption(1000));
        bench.Next();
        bench.InjectRaw(Syn, PeerInitial, 0, options: TestSegment.MssOption(1000));
        var again = bench.Next();
        Assert.Equal(Syn | Ack, again.Flags);
        Establish(bench, again);
        bench.Write(10);
        Assert.Equal(0, bench.Next().TrafficClass);
    }

    [Theory, Trait("RFC", "3168 5, 6.1.2, 6.1.4, 6.1.5")]
    [InlineData(false)]
    [InlineData(true)]
    public void OnlyNewData_IsCapable(bool v6)
    {
        var bench = Capable(v6: v6);
        bench.Write(2000);
        Assert.All(bench.Drain(), segment => Assert.Equal(CapableZero, segment.TrafficClass));
        bench.Elapse(2000);
        var again = bench.Drain();
        Assert.NotEmpty(again);
        Assert.All(again, segment => Assert.Equal(0, segment.TrafficClass));
        bench.Inject(Ack, 0, 2000);
        bench.Inject(Ack, 0, 2000, Bytes(1000));
        bench.Inject(Ack, 1000, 2000, Bytes(1000));
        Assert.Equal(0, bench.Expect(Ack, 2000, 2000).TrafficClass);
        bench.Finish();
        Assert.Equal(0, bench.Expect(Ack | Fin, 2000, 2000).TrafficClass);
    }

    [Fact, Trait("RFC", "3168 6.1.6")]
    public void WindowProbe_IsNotCapable()
    {
        var bench = Capable(window: 0);
        bench.Write(10);
        bench.Elapse(400);
        Assert.Equal(0, bench.Expect(Ack, 0, 0, 1).TrafficClass);
    }

    [Fact, Trait("RFC", "3168 6.1.5; 8985 7.3")]
    public void TailProbe_ThatIsARetransmission_IsNotCapable()
    {
        var bench = Capable(permitted: true);
        bench.Write(3000);
        bench.Drain();
        bench.Elapse(210);
        Assert.Equal(0, bench.Expect(Ack, 2000, 0, 1000).TrafficClass);
        Assert.Equal(1, bench.Socket.GetInfo().TailLossProbes);
    }

    [Fact, Trait("RFC", "3168 6.1.5")]
    public void FastRetransmit_IsNotCapable()
    {
        var bench = Capable(permitted: true);
        bench.Write(3000);
        bench.Drain();
        bench.Elapse(150);
        bench.InjectSack(0, (1000, 3000));
        bench.Elapse(60);
        Assert.Equal(0, bench.Expect(Ack, 0, 0, 1000).TrafficClass);
    }

    [Fact, Trait("RFC", "3168 6.1.4")]
    public void ChallengeAndReset_AreNotCapable()
    {
        var bench = Capable();
        bench.Inject(Rst, 5);
        Assert.Equal(0, bench.Expect(Ack, 0, 0).TrafficClass);
        bench.Socket.Abort();
        bench.Engine.Advance(bench.Now);
        Assert.Equal(0, bench.Expect(Rst | Ack, 0, 0).TrafficClass);
    }

    [Fact, Trait("RFC", "3168 23; 9293 MUST-48")]
    public void DiffservBits_StayBesideTheCodepoint()
    {
        var bench = Capable(trafficClass: 0xb9);
        bench.Write(10);
        Assert.Equal(0xb8 | CapableZero, bench.Next().TrafficClass);
    }

    [Theory, Trait("RFC", "3168 6.1.3")]
    [InlineData(false)]
    [InlineData(true)]
    public void Mark_IsEchoedUntilTheWindowWasReduced(bool v6)
    {
        var bench = Capable(v6: v6);
        Marked(bench, 0);
        Assert.Equal(Ack | Ece, Answer(bench).Flags);
        bench.Inject(Ack, 100, 0, Bytes(100));
        Assert.Equal(Ack | Ece, Answer(bench).Flags);
        bench.Write(10);
        Assert.Equal(Ack | Psh | Ece, bench.Next().Flags);
        bench.Inject(Ack | Cwr, 200, 10, Bytes(100));
        Assert.Equal(Ack, Answer(bench).Flags);
        bench.Inject(Ack, 300, 10, Bytes(100));
        Assert.Equal(Ack, Answer(bench).Flags);
    }

    [Fact, Trait("RFC", "3168 6.1.3")]
    public void MarkOnTheSegmentThatSaysReduced_IsEchoedAnew()
    {
        var bench = Capable();
        Marked(bench, 0);
        Answer(bench);
        Marked(bench, 100, Ack | Cwr);
        Assert.Equal(Ack | Ece, Answer(bench).Flags);
        bench.Inject(Ack, 200, 0, Bytes(100));
        Assert.Equal(Ack | Ece, Answer(bench).Flags);
    }

    [Fact, Trait("RFC", "3168 6.1.3")]
    public void MarkOnOneOfTwoSegments_IsInTheirDelayedAck()
    {
        var bench = Capable();
        bench.Inject(Ack, 0, 0, Bytes(100));
        Marked(bench, 100);
        Assert.Equal(Ack | Ece, bench.Expect(Ack | Ece, 0, 200).Flags);
    }

    [Fact, Trait("RFC", "3168 6.1.5")]
    public void MarkOutsideTheWindow_IsIgnored()
    {
        var bench = Capable();
        bench.Inject(Ack, 0, 0, Bytes(100));
        bench.Elapse(100);
        bench.Drain();
        Marked(bench, 200_000);
        Assert.Equal(Ack, Answer(bench).Flags);
        Marked(bench, 0);
        Assert.Equal(Ack, Answer(bench).Flags);
    }

    [Fact, Trait("RFC", "3168 6.1.1")]
    public void Mark_WithoutAgreement_IsIgnored()
    {
        var bench = Bench.Accepted();
        Marked(bench, 0);
        bench.Elapse(500);
        Assert.Equal(Ack, bench.Next().Flags);
        bench.Write(10_000);
        bench.Drain();
        bench.Inject(Ack | Ece, 100, 1000);
        Assert.Equal(long.MaxValue, bench.Socket.GetInfo().SlowStartThreshold);
    }

    [Theory, Trait("RFC", "3168 6.1.2; 9438 4.6")]
    [InlineData(TcpCongestionControl.Reno, 5000)]
    [InlineData(TcpCongestionControl.Cubic, 7000)]
    public void Echo_ReducesTheWindowAsALossWouldAndSaysSoOnce(TcpCongestionControl algorithm, int threshold)
    {
        var bench = Capable(algorithm: algorithm);
        bench.Write(30_000);
        bench.Drain();
        bench.Inject(Ack | Ece, 0, 1000);
        var info = bench.Socket.GetInfo();
        Assert.InRange(info.SlowStartThreshold, threshold - 1000, threshold);
        Assert.Equal(info.SlowStartThreshold, info.CongestionWindow);
        Assert.Equal((0, 0), (info.Retransmits, info.FastRecoveries));
        bench.ExpectNothing();
        bench.Inject(Ack, 0, 8000);
        var sent = bench.Drain();
        Assert.Equal(Cwr, sent[0].Flags & Cwr);
        Assert.All(sent.Skip(1), segment => Assert.Equal(0, segment.Flags & Cwr));
        Assert.All(sent, segment => Assert.Equal(CapableZero, segment.TrafficClass));
    }

    [Fact, Trait("RFC", "3168 6.1.2")]
    public void EchoesOfOneWindow_ReduceOnce()
    {
        var bench = Capable();
        bench.Write(40_000);
        bench.Drain();
        bench.Inject(Ack | Ece, 0, 1000);
        var threshold = bench.Socket.GetInfo().SlowStartThreshold;
        for (var i = 2; i < 10; i++) bench.Inject(Ack | Ece, 0, i * 1000);
        Assert.Equal(threshold, bench.Socket.GetInfo().SlowStartThreshold);
        bench.Inject(Ack, 0, 11_000);
        bench.Drain();
        bench.Inject(Ack | Ece, 0, 13_000);
        Assert.NotEqual(threshold, bench.Socket.GetInfo().SlowStartThreshold);
    }

    [Fact, Trait("RFC", "3168 6.1.2")]
    public void EchoInFastRecovery_ReducesNothingMore()
    {
        var bench = Capable();
        bench.Write(30_000);
        bench.Drain();
        for (var i = 0; i < 3; i++) bench.Inject(Ack);
        var threshold = bench.Socket.GetInfo().SlowStartThreshold;
        for (var i = 0; i < 3; i++) bench.Inject(Ack | Ece, 0, 2000 + i * 1000);
        Assert.Equal(threshold, bench.Socket.GetInfo().SlowStartThreshold);
    }

    [Fact, Trait("RFC", "3168 6.1.2")]
    public void FastRetransmit_IsAnnouncedOnTheNextNewSegment()
    {
        var bench = Capable();
        bench.Write(30_000);
        bench.Drain();
        for (var i = 0; i < 2; i++) bench.Inject(Ack);
        bench.Drain();
        for (var i = 0; i < 5; i++) bench.Inject(Ack);
        var sent = bench.Drain();
        Assert.Equal(0, sent[0].Flags & Cwr);
        Assert.Equal(bench.EngineInitial + 1, sent[0].Seq);
        Assert.Equal(Cwr, sent[1].Flags & Cwr);
        Assert.All(sent.Skip(2), segment => Assert.Equal(0, segment.Flags & Cwr));
    }

    [Fact, Trait("RFC", "3168 6.1.2")]
    public void TimeOut_IsAnnouncedOnTheNextNewSegment()
    {
        var bench = Capable();
        bench.Write(20_000);
        bench.Drain();
        bench.Elapse(300);
        Assert.Equal(0, bench.Expect(Ack, 0, 0, 1000).Flags & Cwr);
        bench.Inject(Ack, 0, 10_000);
        var sent = bench.Drain();
        Assert.Equal(bench.EngineInitial + 1 + 10_000, sent[0].Seq);
        Assert.Equal(Cwr, sent[0].Flags & Cwr);
    }

    [Fact, Trait("RFC", "3168 6.1.2")]
    public void Echo_WithNothingInFlight_LeavesAWindow()
    {
        var bench = Capable();
        for (var i = 0; i < 5; i++) bench.Inject(Ack | Ece);
        bench.Write(2000);
        Assert.Equal(2, bench.Drain().Count);
    }

    [Fact, Trait("RFC", "3168 6.1.2")]
    public void Echo_DoesNotOpenTheWindow()
    {
        var bench = Capable();
        bench.Write(40_000);
        bench.Drain();
        bench.Inject(Ack | Ece, 0, 1000);
        var window = bench.Socket.GetInfo().CongestionWindow;
        Assert.Equal(4500, window);
        for (var i = 2; i < 10; i++) bench.Inject(Ack | Ece, 0, i * 1000);
        Assert.Equal(window, bench.Socket.GetInfo().CongestionWindow);
    }

    [Fact, Trait("RFC", "3168 6.1.2")]
    public void Echo_WhereTheWindowIsASegment_LeavesIt()
    {
        var bench = Capable(engine: new TcpEngineOptions { InitialWindowSegments = 1 });
        bench.Write(5000);
        Assert.Single(bench.Drain());
        bench.Inject(Ack | Ece, 0, 1000);
        Assert.InRange(bench.Socket.GetInfo().CongestionWindow, 1, 1000);
    }

    [Fact, Trait("RFC", "3168 6.1.2")]
    public void Echo_InSlowStartBehindATimeOut_DoesNotOpenTheWindow()
    {
        var bench = Capable();
        bench.Write(40_000);
        bench.Drain();
        bench.Elapse(300);
        bench.Drain();
        Assert.Equal(1000, bench.Socket.GetInfo().CongestionWindow);
        bench.Inject(Ack | Ece, 0, 1000);
        Assert.Equal(1000, bench.Socket.GetInfo().CongestionWindow);
    }

    private static TcpSocketOptions Plain(bool request = false, bool enabled = true) => new()
    {
        Timestamps = false,
        WindowScaling = false,
        ExplicitCongestionNotification = enabled,
        RequestExplicitCongestionNotification = request,
    };

    private static Bench Capable(bool v6 = false, ushort window = 65535, bool permitted = false, byte trafficClass = 0,
        TcpCongestionControl algorithm = TcpCongestionControl.Reno, TcpEngineOptions? engine = null)
    {
        var socket = Plain();
        (socket.TrafficClass, socket.CongestionControl) = (trafficClass, algorithm);
        var bench = new Bench(engine, socket, v6) { PeerWindow = window }.Listen();
        bench.InjectRaw(Syn | Ece | Cwr, PeerInitial, 0, options: [.. TestSegment.MssOption(1000), .. permitted ? Sacks.Permitted : []]);
        var answer = bench.Next();
        bench.Elapse(100);
        Establish(bench, answer);
        return bench;
    }

    private static TestSegment Connect(Bench bench)
    {
        bench.Socket = bench.Engine.Connect(new IPEndPoint(bench.Local, 0), new IPEndPoint(bench.Peer, PeerPort), bench.SocketOptions, bench.Events);
        bench.LocalPort = bench.Socket.LocalEndPoint.Port;
        bench.Engine.Advance(bench.Now);
        var syn = bench.Next();
        bench.EngineInitial = syn.Seq;
        return syn;
    }

    private static void Establish(Bench bench, TestSegment answer)
    {
        bench.EngineInitial = answer.Seq;
        bench.Inject(Ack);
        bench.ExpectNothing();
        Assert.Equal(TcpState.Established, bench.Socket.State);
    }

    private static void Marked(Bench bench, long seq, byte flags = Ack)
    {
        var segment = bench.Packet(flags, (uint)(PeerInitial + 1 + seq), bench.EngineInitial + 1, Bytes(100));
        bench.Engine.Receive((segment with { TrafficClass = Experienced }).ToPacket(), bench.Now);
    }

    private static TestSegment Answer(Bench bench)
    {
        bench.Elapse(100);
        var answer = bench.Next();
        bench.ExpectNothing();
        return answer;
    }
}
