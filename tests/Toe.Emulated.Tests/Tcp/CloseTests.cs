using System.Net.Sockets;
using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>FIN, RST, CLOSE, ABORT, TIME-WAIT: RFC 9293 §3.6, §3.10.4, §3.10.5, §3.10.7.4; RFC 5961, 6191, 1337.</summary>
public sealed class CloseTests
{
    [Fact, Trait("RFC", "9293 3.10.7.4 eighth")]
    public void Established_WhenFinArrives_AcksAndMovesToCloseWait()
    {
        var bench = Accepted();
        bench.Socket.Arm(Readiness.Receive);
        bench.Inject(Fin | Ack);
        bench.Expect(Ack, 0, 1);
        Assert.Equal(TcpState.CloseWait, bench.Socket.State);
        Assert.Equal(["accepted", "ready Receive"], bench.Events.Log);
        Assert.Equal(IoStatus.EndOfStream, bench.ReceiveStatus());
        bench.Write(5);
        bench.Expect(Ack, 0, 1, 5);
        bench.Finish();
        bench.Expect(Fin | Ack, 5, 1);
        Assert.Equal(TcpState.LastAck, bench.Socket.State);
        bench.Inject(Ack, 1, 6);
        Assert.Equal(TcpState.Closed, bench.Socket.State);
        Assert.Equal(SocketError.Success, bench.Events.Closed);
        Assert.Equal(0, bench.Engine.Statistics.Connections);
        Assert.Null(bench.Engine.NextWakeUp);
    }

    [Fact, Trait("RFC", "9293 MUST-12, MUST-13")]
    public void Established_WhenClosedFirst_GoesThroughFinWaitToTimeWaitForTwoMsl()
    {
        var bench = Accepted();
        bench.Finish();
        bench.Expect(Fin | Ack, 0, 0);
        Assert.Equal(TcpState.FinWait1, bench.Socket.State);
        bench.Inject(Ack, 0, 1);
        Assert.Equal(TcpState.FinWait2, bench.Socket.State);
        bench.Inject(Ack | Psh, 0, 1, Bytes(7));
        bench.Elapse(40);
        bench.Expect(Ack, 1, 7);
        Assert.Equal(7, bench.ReadAll().Length);
        bench.Inject(Fin | Ack, 7, 1);
        bench.Expect(Ack, 1, 8);
        Assert.Equal(TcpState.TimeWait, bench.Socket.State);
        Assert.Equal(SocketError.Success, bench.Events.Closed);
        Assert.Equal(IoStatus.EndOfStream, bench.ReceiveStatus());
        Assert.Equal(1, bench.Engine.Statistics.TimeWait);
        Assert.Equal(bench.Now + TimeSpan.FromSeconds(60), bench.Engine.NextWakeUp);
        bench.Elapse(60_000);
        Assert.Equal(0, bench.Engine.Statistics.TimeWait);
        bench.Inject(Ack, 8, 1);
        bench.Expect(Rst, 1);
    }

    [Fact, Trait("RFC", "9293 figure 13")]
    public void FinWait1_WhenFinArrivesBeforeOurAck_GoesThroughClosing()
    {
        var bench = Accepted();
        bench.Finish();
        bench.Expect(Fin | Ack, 0, 0);
        bench.Inject(Fin | Ack, 0, 0);
        bench.Expect(Ack, 1, 1);
        Assert.Equal(TcpState.Closing, bench.Socket.State);
        bench.Inject(Ack, 1, 1);
        Assert.Equal(TcpState.TimeWait, bench.Socket.State);
    }

    [Fact, Trait("RFC", "9293 3.10.7.4 eighth")]
    public void FinWait1_WhenFinAcksOurs_GoesStraightToTimeWait()
    {
        var bench = Accepted();
        bench.Finish();
        bench.Expect(Fin | Ack, 0, 0);
        bench.Inject(Fin | Ack, 0, 1);
        bench.Expect(Ack, 1, 1);
        Assert.Equal(TcpState.TimeWait, bench.Socket.State);
    }

    [Fact, Trait("RFC", "9293 3.10.7.4; 6298 5")]
    public void FinWait1_WhenFinIsLost_SendsItAgain()
    {
        var bench = Accepted();
        bench.Finish();
        bench.Expect(Fin | Ack, 0, 0);
        bench.Elapse(200);
        bench.Expect(Fin | Ack, 0, 0);
        bench.Elapse(400);
        bench.Expect(Fin | Ack, 0, 0);
    }

    [Fact, Trait("RFC", "9293 3.10.7.4 eighth")]
    public void TimeWait_WhenFinComesAgain_AcksAndStartsOver()
    {
        var bench = TimeWait();
        bench.Elapse(50_000);
        bench.Inject(Fin | Ack, 0, 1);
        bench.Expect(Ack, 1, 1);
        bench.Elapse(50_000);
        Assert.Equal(1, bench.Engine.Statistics.TimeWait);
        bench.Elapse(10_000);
        Assert.Equal(0, bench.Engine.Statistics.TimeWait);
    }

    [Fact, Trait("RFC", "1337 F1")]
    public void TimeWait_WhenResetArrives_Stays()
    {
        var bench = TimeWait();
        bench.Inject(Rst, 1);
        bench.Inject(Rst, 500);
        bench.Inject(Rst | Ack, 1, 1);
        bench.ExpectNothing();
        Assert.Equal(1, bench.Engine.Statistics.TimeWait);
    }

    [Fact, Trait("RFC", "9293 MAY-2; 6191")]
    public void TimeWait_WhenANewerSynArrives_OpensAgainBeyondTheOldNumbers()
    {
        var bench = TimeWait();
        bench.Inject(Syn, 0);
        bench.Expect(Ack, 1, 1);
        bench.Inject(Syn, 100);
        var answer = bench.Next();
        Assert.True(answer.Is(Syn | Ack));
        Assert.True((int)(answer.Seq - bench.EngineInitial) > 1);
        Assert.Equal(0, bench.Engine.Statistics.TimeWait);
    }

    [Fact, Trait("RFC", "6191 2")]
    public void TimeWait_WhenTimestampIsNewer_OpensAgainWhateverTheNumber()
    {
        var bench = Accepted(socket: new TcpSocketOptions(), options: TestSegment.TimestampOption(500, 0),
            each: () => TestSegment.TimestampOption(500, 0));
        bench.Finish();
        bench.Next();
        bench.Inject(Fin | Ack, 0, 1);
        bench.Expect(Ack, 1, 1);
        bench.Inject(Syn, -5000, options: TestSegment.TimestampOption(500, 0));
        bench.Expect(Ack, 1, 1);
        bench.Inject(Syn, -5000, options: TestSegment.TimestampOption(501, 0));
        Assert.True(bench.Next().Is(Syn | Ack));
    }

    [Fact, Trait("RFC", "9293 3.10.7.4 fifth")]
    public void TimeWait_WhenTheAckBitIsMissing_Drops()
    {
        var bench = Bench.Accepted();
        bench.Finish();
        bench.Expect(Bench.Fin | Bench.Ack, seq: 0, ack: 0);
        bench.Inject(Bench.Fin | Bench.Ack, seq: 0, ack: 1);
        bench.Expect(Bench.Ack, seq: 1, ack: 1);
        bench.Inject(0, seq: 1, payload: Bench.Bytes(10));
        bench.ExpectNothing();
    }

    [Fact, Trait("RFC", "9293 3.10.7.4 first")]
    public void TimeWait_WhenOldDataArrives_AcksIt()
    {
        var bench = TimeWait();
        bench.Inject(Ack, -5, 1, Bytes(5));
        bench.Expect(Ack, 1, 1);
        bench.Inject(Ack, 1, 1);
        bench.ExpectNothing();
    }

    [Fact]
    public void TimeWait_WhenTooMany_TheOldestGoes()
    {
        var bench = new Bench(new TcpEngineOptions { MaximumTimeWait = 2 }).Listen();
        for (var port = 1; port <= 3; port++)
        {
            bench.Engine.Receive((bench.Packet(Syn, 1, 0) with { SourcePort = port }).ToPacket(), bench.Now);
            var answer = bench.Next();
            bench.Engine.Receive((bench.Packet(Ack, 2, answer.Seq + 1) with { SourcePort = port }).ToPacket(), bench.Now);
            bench.Finish();
            bench.Next();
            bench.Engine.Receive((bench.Packet(Fin | Ack, 2, answer.Seq + 2) with { SourcePort = port }).ToPacket(), bench.Now);
            bench.Next();
            bench.Events = new RecordingEvents();
        }
        Assert.Equal(2, bench.Engine.Statistics.TimeWait);
    }

    [Fact, Trait("RFC", "9293 SHLD-3; 2525 2.17")]
    public void Close_WhenDataIsUnread_Resets()
    {
        var bench = Accepted();
        bench.Inject(Ack, 0, 0, Bytes(10));
        bench.Close();
        bench.Expect(Rst | Ack, 0, 10);
        Assert.Equal(TcpState.Closed, bench.Socket.State);
        Assert.Equal(SocketError.Success, bench.Events.Closed);
    }

    [Fact, Trait("RFC", "9293 SHLD-3; 1122 4.2.2.13")]
    public void Close_WhenDataArrivesLater_Resets()
    {
        var bench = Accepted();
        bench.Close();
        bench.Expect(Fin | Ack, 0, 0);
        bench.Inject(Ack, 0, 1);
        Assert.Equal(TcpState.FinWait2, bench.Socket.State);
        bench.Inject(Ack, 0, 1, Bytes(1));
        bench.Expect(Rst | Ack, 1);
        Assert.Equal(TcpState.Closed, bench.Socket.State);
    }

    [Fact]
    public void Close_WhenThePeerNeverFinishes_LeavesFinWait2AfterAWhile()
    {
        var bench = Accepted();
        bench.Close();
        bench.Next();
        bench.Inject(Ack, 0, 1);
        bench.Elapse(59_999);
        Assert.Equal(TcpState.FinWait2, bench.Socket.State);
        bench.Elapse(1);
        Assert.Equal(TcpState.Closed, bench.Socket.State);
    }

    [Fact]
    public void HalfClose_WhenThePeerNeverFinishes_StaysOpen()
    {
        var bench = Accepted();
        bench.Finish();
        bench.Next();
        bench.Inject(Ack, 0, 1);
        bench.Elapse(3_600_000);
        Assert.Equal(TcpState.FinWait2, bench.Socket.State);
    }

    [Fact]
    public void Close_SendsWhatWasWrittenBeforeTheFin()
    {
        var bench = Accepted();
        bench.Socket.TrySend(Bytes(1500), out _);
        bench.Close();
        bench.Expect(Ack, 0, 0, 1000);
        bench.Expect(Fin | Ack, 1000, 0, 500);
        Assert.Equal(IoStatus.Failed, bench.Socket.TrySend(Bytes(1), out _));
        Assert.Equal(IoStatus.Failed, bench.ReceiveStatus());
    }

    [Theory, Trait("RFC", "9293 3.10.5")]
    [InlineData(TcpState.Established, true)]
    [InlineData(TcpState.FinWait1, true)]
    [InlineData(TcpState.FinWait2, true)]
    [InlineData(TcpState.CloseWait, true)]
    [InlineData(TcpState.Closing, false)]
    [InlineData(TcpState.LastAck, false)]
    public void Abort_SendsResetWhereThePeerStillBelieves(TcpState state, bool resets)
    {
        var bench = In(state);
        var log = bench.Events.Log.Count;
        var next = bench.Socket.GetInfo();
        bench.Socket.Abort();
        bench.Engine.Advance(bench.Now);
        if (resets) Assert.True(bench.Next().Is(Rst | Ack));
        bench.ExpectNothing();
        Assert.Equal(state, next.State);
        Assert.Equal(TcpState.Closed, bench.Socket.State);
        Assert.Equal(log, bench.Events.Log.Count);
        bench.Socket.Abort();
        bench.Engine.Advance(bench.Now);
        bench.ExpectNothing();
    }

    [Theory, Trait("RFC", "5961 3.2; 9293 3.10.7.4 second")]
    [InlineData(TcpState.Established, SocketError.ConnectionReset)]
    [InlineData(TcpState.FinWait1, SocketError.ConnectionReset)]
    [InlineData(TcpState.FinWait2, SocketError.ConnectionReset)]
    [InlineData(TcpState.CloseWait, SocketError.ConnectionReset)]
    [InlineData(TcpState.Closing, SocketError.Success)]
    [InlineData(TcpState.LastAck, SocketError.Success)]
    public void AnyState_WhenResetArrives_OnlyTheExactNumberCounts(TcpState state, SocketError error)
    {
        var bench = In(state);
        var next = state is TcpState.CloseWait or TcpState.Closing or TcpState.LastAck ? 1 : 0;
        bench.Inject(Rst, next - 1);
        bench.Inject(Rst, next + 70_000);
        bench.ExpectNothing();
        bench.Inject(Rst, next + 1);
        bench.Expect(Ack, ack: next);
        Assert.Equal(state, bench.Socket.State);
        bench.Inject(Rst, next);
        bench.ExpectNothing();
        Assert.Equal(TcpState.Closed, bench.Socket.State);
        Assert.Equal(error, bench.Events.Closed);
        Assert.Equal(0, bench.Engine.Statistics.Connections);
    }

    [Theory, Trait("RFC", "5961 4.2; 9293 3.10.7.4 fourth")]
    [InlineData(TcpState.Established)]
    [InlineData(TcpState.FinWait1)]
    [InlineData(TcpState.FinWait2)]
    [InlineData(TcpState.CloseWait)]
    [InlineData(TcpState.Closing)]
    [InlineData(TcpState.LastAck)]
    public void AnyState_WhenSynArrives_IsChallengedWhereverItLies(TcpState state)
    {
        var bench = In(state);
        foreach (var seq in (long[])[-1, 0, 1, 5, 100_000])
        {
            bench.Inject(Syn, seq);
            Assert.True(bench.Next().Is(Ack));
            bench.Inject(Syn | Ack, seq);
            Assert.True(bench.Next().Is(Ack));
            Assert.Equal(state, bench.Socket.State);
        }
    }

    [Fact, Trait("RFC", "5961 7")]
    public void Established_ChallengesAreLimitedPerConnection()
    {
        var bench = Accepted();
        for (var i = 0; i < 100; i++) bench.Inject(Rst, 5);
        Assert.Equal(10, bench.Drain().Count);
        Assert.Equal(90, bench.Engine.Statistics.ChallengeAcksLimited);
        bench.Elapse(5000);
        bench.Inject(Rst, 5);
        bench.Expect(Ack, 0, 0);
    }

    [Fact, Trait("RFC", "9293 MUST-12")]
    public void Reset_WhenDataIsUnread_LeavesItReadable()
    {
        var bench = Accepted();
        bench.Inject(Ack, 0, 0, Bytes(10));
        bench.Inject(Rst, 10);
        Assert.Equal(Bytes(10), bench.ReadAll());
        Assert.Equal(IoStatus.Reset, bench.ReceiveStatus());
        Assert.Equal(IoStatus.Reset, bench.Socket.TrySend(Bytes(1), out _));
    }

    [Fact]
    public void Reset_TellsClosedFirstAndThenTheArmedDirections()
    {
        var bench = Accepted();
        bench.Socket.Arm(Readiness.Receive);
        bench.Inject(Rst, 0);
        Assert.Equal(["accepted", "closed ConnectionReset", "ready Receive"], bench.Events.Log);
    }

    [Theory, Trait("RFC", "9293 3.10.7.4 seventh")]
    [InlineData(TcpState.CloseWait)]
    [InlineData(TcpState.Closing)]
    [InlineData(TcpState.LastAck)]
    public void AfterThePeersFin_TextIsIgnored(TcpState state)
    {
        var bench = In(state);
        bench.Inject(Ack, 1, 0, Bytes(5));
        Assert.Equal(state, bench.Socket.State);
        Assert.Equal(0, bench.Socket.GetInfo().BytesReceived);
    }

    [Fact, Trait("RFC", "9293 3.10.7.4 eighth")]
    public void CloseWait_WhenFinComesAgain_AcksIt()
    {
        var bench = In(TcpState.CloseWait);
        bench.Inject(Fin | Ack, 0, 0);
        bench.Expect(Ack, 0, 1);
        Assert.Equal(TcpState.CloseWait, bench.Socket.State);
    }

    [Fact]
    public void Handler_WhenItThrows_CostsItsConnectionOnly()
    {
        var bench = Accepted();
        bench.Events.Then = what => { if (what.StartsWith("ready", StringComparison.Ordinal)) throw new InvalidOperationException(what); };
        bench.Socket.Arm(Readiness.Receive);
        bench.Inject(Ack, 0, 0, Bytes(1));
        Assert.True(bench.Next().Is(Rst | Ack));
        Assert.Equal(SocketError.ConnectionAborted, bench.Events.Closed);
        Assert.Equal(1, bench.Engine.Statistics.HandlerFailures);
        bench.Engine.Receive((bench.Packet(Syn, 9, 0) with { SourcePort = 9 }).ToPacket(), bench.Now);
        Assert.True(bench.Next().Is(Syn | Ack));
    }

    private static Bench TimeWait()
    {
        var bench = Accepted();
        bench.Finish();
        bench.Next();
        bench.Inject(Fin | Ack, 0, 1);
        bench.Expect(Ack, 1, 1);
        Assert.Equal(1, bench.Engine.Statistics.TimeWait);
        return bench;
    }

    /// <summary>A connection in a state; the peer's FIN, where there was one, was byte 0.</summary>
    private static Bench In(TcpState state)
    {
        var bench = Accepted();
        switch (state)
        {
            case TcpState.FinWait1: bench.Finish(); break;
            case TcpState.FinWait2: bench.Finish(); bench.Inject(Ack, 0, 1); break;
            case TcpState.CloseWait: bench.Inject(Fin | Ack); break;
            case TcpState.Closing: bench.Finish(); bench.Inject(Fin | Ack); break;
            case TcpState.LastAck: bench.Inject(Fin | Ack); bench.Finish(); break;
        }
        bench.Drain();
        Assert.Equal(state, bench.Socket.State);
        return bench;
    }
}
