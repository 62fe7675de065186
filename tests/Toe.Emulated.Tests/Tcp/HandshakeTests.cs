using System.Net;
using System.Net.Sockets;
using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>RFC 9293 §3.5, §3.10.1, §3.10.7.1 to §3.10.7.4 up to ESTABLISHED.</summary>
public sealed class HandshakeTests
{
    private static readonly TcpSocketOptions Full = new() { ReceiveBufferSize = 1 << 20 };

    [Theory, InlineData(false), InlineData(true)]
    [Trait("RFC", "9293 MUST-14, MUST-67, SHLD-5; 7323 2.2")]
    public void SynSent_AnnouncesMssScaleAndTimestamps(bool v6)
    {
        var bench = new Bench(socket: Full, v6: v6);
        var syn = bench.Connect();
        Assert.Equal(v6 ? 1440 : 1460, syn.Mss);
        Assert.Equal(5, syn.WindowScale);
        Assert.Equal(0u, syn.Timestamps!.Value.Echo);
        Assert.Equal(65535, syn.Window);
        Assert.InRange(bench.LocalPort, 49152, 65535);
        Assert.Equal(TcpState.SynSent, bench.Socket.State);
    }

    [Theory, InlineData(false), InlineData(true)]
    [Trait("RFC", "9293 3.10.7.3")]
    public void SynSent_WhenSynAckArrives_AcksAndIsEstablished(bool v6)
    {
        var bench = Connected(v6: v6);
        Assert.Equal(["connected"], bench.Events.Log);
        bench.Write(3);
        Assert.Equal(Bytes(3), bench.Expect(Ack, 0, 0, 3).Payload);
    }

    [Fact, Trait("RFC", "9293 3.10.7.3 first")]
    public void SynSent_WhenAckIsNotOfOurSyn_AnswersResetWithItsNumber()
    {
        var bench = new Bench();
        bench.Connect();
        bench.InjectRaw(Syn | Ack, PeerInitial, bench.EngineInitial);
        var reset = bench.Next();
        Assert.True(reset.Is(Rst));
        Assert.Equal(bench.EngineInitial, reset.Seq);
        bench.InjectRaw(Ack, PeerInitial, bench.EngineInitial + 2);
        reset = bench.Next();
        Assert.True(reset.Is(Rst));
        Assert.Equal(bench.EngineInitial + 2, reset.Seq);
        bench.InjectRaw(Rst | Ack, PeerInitial, bench.EngineInitial + 2);
        bench.ExpectNothing();
        Assert.Equal(TcpState.SynSent, bench.Socket.State);
    }

    [Fact, Trait("RFC", "9293 3.10.7.3 second")]
    public void SynSent_WhenResetAcknowledgesTheSyn_IsRefused()
    {
        var bench = new Bench();
        bench.Connect();
        bench.InjectRaw(Rst, PeerInitial, 0);
        Assert.Equal(TcpState.SynSent, bench.Socket.State);
        bench.InjectRaw(Rst | Ack, 0, bench.EngineInitial + 1);
        Assert.Equal(SocketError.ConnectionRefused, bench.Events.Closed);
        Assert.Equal(TcpState.Closed, bench.Socket.State);
        Assert.Null(bench.Engine.NextWakeUp);
        bench.ExpectNothing();
    }

    [Fact, Trait("RFC", "9293 3.10.7.3 fifth")]
    public void SynSent_WhenNeitherSynNorReset_Drops()
    {
        var bench = new Bench();
        bench.Connect();
        bench.InjectRaw(Ack, PeerInitial, bench.EngineInitial + 1);
        bench.InjectRaw(Fin, PeerInitial, 0);
        bench.ExpectNothing();
        Assert.Equal(TcpState.SynSent, bench.Socket.State);
    }

    [Fact, Trait("RFC", "9293 MUST-10, figure 8")]
    public void SynSent_WhenSynArrives_GoesThroughSynReceivedToEstablished()
    {
        var bench = new Bench();
        bench.Connect();
        bench.InjectRaw(Syn, PeerInitial, 0, options: TestSegment.MssOption(1000));
        Assert.Equal(TcpState.SynReceived, bench.Socket.State);
        bench.Expect(Syn | Ack, -1, 0);
        bench.InjectRaw(Syn | Ack, PeerInitial, bench.EngineInitial + 1);
        Assert.Equal(TcpState.Established, bench.Socket.State);
        Assert.True(bench.Events.Connected);
        bench.Drain();
        bench.Inject(Ack, 0, 0, Bytes(5));
        Assert.Equal(Bytes(5), bench.ReadAll());
    }

    [Fact, Trait("RFC", "9293 MUST-10")]
    public void SimultaneousOpen_WhenOnlyAnAckFollows_IsEstablished()
    {
        var bench = new Bench();
        bench.Connect();
        bench.InjectRaw(Syn, PeerInitial, 0);
        bench.Expect(Syn | Ack, -1, 0);
        bench.Inject(Ack);
        Assert.Equal(TcpState.Established, bench.Socket.State);
    }

    [Fact, Trait("RFC", "9293 MUST-11")]
    public void SynReceived_WhenResetArrivesAfterActiveOpen_IsRefused()
    {
        var bench = new Bench();
        bench.Connect();
        bench.InjectRaw(Syn, PeerInitial, 0);
        bench.Expect(Syn | Ack, -1, 0);
        bench.InjectRaw(Rst, PeerInitial + 1, 0);
        Assert.Equal(SocketError.ConnectionRefused, bench.Events.Closed);
    }

    [Fact, Trait("RFC", "9293 MUST-11")]
    public void SynReceived_WhenResetArrivesAfterPassiveOpen_ListensOn()
    {
        var bench = new Bench().Listen(backlog: 1);
        bench.InjectRaw(Syn, PeerInitial, 0);
        bench.Next();
        Assert.Equal(1, bench.Listener.HalfOpen);
        bench.InjectRaw(Rst, PeerInitial + 1, 0);
        Assert.Equal(0, bench.Listener.HalfOpen);
        bench.ExpectNothing();
        bench.InjectRaw(Syn, PeerInitial + 50, 0);
        Assert.Equal(PeerInitial + 51, bench.Next().AckNumber);
    }

    [Fact, Trait("RFC", "9293 3.10.7.4 fourth")]
    public void SynReceived_WhenAnotherSynIsInTheWindow_ListensOn()
    {
        var bench = new Bench().Listen();
        bench.InjectRaw(Syn, PeerInitial, 0);
        bench.Next();
        bench.InjectRaw(Syn, PeerInitial + 10, 0);
        bench.ExpectNothing();
        Assert.Equal(0, bench.Listener.HalfOpen);
    }

    [Fact, Trait("RFC", "9293 3.10.7.4")]
    public void SynReceived_WhenTheSynComesAgain_AnswersItAgain()
    {
        var bench = new Bench().Listen();
        bench.InjectRaw(Syn, PeerInitial, 0);
        var first = bench.Next();
        bench.InjectRaw(Syn, PeerInitial, 0);
        var second = bench.Next();
        Assert.True(second.Is(Syn | Ack));
        Assert.Equal(first.Seq, second.Seq);
    }

    [Fact, Trait("RFC", "9293 3.10.7.4 fifth")]
    public void SynReceived_WhenAckIsWrong_AnswersResetAndStays()
    {
        var bench = new Bench().Listen();
        bench.InjectRaw(Syn, PeerInitial, 0);
        bench.EngineInitial = bench.Next().Seq;
        bench.Inject(Ack, 0, 1);
        bench.Expect(Rst, seq: 1);
        bench.Inject(Ack, 0, -1);
        bench.Expect(Rst, seq: -1);
        bench.Inject(Ack);
        Assert.Equal(TcpState.Established, bench.Socket.State);
        Assert.Equal(["accepted"], bench.Events.Log);
    }

    [Fact, Trait("RFC", "9293 3.10.7.2")]
    public void Listen_IgnoresResetAnswersAckWithResetAndDropsTheRest()
    {
        var bench = new Bench().Listen();
        bench.InjectRaw(Rst, 5, 0);
        bench.InjectRaw(Fin, 5, 0);
        bench.InjectRaw(0, 5, 0, Bytes(3));
        bench.ExpectNothing();
        bench.InjectRaw(Ack, 5, 77);
        var reset = bench.Next();
        Assert.True(reset.Is(Rst));
        Assert.Equal(77u, reset.Seq);
        bench.InjectRaw(Syn | Ack, 5, 78);
        Assert.True(bench.Next().Is(Rst));
        Assert.Equal(0, bench.Admitted);
    }

    [Fact, Trait("RFC", "9293 3.10.7.1")]
    public void Closed_AnswersAsTheTextSays()
    {
        var bench = new Bench();
        bench.InjectRaw(Syn | Fin, 100, 0, Bytes(3));
        var reset = bench.Next();
        Assert.True(reset.Is(Rst | Ack));
        Assert.Equal(0u, reset.Seq);
        Assert.Equal(105u, reset.AckNumber);
        bench.InjectRaw(Ack, 100, 4000);
        reset = bench.Next();
        Assert.True(reset.Is(Rst));
        Assert.Equal(4000u, reset.Seq);
        bench.InjectRaw(Rst, 100, 0);
        bench.InjectRaw(Rst | Ack, 100, 5);
        bench.ExpectNothing();
        Assert.Equal(4, bench.Engine.Statistics.UnknownSegments);
    }

    [Fact]
    public void Closed_WhenConfiguredSilent_SaysNothing()
    {
        var bench = new Bench(new TcpEngineOptions { ResetUnknownSegments = false });
        bench.InjectRaw(Syn, 100, 0);
        bench.ExpectNothing();
    }

    [Theory, Trait("RFC", "9293 MUST-57, MUST-63")]
    [InlineData("255.255.255.255", "10.0.0.1")]
    [InlineData("224.0.0.1", "10.0.0.1")]
    [InlineData("0.0.0.0", "10.0.0.1")]
    [InlineData("10.0.0.2", "224.0.0.5")]
    [InlineData("10.0.0.2", "255.255.255.255")]
    [InlineData("ff02::1", "fd00::1")]
    [InlineData("::", "fd00::1")]
    [InlineData("fd00::2", "ff02::1")]
    public void Listen_WhenAnAddressIsInvalid_IsSilent(string source, string destination)
    {
        var bench = new Bench();
        bench.Engine.Listen(new IPEndPoint(IPAddress.Any, 80), 1, bench.SocketOptions, bench);
        bench.Engine.Listen(new IPEndPoint(IPAddress.IPv6Any, 80), 1, bench.SocketOptions, bench);
        var syn = bench.Packet(Syn, 1, 0) with { Source = IPAddress.Parse(source), Destination = IPAddress.Parse(destination) };
        bench.Engine.Receive(syn.ToPacket(), bench.Now);
        bench.ExpectNothing();
        Assert.Equal(1, bench.Engine.Statistics.InvalidAddress);
    }

    [Fact]
    public void Listen_WhenSynComesFromItself_IsSilent()
    {
        var bench = new Bench().Listen();
        var syn = bench.Packet(Syn, 1, 0) with { Source = bench.Local, SourcePort = 80 };
        bench.Engine.Receive(syn.ToPacket(), bench.Now);
        bench.ExpectNothing();
    }

    [Fact]
    public void Listen_WhenNotAdmitted_LeavesTheSynAlone()
    {
        var bench = new Bench { OnAdmit = _ => false }.Listen();
        bench.InjectRaw(Syn, PeerInitial, 0);
        bench.ExpectNothing();
        Assert.Equal(1, bench.Engine.Statistics.SynsNotAdmitted);
        Assert.Equal(0, bench.Engine.Statistics.Connections);
    }

    [Fact]
    public void Listen_WhenNotAdmittedAndToldSo_Resets()
    {
        var bench = new Bench(socket: new TcpSocketOptions { ResetWhenNotAdmitted = true }) { OnAdmit = _ => false }.Listen();
        bench.InjectRaw(Syn, PeerInitial, 0);
        var reset = bench.Next();
        Assert.True(reset.Is(Rst | Ack));
        Assert.Equal(PeerInitial + 1, reset.AckNumber);
    }

    [Fact]
    public void Listen_WhenBacklogIsFull_DropsSynsUntilThereIsRoom()
    {
        var bench = new Bench(new TcpEngineOptions { SynCookies = false }).Listen(backlog: 2);
        void SynFrom(int port) => bench.Engine.Receive((bench.Packet(Syn, 7, 0) with { SourcePort = port }).ToPacket(), bench.Now);
        SynFrom(1);
        SynFrom(2);
        var first = bench.Next();
        bench.Next();
        SynFrom(3);
        bench.ExpectNothing();
        Assert.Equal(1, bench.Engine.Statistics.SynsDropped);
        bench.Engine.Receive((bench.Packet(Ack, 8, first.Seq + 1) with { SourcePort = 1 }).ToPacket(), bench.Now);
        Assert.Equal(1, bench.Listener.HalfOpen);
        SynFrom(3);
        Assert.True(bench.Next().Is(Syn | Ack));
    }

    [Fact, Trait("RFC", "9293 3.10.7.2")]
    public void Listen_WhenSynCarriesDataAndFin_AcksTheSynAndDeliversLater()
    {
        var bench = new Bench().Listen();
        bench.InjectRaw(Syn | Fin, PeerInitial, 0, Bytes(4));
        var answer = bench.Next();
        Assert.Equal(PeerInitial + 1, answer.AckNumber);
        bench.EngineInitial = answer.Seq;
        bench.Inject(Ack, 5, 0);
        bench.Expect(Ack, 0, 5);
        Assert.Equal(Bytes(4), bench.ReadAll());
        Assert.Equal(IoStatus.EndOfStream, bench.ReceiveStatus());
        Assert.Equal(TcpState.CloseWait, bench.Socket.State);
    }

    [Fact, Trait("RFC", "9293 3.10.7.2")]
    public void Listen_WhenSynCarriesMuchData_KeepsASegmentOfIt()
    {
        var bench = new Bench().Listen();
        bench.InjectRaw(Syn | Fin, PeerInitial, 0, Bytes(8000));
        bench.EngineInitial = bench.Next().Seq;
        bench.Inject(Ack, 8001, 0);
        bench.Elapse(40);
        bench.Expect(Ack, 0, 1460);
        bench.Inject(Fin | Ack, 1460, 0, Bytes(8000)[1460..]);
        bench.Expect(Ack, 0, 8001);
        Assert.Equal(Bytes(8000), bench.ReadAll());
        Assert.Equal(TcpState.CloseWait, bench.Socket.State);
    }

    [Fact, Trait("RFC", "9293 3.10.7.3")]
    public void SynSent_WhenSynAckCarriesData_DeliversIt()
    {
        var bench = new Bench();
        bench.Connect();
        bench.InjectRaw(Syn | Ack, PeerInitial, bench.EngineInitial + 1, Bytes(6));
        bench.Expect(Ack, 0, 6);
        Assert.Equal(Bytes(6), bench.ReadAll());
    }

    [Fact, Trait("RFC", "9293 3.10.2")]
    public void SynSent_WhenDataIsQueued_SendsItBehindTheHandshake()
    {
        var bench = new Bench();
        bench.Connect();
        bench.Write(10);
        bench.Finish();
        bench.ExpectNothing();
        bench.InjectRaw(Syn | Ack, PeerInitial, bench.EngineInitial + 1);
        bench.Expect(Ack | Fin, 0, 0, 10);
        Assert.Equal(TcpState.FinWait1, bench.Socket.State);
    }

    [Fact, Trait("RFC", "9293 MUST-18, MUST-23; 6298 2.1, 5.5")]
    public void SynSent_WhenNothingComesBack_BacksOffAndGivesUpAfterThreeMinutes()
    {
        var bench = new Bench();
        bench.Connect();
        var start = bench.Now;
        var times = new List<double>();
        while (bench.Events.Closed is null)
        {
            bench.Now = bench.Engine.NextWakeUp!.Value;
            bench.Engine.Advance(bench.Now);
            if (bench.Drain() is [var syn])
            {
                Assert.True(syn.Is(Syn));
                times.Add((bench.Now - start).TotalSeconds);
            }
        }
        Assert.Equal([1, 3, 7, 15, 31, 63, 123], times);
        Assert.Equal(180, (bench.Now - start).TotalSeconds);
        Assert.Equal(SocketError.TimedOut, bench.Events.Closed);
    }

    [Fact, Trait("RFC", "9293 MUST-23")]
    public void SynReceived_WhenNothingComesBack_IsForgottenAfterThreeMinutes()
    {
        var bench = new Bench().Listen();
        bench.InjectRaw(Syn, PeerInitial, 0);
        bench.Elapse(179_000);
        Assert.Equal(8, bench.Drain().Count);
        Assert.Equal(1, bench.Listener.HalfOpen);
        bench.Elapse(1_000);
        Assert.Equal(0, bench.Listener.HalfOpen);
        Assert.Equal(0, bench.Engine.Statistics.Connections);
        Assert.Null(bench.Engine.NextWakeUp);
    }

    [Fact, Trait("RFC", "6298 5.7; 5681 3.1")]
    public void Established_WhenTheSynWasRepeated_StartsWithThreeSecondsAndOneSegment()
    {
        var bench = new Bench();
        bench.Connect();
        bench.Elapse(1000);
        bench.Next();
        bench.InjectRaw(Syn | Ack, PeerInitial, bench.EngineInitial + 1, options: TestSegment.MssOption(1000));
        bench.Expect(Ack, 0, 0);
        var info = bench.Socket.GetInfo();
        Assert.Equal(TimeSpan.FromSeconds(3), info.RetransmissionTimeout);
        Assert.Equal(1000, info.CongestionWindow);
    }

    [Fact, Trait("RFC", "6528 3")]
    public void Isn_FollowsTheClockAndDiffersBetweenConnectionsAndSecrets()
    {
        uint Initial(byte secret, int port, double seconds)
        {
            var bench = new Bench(new TcpEngineOptions { Secret = Enumerable.Repeat(secret, 16).ToArray() });
            bench.Now = TimeSpan.FromSeconds(seconds);
            bench.Engine.Connect(new IPEndPoint(bench.Local, port), new IPEndPoint(bench.Peer, 9), bench.SocketOptions, bench.Events);
            bench.Engine.Advance(bench.Now);
            return bench.Next().Seq;
        }
        Assert.Equal(250_000u, Initial(1, 5000, 2) - Initial(1, 5000, 1));
        Assert.NotEqual(Initial(1, 5000, 1), Initial(2, 5000, 1));
        Assert.True(Math.Abs((int)(Initial(1, 5001, 1) - Initial(1, 5000, 1))) > 1000);
    }

    [Fact]
    public void Connect_RefusesWhatCannotBe()
    {
        var bench = new Bench();
        SocketError Try(string local, string remote) => Assert.Throws<SocketException>(() => bench.Engine.Connect(
            IPEndPoint.Parse(local), IPEndPoint.Parse(remote), bench.SocketOptions, bench.Events)).SocketErrorCode;
        Assert.Equal(SocketError.AddressNotAvailable, Try("10.0.0.1:1", "255.255.255.255:1"));
        Assert.Equal(SocketError.AddressNotAvailable, Try("10.0.0.1:1", "224.0.0.1:1"));
        Assert.Equal(SocketError.AddressNotAvailable, Try("0.0.0.0:1", "10.0.0.2:1"));
        Assert.Equal(SocketError.AddressNotAvailable, Try("10.0.0.1:1", "10.0.0.2:0"));
        Assert.Equal(SocketError.AddressFamilyNotSupported, Try("10.0.0.1:1", "[fd00::1]:1"));
        bench.Engine.Connect(IPEndPoint.Parse("10.0.0.1:1"), IPEndPoint.Parse("10.0.0.2:1"), bench.SocketOptions, bench.Events);
        Assert.Equal(SocketError.AddressAlreadyInUse, Try("10.0.0.1:1", "10.0.0.2:1"));
    }

    [Fact]
    public void Listen_RefusesATakenPortAndPrefersTheExactAddress()
    {
        var bench = new Bench().Listen();
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => bench.Listen()).SocketErrorCode);
        var any = bench.Engine.Listen(new IPEndPoint(IPAddress.Any, 80), 1, bench.SocketOptions, bench);
        bench.InjectRaw(Syn, 1, 0);
        Assert.Equal((1, 0), (bench.Listener.HalfOpen, any.HalfOpen));
        var picked = bench.Engine.Listen(new IPEndPoint(IPAddress.Any, 0), 1, bench.SocketOptions, bench);
        Assert.InRange(picked.LocalEndPoint.Port, 49152, 65535);
    }

    [Fact, Trait("RFC", "9293 MUST-41")]
    public void Stop_ResetsHandshakesAndLeavesConnections()
    {
        var bench = Accepted();
        bench.Engine.Receive((bench.Packet(Syn, 9, 0) with { SourcePort = 9 }).ToPacket(), bench.Now);
        bench.Next();
        bench.Listener.Stop();
        Assert.True(bench.Next().Is(Rst | Ack));
        Assert.Equal(TcpState.Established, bench.Socket.State);
        Assert.Equal(1, bench.Engine.Statistics.Connections);
        bench.Engine.Receive((bench.Packet(Syn, 9, 0) with { SourcePort = 10 }).ToPacket(), bench.Now);
        Assert.True(bench.Next().Is(Rst | Ack));
    }

    [Fact, Trait("RFC", "9293 3.10.4")]
    public void SynSent_WhenClosed_IsGoneWithoutAWord()
    {
        var bench = new Bench();
        bench.Connect();
        bench.Close();
        bench.ExpectNothing();
        Assert.Equal(SocketError.OperationAborted, bench.Events.Closed);
        Assert.Equal(0, bench.Engine.Statistics.Connections);
    }

    [Fact, Trait("RFC", "9293 3.10.4")]
    public void SynReceived_WhenClosed_SendsFinAndGoesToFinWait1()
    {
        var bench = new Bench();
        bench.Connect();
        bench.InjectRaw(Syn, PeerInitial, 0);
        bench.Expect(Syn | Ack, -1, 0);
        bench.Finish();
        bench.Expect(Fin | Ack, 0, 0);
        Assert.Equal(TcpState.FinWait1, bench.Socket.State);
        bench.Inject(Ack, 0, 0);
        Assert.Equal(TcpState.FinWait1, bench.Socket.State);
        bench.Inject(Ack, 0, 1);
        Assert.Equal(TcpState.FinWait2, bench.Socket.State);
        Assert.True(bench.Events.Connected);
    }

    [Fact]
    public void Ephemeral_PortsAreDistinctAndRunOut()
    {
        var bench = new Bench(new TcpEngineOptions { FirstEphemeralPort = 50000, LastEphemeralPort = 50003 });
        var ports = Enumerable.Range(0, 4).Select(_ => bench.Engine.Connect(new IPEndPoint(bench.Local, 0), new IPEndPoint(bench.Peer, 1),
            bench.SocketOptions, bench.Events).LocalEndPoint.Port).Order();
        Assert.Equal([50000, 50001, 50002, 50003], ports);
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => bench.Engine.Connect(
            new IPEndPoint(bench.Local, 0), new IPEndPoint(bench.Peer, 1), bench.SocketOptions, bench.Events)).SocketErrorCode);
    }
}
