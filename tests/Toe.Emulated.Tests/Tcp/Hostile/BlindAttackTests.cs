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
