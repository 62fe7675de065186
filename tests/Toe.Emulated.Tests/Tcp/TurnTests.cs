using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Several packets that wait are one turn: RFC 9293 §3.10.7.4, MUST-58 and MUST-59.</summary>
public sealed class TurnTests
{
    [Fact, Trait("RFC", "9293 MUST-58, MUST-59")]
    public void QueuedSegments_AreAllProcessedBeforeOneAck()
    {
        var bench = Accepted();
        bench.Socket.Arm(Readiness.Receive);
        for (var segment = 0; segment < 6; segment++) Take(bench, segment * 1000, Bytes(1000));
        bench.ExpectNothing();
        Assert.Equal(["accepted"], bench.Events.Log);
        Assert.Equal(bench.Now, bench.Engine.NextWakeUp);
        bench.Engine.Advance(bench.Now);
        bench.Expect(Ack, 0, 6000);
        bench.ExpectNothing();
        Assert.Equal(["accepted", "ready Receive"], bench.Events.Log);
    }

    [Fact]
    public void QueuedSegments_EndWithTheFirstThatNoneFollows()
    {
        var bench = Accepted();
        Take(bench, 0, Bytes(1000));
        bench.ExpectNothing();
        bench.Inject(Ack, 1000, 0, Bytes(1000));
        bench.Expect(Ack, 0, 2000);
        bench.ExpectNothing();
    }

    [Fact]
    public void QueuedSegments_DoNotLetThePeerRunOutOfWindow()
    {
        var bench = Accepted(socket: new TcpSocketOptions { Timestamps = false, WindowScaling = false, ReceiveBufferSize = 8000, BufferAutotuning = false });
        Take(bench, 0, Bytes(1000));
        bench.ExpectNothing();
        Take(bench, 1000, Bytes(1000));
        bench.Expect(Ack, 0, 2000);
    }

    [Fact, Trait("RFC", "5681 4.2")]
    public void QueuedSegments_OutOfOrder_AreAcknowledgedOneByOne()
    {
        var bench = Accepted();
        for (var segment = 1; segment <= 3; segment++)
        {
            Take(bench, segment * 1000, Bytes(1000));
            bench.Expect(Ack, 0, 0);
        }
        Take(bench, 0, Bytes(1000));
        bench.ExpectNothing();
        bench.Engine.Advance(bench.Now);
        bench.Expect(Ack, 0, 4000);
    }

    [Fact, Trait("RFC", "2883 4")]
    public void QueuedSegments_ThatCameBefore_AreReportedOneByOne()
    {
        var bench = Sacks.Accepted();
        bench.Inject(Ack, 0, 0, Bytes(2000));
        bench.Drain();
        for (var segment = 0; segment < 2; segment++)
        {
            Take(bench, segment * 1000, Bytes(1000));
            Assert.Equal([(segment * 1000L, segment * 1000L + 1000)], Sacks.Of(bench.Expect(Ack, 0, 2000)));
        }
    }

    [Fact]
    public void QueuedAcks_LetTheWindowGrowForEachOfThem()
    {
        var alone = Growth(follow: false);
        Assert.Equal(10_000, alone);
        Assert.Equal(alone, Growth(follow: true));
    }

    [Fact]
    public void QueuedSegments_OfAConnectionThatEnds_EndIt()
    {
        var bench = Accepted();
        Take(bench, 0, Bytes(10));
        bench.Engine.Receive(bench.Packet(Rst, PeerInitial + 1 + 10, 0).ToPacket(), bench.Now, checksumIsVerified: false, othersFollow: true);
        Assert.Equal(System.Net.Sockets.SocketError.ConnectionReset, bench.Events.Closed);
        bench.Engine.Advance(bench.Now);
        bench.ExpectNothing();
        Assert.Null(bench.Engine.NextWakeUp);
    }

    private static long Growth(bool follow)
    {
        var bench = Accepted();
        bench.Write(10_000);
        Assert.Equal(10, bench.Drain().Count);
        var before = bench.Socket.GetInfo().CongestionWindow;
        for (var acknowledged = 1; acknowledged <= 10; acknowledged++)
        {
            if (!follow) bench.Write(1000); // The window stays in use.
            bench.Engine.Receive(bench.Packet(Ack, PeerInitial + 1, (uint)(bench.EngineInitial + 1 + 1000 * acknowledged)).ToPacket(), bench.Now, checksumIsVerified: false, follow);
        }
        bench.Engine.Advance(bench.Now);
        return bench.Socket.GetInfo().CongestionWindow - before;
    }

    private static void Take(Bench bench, long sequence, byte[] payload) => bench.Engine.Receive(
        bench.Packet(Ack, (uint)(PeerInitial + 1 + sequence), bench.EngineInitial + 1, payload).ToPacket(), bench.Now, checksumIsVerified: false, othersFollow: true);
}
