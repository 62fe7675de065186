using System.Net;
using System.Runtime.Versioning;
using Toe.Emulated.Links;
using Toe.Emulated.Tcp;
using Toe.Testing;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Demands of RFC 9293 that are nobody else's concern.</summary>
public sealed class RequirementTests
{
    [Fact, Trait("RFC", "9293 MUST-1")]
    public void Window_AboveHalfOfItsField_IsNotNegative()
    {
        var bench = Accepted(window: 40_000);
        Assert.Equal(40_000, bench.Socket.GetInfo().SendWindow);
        bench.Write(60_000);
        for (var acknowledged = 0; acknowledged < 40_000; acknowledged += 1000) bench.Inject(Ack, 0, acknowledged, window: (ushort)(40_000 - acknowledged));
        Assert.Equal(40_000, bench.Drain().Sum(segment => segment.Payload.Length));
    }

    [Fact, Trait("RFC", "9293 MUST-4, MUST-64")]
    public void Options_AreReadAtAnyPlaceUpToTheEndOfTheList()
    {
        var bench = Accepted(options: [1, .. TestSegment.MssOption(700), 0, .. TestSegment.MssOption(900)]);
        bench.Write(1000);
        bench.Expect(Ack, 0, 0, 700);
    }

    [Fact, Trait("RFC", "9293 MUST-26")]
    public void KeepAlive_WaitsForSilenceAndForWhatIsInFlight()
    {
        var bench = Accepted(socket: new TcpSocketOptions { KeepAlive = true, KeepAliveTime = TimeSpan.FromMinutes(1), Timestamps = false });
        bench.Elapse(30_000);
        bench.Inject(Ack, 0, 0, Bytes(10));
        bench.Elapse(59_000);
        bench.Expect(Ack, 0, 10);
        bench.ExpectNothing();
        bench.Write(10);
        bench.Elapse(200_000);
        Assert.All(bench.Drain(), static segment => Assert.Equal(10, segment.Payload.Length));
        bench.Inject(Ack, 10, 10);
        bench.Elapse(60_000);
        bench.Expect(Ack, 9, 10);
    }

    [Fact, Trait("RFC", "9293 MUST-27")]
    public void KeepAlive_WithAnotherInterval_ProbesAtThat()
    {
        var bench = Accepted(socket: new TcpSocketOptions
        {
            KeepAlive = true,
            KeepAliveTime = TimeSpan.FromMinutes(1),
            KeepAliveInterval = TimeSpan.FromSeconds(7),
            Timestamps = false,
        });
        bench.Elapse(60_000);
        bench.Expect(Ack, -1, 0);
        bench.Elapse(6_999);
        bench.ExpectNothing();
        bench.Elapse(1);
        bench.Expect(Ack, -1, 0);
    }

    [Fact, Trait("RFC", "9293 MUST-31, MUST-33")]
    public void Urgent_ReachesOverManySegments()
    {
        var bench = Accepted();
        bench.Inject(Ack | Urg, 0, 0, Bytes(1000), urgent: 50_000);
        Assert.Equal(50_000, bench.Socket.GetInfo().UrgentMark);
        for (var seq = 1000; seq < 50_000; seq += 1000) bench.Inject(Ack | Urg, seq, 0, Bytes(1000), urgent: (ushort)(50_000 - seq));
        Assert.Equal(50_000, bench.Socket.GetInfo().UrgentMark);
        Assert.Equal(50_000, bench.ReadAll().Length);
    }

    [Fact, Trait("RFC", "9293 MUST-33")]
    public void Urgent_Left_IsTheMarkLessWhatWasRead()
    {
        var bench = Accepted();
        bench.Inject(Ack, 0, 0, Bytes(100));
        bench.Inject(Ack | Urg, 100, 0, Bytes(10), urgent: 4);
        Assert.Equal(104, Left());
        bench.Read(102);
        Assert.Equal(2, Left());

        long Left()
        {
            var info = bench.Socket.GetInfo();
            return info.UrgentMark - (info.BytesReceived - info.ReceiveQueue);
        }
    }

    [Theory, Trait("RFC", "9293 MUST-37, SHLD-17")]
    [InlineData(0)]
    [InlineData(5000)]
    public void ZeroWindow_WhileItIsAnswered_NeverTimesOut(int inFlight)
    {
        var bench = Accepted();
        if (inFlight > 0) bench.Write(inFlight);
        bench.Inject(Ack, 0, 0, window: 0);
        bench.Write(10);
        var end = bench.Now + TimeSpan.FromHours(1);
        while (bench.Now < end)
        {
            bench.Elapse((bench.Engine.NextWakeUp!.Value - bench.Now).TotalMilliseconds);
            bench.Inject(Ack, 0, 0, window: 0);
        }
        Assert.Null(bench.Events.Closed);
        Assert.InRange(bench.Socket.GetInfo().WindowProbes, 60, 80);
    }

    [Fact, Trait("RFC", "9293 MUST-40")]
    public void Ack_IsNotPutOffByWhatHappensMeanwhile()
    {
        var bench = Accepted();
        bench.Inject(Ack, 0, 0, Bytes(100));
        for (var turn = 0; turn < 3; turn++)
        {
            bench.Elapse(13);
            bench.Inject(Ack, 100, 0, window: (ushort)(60_000 + turn));
        }
        bench.ExpectNothing();
        bench.Elapse(1);
        bench.Expect(Ack, 0, 100);
    }

    [Fact, Trait("RFC", "9293 MUST-42, MUST-41")]
    public void Listen_BesideAnOpenUnderWayOnThePort_DisturbsNeither()
    {
        var bench = new Bench();
        bench.Socket = bench.Engine.Connect(new IPEndPoint(bench.Local, 80), new IPEndPoint(bench.Peer, PeerPort), bench.SocketOptions, bench.Events);
        bench.Engine.Advance(bench.Now);
        bench.EngineInitial = bench.Next().Seq;
        bench.Listen();
        bench.Engine.Receive((bench.Packet(Syn, 5, 0) with { SourcePort = 3 }).ToPacket(), bench.Now);
        var answer = bench.Next();
        Assert.True(answer.Is(Syn | Ack));
        Assert.Equal(3, answer.DestinationPort);
        bench.InjectRaw(Syn | Ack, PeerInitial, bench.EngineInitial + 1);
        Assert.Equal(TcpState.Established, bench.Socket.State);
    }

    [Fact, Trait("RFC", "9293 MUST-43")]
    public void Connect_FromAnAddress_SendsFromIt()
    {
        var bench = new Bench();
        var local = new IPEndPoint(IPAddress.Parse("10.0.0.77"), 1234);
        bench.Engine.Connect(local, new IPEndPoint(bench.Peer, PeerPort), bench.SocketOptions, bench.Events);
        bench.Engine.Advance(bench.Now);
        var syn = bench.Next();
        Assert.Equal(local, new IPEndPoint(syn.Source, syn.SourcePort));
    }

    [Theory, Trait("RFC", "9293 MUST-44")]
    [InlineData("10.77.0.9", "10.77.0.2")]
    [InlineData("10.78.0.9", "10.78.0.2")]
    [InlineData("192.0.2.1", "10.77.0.2")]
    [InlineData("fd77::9", "fd77::2")]
    [SupportedOSPlatform("linux")]
    public void Connect_WithoutAnAddress_TakesTheOneOnThePeersPrefix(string peer, string source)
    {
        Needs.Linux();
        InterfaceAddress[] addresses = [.. new[] { "10.77.0.2/24", "10.78.0.2/24", "fd77::2/64" }.Select(static text => InterfaceAddress.TryParse(text, out var address) ? address : throw new FormatException(text))];
        var network = new TapNetwork(new EmulatedTapOptions("tap0", addresses) { Gateways = [IPAddress.Parse("10.77.0.1")] }, [], [], new(count: 1));
        Assert.Equal(IPAddress.Parse(source), network.SourceFor(IPAddress.Parse(peer)));
    }

    [Fact, Trait("RFC", "9293 MUST-45")]
    public void Listen_OnAnyAddress_AnswersFromTheOneThatWasAsked()
    {
        var bench = new Bench();
        bench.Engine.Listen(new IPEndPoint(IPAddress.Any, 80), 1, bench.SocketOptions, bench);
        var asked = IPAddress.Parse("10.0.0.77");
        bench.Engine.Receive((bench.Packet(Syn, PeerInitial, 0) with { Destination = asked }).ToPacket(), bench.Now);
        var answer = bench.Next();
        Assert.Equal(asked, answer.Source);
        bench.Engine.Receive((bench.Packet(Ack, PeerInitial + 1, answer.Seq + 1) with { Destination = asked }).ToPacket(), bench.Now);
        bench.Write(10);
        Assert.Equal(asked, bench.Next().Source);
    }

    [Fact, Trait("RFC", "9293 MUST-65")]
    public void Mss_IsInNoSegmentBehindTheSyn()
    {
        var bench = Accepted();
        bench.Write(10);
        bench.Inject(Ack, 10, 10, Bytes(10));
        bench.Finish();
        bench.Socket.Abort();
        bench.Engine.Advance(bench.Now);
        var segments = bench.Drain();
        Assert.Equal(4, segments.Count); // Data, a bare ACK, FIN and RST.
        Assert.All(segments, static segment => Assert.Null(segment.Mss));
    }

    [Fact, Trait("RFC", "9293 SHLD-6, MUST-67")]
    public void Mss_FollowsTheMtuAndNotTheOffload()
    {
        var bench = new Bench(new TcpEngineOptions { MaximumTransmissionUnit = 1400, SegmentationLimit = 60_000, ChecksumOffload = true });
        Assert.Equal(1360, bench.Connect().Mss);
    }

    [Fact, Trait("RFC", "9293 MAY-3")]
    public void Mss_IsSentThoughItIsTheDefault() =>
        Assert.Equal(536, new Bench(new TcpEngineOptions { MaximumTransmissionUnit = 576 }).Connect().Mss);

    [Fact, Trait("RFC", "9293 SHLD-22")]
    public void Diffserv_IsOnEverySegment()
    {
        var bench = new Bench(socket: new TcpSocketOptions { TrafficClass = 0xb8, Timestamps = false }).Listen();
        bench.InjectRaw(Syn, PeerInitial, 0);
        var segments = bench.Drain();
        bench.EngineInitial = segments[0].Seq;
        bench.Inject(Ack);
        bench.Write(10);
        bench.Elapse(250); // Sends it again.
        bench.Finish();
        bench.Inject(Fin | Ack, 0, 11);
        Assert.Equal(TcpState.TimeWait, bench.Socket.State);
        bench.Inject(Fin | Ack, 0, 11);
        segments.AddRange(bench.Drain());
        Assert.Equal(6, segments.Count);
        Assert.All(segments, static segment => Assert.Equal(0xb8, segment.TrafficClass));
    }

    [Fact, Trait("RFC", "9293 REC-1")]
    public void Window_OfThirtyBits_IsKept()
    {
        var bench = Accepted(socket: new TcpSocketOptions { Timestamps = false }, options: [.. TestSegment.MssOption(1000), .. TestSegment.ScaleOption(14)]);
        Assert.Equal(65535L << 14, bench.Socket.GetInfo().SendWindow);
    }

    [Fact, Trait("RFC", "9293 MUST-69")]
    public void Options_EndOnAWordAndPadWithZeros()
    {
        var bench = new Bench(socket: new TcpSocketOptions());
        var options = bench.Connect().Options;
        Assert.Equal(0, options.Length % 4);
        var end = 0;
        while (end < options.Length && options[end] != 0) end += options[end] == 1 ? 1 : options[end + 1];
        Assert.All(options[Math.Min(end, options.Length)..], static octet => Assert.Equal(0, octet));
    }

    [Fact, Trait("RFC", "9293 SHLD-2")]
    public void Reset_WithData_Resets()
    {
        var bench = Accepted();
        bench.Inject(Rst | Ack, 0, 0, "no more room"u8.ToArray());
        Assert.Equal(TcpState.Closed, bench.Socket.State);
        Assert.Equal(System.Net.Sockets.SocketError.ConnectionReset, bench.Events.Closed);
    }

    [Fact, Trait("RFC", "9293 SHLD-11, MUST-23")]
    public void TimeOuts_AreByDefaultAsLongAsAsked()
    {
        Assert.True(new TcpSocketOptions().UserTimeout >= TimeSpan.FromSeconds(100));
        Assert.True(new TcpSocketOptions().ConnectTimeout >= TimeSpan.FromMinutes(3));
        Assert.True(new TcpEngineOptions().HalfOpenTimeout >= TimeSpan.FromMinutes(3));
    }

    [Fact, Trait("RFC", "9293 SHLD-27, MUST-61")]
    public void Push_OfSeveralWrites_IsSetOnceBehindThem()
    {
        var bench = Accepted();
        bench.Write(100);
        Assert.True((bench.Next().Flags & Psh) != 0);
        for (var write = 0; write < 19; write++) bench.Socket.TrySend(Bytes(100), out _);
        bench.Engine.Advance(bench.Now);
        bench.Inject(Ack, 0, 1100);
        Assert.Equal([(1000, false), (900, true)], bench.Drain().Select(static segment => (segment.Payload.Length, (segment.Flags & Psh) != 0)));
    }
}
