using CsCheck;
using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Packets that stand for several segments, both ways, and checksums left to others. The peer's MSS is 1000.</summary>
public sealed class SegmentationTests
{
    [Fact, Trait("RFC", "6928 2")]
    public void InitialWindow_GoesInOnePacket()
    {
        var bench = Accepted(Offloading());
        bench.Write(20_000);
        var packet = bench.Expect(Ack, 0, 0, 10_000);
        Assert.Equal(1000, packet.SegmentSize);
        Assert.Equal(0, packet.Flags & Psh);
        bench.ExpectNothing();
        Assert.Equal(10, bench.Socket.GetInfo().SegmentsSent - 1); // The SYN-ACK is one.
    }

    [Theory]
    [InlineData(false, 65_000)]
    [InlineData(true, 65_000)]
    public void Packet_IsAMultipleOfTheSegmentSizeUnderTheLimit(bool v6, int expected)
    {
        var bench = Accepted(Offloading(initialWindow: 14), window: 65_535, v6: v6, options: TestSegment.MssOption(1000));
        Grow(bench, 66);
        bench.Write(65_535);
        Assert.Equal(expected, bench.Drain().Max(packet => packet.Payload.Length));
    }

    [Fact]
    public void Limit_CountsTheHeaders()
    {
        var bench = Accepted(Offloading(limit: 3039));
        bench.Write(6000);
        bench.Expect(Ack, 0, 0, 2000);
        bench.Expect(Ack, 2000, 0, 2000);
        bench.Expect(Ack, 4000, 0, 2000);
        bench = Accepted(Offloading(limit: 3040));
        bench.Write(6000);
        bench.Expect(Ack, 0, 0, 3000);
        bench.Expect(Ack, 3000, 0, 3000);
    }

    [Fact]
    public void Limit_CountsTheTimestamps()
    {
        byte[] Options() => TestSegment.TimestampOption(1, 0);
        var bench = Accepted(Offloading(limit: 3040), new TcpSocketOptions(), [.. TestSegment.MssOption(1012), .. Options()], each: Options);
        bench.Write(6000);
        bench.Expect(Ack, 0, 0, 2000);
    }

    [Fact, Trait("RFC", "9293 SHLD-7; MUST-61")]
    public void Nagle_HoldsTheShortEndBehindWholeSegments()
    {
        var bench = Accepted(Offloading());
        bench.Write(2500);
        var packet = bench.Expect(Ack, 0, 0, 2000);
        Assert.Equal(0, packet.Flags & Psh);
        bench.ExpectNothing();
        bench.Inject(Ack, 0, 2000);
        Assert.NotEqual(0, bench.Expect(Ack, 2000, 0, 500).Flags & Psh);
    }

    [Fact, Trait("RFC", "9293 MUST-17; MUST-61")]
    public void NoDelay_SendsTheShortEndInTheSamePacketWithPush()
    {
        var bench = Accepted(Offloading(), new TcpSocketOptions { NoDelay = true, Timestamps = false, WindowScaling = false });
        bench.Write(2500);
        Assert.NotEqual(0, bench.Expect(Ack, 0, 0, 2500).Flags & Psh);
    }

    [Fact]
    public void Fin_IsOnThePacketThatHoldsTheEnd()
    {
        var bench = Accepted(Offloading());
        bench.Socket.TrySend(Bytes(12_500), out _);
        bench.Socket.TryCompleteSending();
        bench.Engine.Advance(bench.Now);
        bench.Expect(Ack, 0, 0, 10_000);
        bench.Inject(Ack, 0, 10_000);
        bench.Expect(Ack | Fin, 10_000, 0, 2500);
    }

    [Theory, Trait("RFC", "9293 3.8.6.2.1")]
    [InlineData(3999, 3000)]
    [InlineData(4000, 4000)]
    [InlineData(4001, 4000)]
    public void PeersWindow_IsFilledWithWholeSegments(int window, int sent)
    {
        var bench = Accepted(Offloading(), window: (ushort)window);
        bench.Write(9000);
        bench.Expect(Ack, 0, 0, sent);
        bench.ExpectNothing();
    }

    [Fact]
    public void WindowSmallerThanASegment_IsStillUsedWhenTheDataFits()
    {
        var bench = Accepted(Offloading(), window: 700);
        bench.Write(700);
        bench.Expect(Ack, 0, 0, 700);
    }

    [Fact, Trait("RFC", "5681 3.2")]
    public void LossInsideAPacket_IsRepairedWithOneSegment()
    {
        var bench = Accepted(Offloading());
        bench.Write(10_000);
        bench.Expect(Ack, 0, 0, 10_000);
        bench.Inject(Ack, 0, 3000);
        for (var i = 0; i < 3; i++) bench.Inject(Ack, 0, 3000);
        bench.Expect(Ack, 3000, 0, 1000);
        bench.ExpectNothing();
        bench.Inject(Ack, 0, 10_000);
        bench.ExpectNothing();
        Assert.Equal(1000, bench.Socket.GetInfo().BytesRetransmitted);
    }

    [Fact, Trait("RFC", "6298 5.4; 5681 3.1")]
    public void TimeOut_SendsOneSegmentThenMoreInOnePacket()
    {
        var bench = Accepted(Offloading());
        bench.Write(10_000);
        bench.Drain();
        bench.Elapse(250);
        bench.Expect(Ack, 0, 0, 1000);
        bench.Inject(Ack, 0, 1000);
        bench.Expect(Ack, 1000, 0, 2000);
        var info = bench.Socket.GetInfo();
        Assert.Equal((3000, 3), (info.BytesRetransmitted, info.Retransmits));
    }

    [Fact, Trait("RFC", "3042 2")]
    public void LimitedTransmit_SendsSingleSegments()
    {
        var bench = Accepted(Offloading());
        bench.Write(20_000);
        bench.Expect(Ack, 0, 0, 10_000);
        bench.Inject(Ack, 0, 0);
        bench.Expect(Ack, 10_000, 0, 1000);
        bench.Inject(Ack, 0, 0);
        bench.Expect(Ack, 11_000, 0, 1000);
    }

    [Fact, Trait("RFC", "9293 SHLD-19")]
    public void ReceivedPacketOfTwoSegments_IsAcknowledgedAtOnce()
    {
        var bench = Accepted();
        bench.Inject(Ack, 0, 0, Bytes(1460));
        bench.ExpectNothing();
        bench.Inject(Ack, 1460, 0, Bytes(1460));
        bench.Expect(Ack, 0, 2920);
        bench.Inject(Ack, 2920, 0, Bytes(1461));
        bench.Expect(Ack, 0, 4381);
    }

    [Fact]
    public void LargePacket_IsReceivedWhole()
    {
        var bench = Accepted(socket: new TcpSocketOptions { Timestamps = false, WindowScaling = false, ReceiveBufferSize = 65_535 });
        var bytes = Bytes(64_000, 3);
        bench.Inject(Ack | Psh, 0, 0, bytes);
        bench.Expect(Ack, 0, 64_000);
        Assert.Equal(bytes, bench.ReadAll());
    }

    [Fact]
    public void VerifiedChecksum_IsNotLookedAt()
    {
        var bench = Accepted();
        var packet = (bench.Packet(Ack, PeerInitial + 1, bench.EngineInitial + 1, Bytes(10)) with { CorruptChecksum = true }).ToPacket();
        bench.Engine.Receive(packet, bench.Now);
        Assert.Equal(1, bench.Engine.Statistics.BadChecksum);
        bench.Engine.Receive(packet, bench.Now, checksumIsVerified: true);
        Assert.Equal(1, bench.Engine.Statistics.BadChecksum);
        Assert.Equal(Bytes(10), bench.ReadAll());
    }

    [Fact, Trait("RFC", "1071 2 (B)")]
    public void Checksum_IsRightWhereverTheRingIsCut() =>
        Gen.Select(Gen.Int[1, 1100], Gen.Int[1, 1100], Gen.Bool, Gen.Bool).Sample((first, second, v6, offload) =>
        {
            var bench = Accepted(offload ? Offloading() : Bench.Options(),
                new TcpSocketOptions { NoDelay = true, Timestamps = false, WindowScaling = false, SendBufferSize = 1024 }, v6: v6);
            bench.Socket.TrySend(Bytes(first), out var sent);
            bench.Engine.Advance(bench.Now);
            bench.Inject(Ack, 0, sent);
            bench.Drain();
            bench.Socket.TrySend(Bytes(second, 7), out var more);
            bench.Engine.Advance(bench.Now);
            // The ring of 1024 is cut in the middle of these; parsing checks the sum.
            Assert.Equal(Bytes(more, 7), bench.Drain().SelectMany(packet => packet.Payload));
        }, iter: 500);

    [Fact]
    public void ChecksumOffload_CoversEveryKindOfPacket()
    {
        // Parsing finishes and checks the partial sum of each.
        var bench = Connected(new TcpEngineOptions { Secret = new byte[16], ChecksumOffload = true });
        bench.Write(10);
        bench.Expect(Ack, 0, 0, 10);
        bench.InjectRaw(Ack, 1, 1); // Not plausible: a challenge ACK.
        bench.Socket.Abort();
        bench.Engine.Advance(bench.Now);
        Assert.Contains(bench.Drain(), packet => packet.Is(Rst | Ack));
    }

    [Theory]
    [InlineData(1499, true)]
    [InlineData(65_536, true)]
    [InlineData(9000, false)]
    public void Options_OutOfRange_AreRefused(int limit, bool checksum) =>
        Assert.Throws<ArgumentException>(() =>
            new Bench(new TcpEngineOptions { SegmentationLimit = limit, ChecksumOffload = checksum }));

    private static TcpEngineOptions Offloading(int limit = 65_535, int initialWindow = 10) => new()
    {
        Secret = new byte[16],
        ChecksumOffload = true,
        SegmentationLimit = limit,
        InitialWindowSegments = initialWindow,
    };

    /// <summary>Slow start up to a congestion window of so many segments.</summary>
    private static void Grow(Bench bench, int segments)
    {
        long sent = 0;
        while (bench.Socket.GetInfo().CongestionWindow < segments * 1000)
        {
            bench.Write(60_000);
            for (var end = sent + 60_000; sent < end;)
            {
                bench.Drain();
                sent = bench.Socket.GetInfo().BytesSent;
                bench.Inject(Ack, 0, sent);
            }
        }
        bench.Drain();
    }
}
