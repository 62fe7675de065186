using System.Net.Sockets;
using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp.Hostile;

/// <summary>RFC 5961 and 7323: somebody who knows the addresses and ports, and has to guess the numbers.</summary>
public sealed class BlindAttackTests
{
    private const long Space = 1L << 32;

    [Theory, Trait("RFC", "5961 3.2, 7")]
    [InlineData(Rst)]
    [InlineData(Rst | Ack)]
    public void ResetsAllOverTheNumberSpace_HitOnlyAChallenge(byte flags)
    {
        var bench = Accepted();
        // A step of a window meets the window once or twice, but 0, the very number, not.
        for (long seq = 1; seq < Space; seq += 65_535) bench.Inject(flags, seq, 0);

        Assert.Equal((TcpState.Established, 0), (bench.Socket.State, bench.Engine.Statistics.ResetsReceived));
        Assert.InRange(bench.Drain().Count, 1, 2);
    }

    [Theory, Trait("RFC", "5961 4.2, 7")]
    [InlineData(Syn)]
    [InlineData(Syn | Ack)]
    public void SynsAllOverTheNumberSpace_AreAnsweredTenTimesInFiveSeconds(byte flags)
    {
        var bench = Accepted();
        for (long seq = 0; seq < Space; seq += 65_535) bench.Inject(flags, seq, 0);

        Assert.Equal(TcpState.Established, bench.Socket.State);
        var challenges = bench.Drain();
        Assert.Equal(10, challenges.Count);
        Assert.All(challenges, ack => Assert.True(ack.Is(Ack) && ack.AckNumber == PeerInitial + 1 && ack.Seq == bench.EngineInitial + 1));
    }

    [Fact, Trait("RFC", "5961 5.2, 7")]
    public void DataWithGuessedAcks_IsTakenOnlyInsideTheLargestWindow()
    {
        var bench = Accepted(window: 4096);
        for (long ack = 1; ack < Space - 4096; ack += 65_536) bench.Inject(Ack, 0, ack, Bytes(10, 66));

        Assert.Equal((0L, 0L), (bench.Socket.GetInfo().BytesReceived, bench.Socket.GetInfo().OutOfOrderQueue));
        Assert.Equal(10, bench.Drain().Count);

        bench.Inject(Ack, 0, 0, Bytes(10));
        Assert.Equal(Bytes(10), bench.ReadAll());
    }

    [Theory, Trait("RFC", "5961 5.2")]
    [InlineData(-5000, true)]
    [InlineData(-5001, false)]
    [InlineData(10, true)]
    [InlineData(11, false)]
    public void Ack_CountsFromTheLargestWindowBelowTheFlightToItsEnd(long ack, bool counts)
    {
        var bench = Accepted(window: 5000);
        bench.Inject(Ack, window: 1000); // The largest one was larger.
        bench.Write(10);
        bench.Drain();
        bench.Inject(Ack, 0, ack, Bytes(5));
        Assert.Equal(counts ? 5 : 0, bench.Socket.GetInfo().BytesReceived);
    }

    [Fact, Trait("RFC", "5961 3.2")]
    public void Challenge_TellsTheNumbersWithWhichThePeerCanReset()
    {
        var bench = Accepted();
        bench.Inject(Ack, 0, 0, Bytes(100));
        bench.Write(3000);
        bench.Drain();
        bench.Inject(Rst, 500);
        var challenge = bench.Expect(Ack, 3000, 100);
        bench.InjectRaw(Rst, challenge.AckNumber, 0);
        Assert.Equal(SocketError.ConnectionReset, bench.Events.Closed);
    }

    [Fact, Trait("RFC", "5961 4.2")]
    public void SynInTheWindow_BringsNothingButAChallenge()
    {
        var bench = Accepted();
        bench.Write(10);
        bench.Drain();
        bench.Inject(Syn | Ack, 0, 10, Bytes(100), window: 7);
        bench.Expect(Ack, 10, 0);
        var info = bench.Socket.GetInfo();
        Assert.Equal((0, 0, 65_535), (info.BytesReceived, info.BytesAcknowledged, info.SendWindow));
    }

    [Fact, Trait("RFC", "5961 3.2")]
    public void SynReceived_TakesTheExactResetOnly()
    {
        var bench = new Bench().Listen();
        bench.InjectRaw(Syn, PeerInitial, 0);
        bench.EngineInitial = bench.Next().Seq;
        bench.Inject(Rst, 1);
        bench.Expect(Ack, 0, 0);
        bench.Inject(Rst, -1);
        bench.Inject(Rst, 70_000);
        bench.ExpectNothing();
        Assert.Equal(1, bench.Listener.HalfOpen);
        bench.Inject(Rst, 0);
        Assert.Equal(0, bench.Listener.HalfOpen);
    }

    [Theory, Trait("RFC", "5961 7")]
    [InlineData(1)]
    [InlineData(10)]
    public void Challenges_OfOneConnection_AreNotTakenFromAnothers(int limit)
    {
        var bench = Accepted(new TcpEngineOptions { ChallengeAcksPerFiveSeconds = limit });
        void FromNeighbor(byte flags, uint seq, uint ack) =>
            bench.Engine.Receive((bench.Packet(flags, seq, ack) with { SourcePort = PeerPort + 1 }).ToPacket(), bench.Now);
        FromNeighbor(Syn, 7, 0);
        FromNeighbor(Ack, 8, bench.Next().Seq + 1);
        for (var i = 0; i < 20; i++) FromNeighbor(Rst, 50, 0);
        Assert.Equal(limit, bench.Drain().Count);
        for (var i = 0; i < 20; i++) bench.Inject(Rst, 5);
        Assert.Equal(limit, bench.Drain().Count);
    }

    [Fact, Trait("RFC", "7323 5.3, 5.6; 5961 5.2")]
    public void TimestampsFromTheFuture_AreLearnedOnlyFromSegmentsThatAreAccepted()
    {
        var (bench, stamp) = WithTimestamps();
        byte[] future = TestSegment.TimestampOption(stamp.Now + (1u << 30), 0);
        bench.Inject(Ack, 100_000_000, 0, Bytes(1), options: future); // Outside the window.
        bench.Inject(Ack, 500, 0, Bytes(1), options: future); // Not the next number: Last.ACK.sent is before it.
        bench.Inject(Ack, 0, 1 << 30, Bytes(1), options: future); // An ACK of nothing.
        bench.Inject(Rst, 5, options: future);
        bench.Inject(Syn, 0, options: future);

        bench.Drain();
        bench.Inject(Ack, 0, 0, Bytes(10));
        Assert.Equal(Bytes(10), bench.ReadAll());
        Assert.Equal(0, bench.Engine.Statistics.PawsDrops);
    }

    [Fact, Trait("RFC", "7323 5.3")]
    public void OldDuplicates_AreRefusedByTimestampWhereverTheyLie()
    {
        var (bench, stamp) = WithTimestamps();
        var old = TestSegment.TimestampOption(stamp.Now - 1, 0);
        for (var i = 0; i < 1000; i++)
        {
            bench.Inject(Ack, i * 60, 0, Bytes(50, 99), options: old);
            bench.Inject(Fin | Ack, i, 0, options: old);
            bench.Inject(Ack, i, 0, options: old, window: 0);
        }
        Assert.Equal(3000, bench.Engine.Statistics.PawsDrops);
        // Answers to what carries something, one each; to bare ACKs, few.
        Assert.InRange(bench.Drain().Count, 2000, 2010);
        Assert.Equal((0L, TcpState.Established), (bench.Socket.GetInfo().BytesReceived, bench.Socket.State));
        Assert.NotEqual(0, bench.Socket.GetInfo().SendWindow);
        bench.Inject(Ack, 0, 0, Bytes(10));
        Assert.Equal(Bytes(10), bench.ReadAll());
    }

    [Fact, Trait("RFC", "5961 7")]
    public void SynsWithOldTimestamps_AreChallengedAsRarelyAsOthers()
    {
        byte[] Stamp() => TestSegment.TimestampOption(500, 0);
        var bench = Accepted(socket: new TcpSocketOptions(), options: Stamp(), each: Stamp);
        for (var i = 0; i < 1000; i++) bench.Inject(Syn, i, options: TestSegment.TimestampOption(499, 0));
        Assert.InRange(bench.Drain().Count, 1, 10);
    }

    [Fact, Trait("RFC", "5961 7")]
    public void ChallengesThatWereUsedUp_ComeBackHoweverLongNobodyAsked()
    {
        var bench = Accepted();
        for (var i = 0; i < 20; i++) bench.Inject(Syn, i);
        Assert.Equal(10, bench.Drain().Count);
        bench.Now += TimeSpan.FromDays(30); // More than half of the milliseconds that 32 bits count.
        bench.Inject(Syn, 5);
        bench.Expect(Ack, 0, 0);
    }

    [Fact, Trait("RFC", "5961 4.2")]
    public void SynWithoutTimestamps_OnAConnectionWithThem_IsChallenged()
    {
        byte[] Stamp() => TestSegment.TimestampOption(500, 0);
        var bench = Accepted(socket: new TcpSocketOptions(), options: Stamp(), each: Stamp);
        bench.InjectRaw(Syn, 77, 0, options: TestSegment.MssOption(1000));
        bench.Expect(Ack, 0, 0);
    }

    private static (Bench Bench, Stamp Stamp) WithTimestamps()
    {
        var stamp = new Stamp();
        var bench = Accepted(socket: new TcpSocketOptions { WindowScaling = false }, each: () => TestSegment.TimestampOption(stamp.Now, 0),
            options: TestSegment.TimestampOption(stamp.Now, 0));
        return (bench, stamp);
    }

    private sealed class Stamp
    {
        public uint Now { get; } = 1_000_000;
    }
}
