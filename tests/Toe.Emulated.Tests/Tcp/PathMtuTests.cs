using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>What the path carries, found out by trying: RFC 4821 §7. Packets are 40 bytes larger than what they carry, 52 with timestamps.</summary>
public sealed class PathMtuTests
{
    private const int Headers = 52;

    private static readonly TcpSocketOptions Always = new()
    {
        Timestamps = false,
        WindowScaling = false,
        PathMtuProbing = TcpPathMtuProbing.Always,
    };

    [Theory, InlineData(1400), InlineData(1300), InlineData(1000), Trait("RFC", "4821 7.3, 7.7; 2923 2.1")]
    public void BlackHole_IsLeftAndTheLargestSizeFound(int mtu)
    {
        var pair = new SimulatedPair(1, new TcpSocketOptions(), new TcpSocketOptions());
        Send(pair, 1000);
        pair.PathMtu = mtu;
        Send(pair, 400_000);
        Assert.InRange(pair.Client.GetInfo().SendMaximumSegmentSize, mtu - 31 - Headers, mtu - Headers);
    }

    [Fact]
    public void BlackHole_WithoutProbing_EndsTheConnection()
    {
        var pair = new SimulatedPair(1, new TcpSocketOptions { PathMtuProbing = TcpPathMtuProbing.Off }, new TcpSocketOptions());
        Send(pair, 1000);
        pair.PathMtu = 1400;
        Assert.Equal(IoStatus.Done, pair.Client.TrySend(new byte[10_000], out _));
        while (pair.ClientEvents.Closed is null) pair.Step();
        Assert.Equal(System.Net.Sockets.SocketError.TimedOut, pair.ClientEvents.Closed);
    }

    [Fact, Trait("RFC", "4821 7.7")]
    public void BlackHole_ThatIsMended_IsFoundMendedAfterTenMinutes()
    {
        var pair = new SimulatedPair(1, new TcpSocketOptions(), new TcpSocketOptions());
        Send(pair, 1000);
        pair.PathMtu = 1300;
        Send(pair, 400_000);
        pair.PathMtu = 1500;
        Send(pair, 400_000);
        Assert.InRange(pair.Client.GetInfo().SendMaximumSegmentSize, 1, 1300 - Headers);
        var later = pair.Now + TimeSpan.FromMinutes(11);
        while (pair.Now < later) Send(pair, 100_000);
        Assert.Equal(1500 - Headers, pair.Client.GetInfo().SendMaximumSegmentSize);
    }

    [Theory, InlineData(3000, 10_000, 1460), InlineData(1500, 60_000, 1460), InlineData(1400, 400_000, 1340)]
    public void Always_BeginsSmallAndRises(int mtu, int bytes, int size)
    {
        var pair = new SimulatedPair(1, Always, new TcpSocketOptions()) { PathMtu = mtu };
        Connect(pair);
        Assert.Equal(1240, pair.Client.GetInfo().SendMaximumSegmentSize);
        Send(pair, bytes);
        Assert.InRange(pair.Client.GetInfo().SendMaximumSegmentSize, size, size + 20);
    }

    [Fact, Trait("RFC", "4821 7.4, 7.6.2")]
    public void Probe_ThatIsLostAlone_IsSentAgainInPartsAndCongestsNothing()
    {
        var bench = Probing();
        bench.Expect(Ack, 0, 0, 1460);
        for (var segment = 0; segment < 3; segment++) bench.Expect(Ack, 1460 + 1240 * segment, 0, 1240);
        var before = bench.Socket.GetInfo();
        bench.Drain();
        bench.Elapse(1);
        bench.InjectSack(0, (1460, 1460 + 3 * 1240));
        bench.Expect(Ack, 0, 0, 1240);
        bench.Expect(Ack, 1240, 0, 220);
        var info = bench.Socket.GetInfo();
        Assert.Equal((before.CongestionWindow, before.SlowStartThreshold, 0), (info.CongestionWindow, info.SlowStartThreshold, info.FastRecoveries));
        Assert.Equal(1240, info.SendMaximumSegmentSize);
    }

    [Fact, Trait("RFC", "4821 7.6.2")]
    public void Probe_ThatIsLostWithOthers_IsALossLikeAnother()
    {
        var bench = Probing();
        bench.Drain();
        bench.Elapse(1);
        bench.InjectSack(0, (1460 + 1240, 1460 + 5 * 1240));
        Assert.Equal(1, bench.Socket.GetInfo().FastRecoveries);
        Assert.Equal(1240, bench.Socket.GetInfo().SendMaximumSegmentSize);
    }

    [Fact, Trait("RFC", "4821 7.6.1")]
    public void Probe_ThatArrives_IsTheSizeOfWhatFollows()
    {
        var bench = Probing();
        bench.Expect(Ack, 0, 0, 1460);
        var sent = 1460 + bench.Drain().Sum(segment => segment.Payload.Length);
        bench.Elapse(1);
        bench.Inject(Ack, 0, 1460);
        bench.Expect(Ack, sent, 0, 1460);
    }

    [Fact, Trait("RFC", "4821 7.4")]
    public void Probe_NeedsDataBehindIt()
    {
        var bench = Probing(1460 + 3 * 1240 - 1);
        bench.Expect(Ack, 0, 0, 1240);
    }

    [Fact, Trait("RFC", "1191 6.3")]
    public void SmallerPath_ThatARouterReported_IsTriedAgainAfterTenMinutes()
    {
        var bench = Probing();
        var probe = bench.Next();
        bench.Drain();
        bench.Elapse(1);
        IcmpTests.Inject(bench, probe, 3, 4, mtu: 1280);
        bench.InjectSack(0, (1460, 1460 + 3 * 1240));
        bench.Expect(Ack, 0, 0, 1240);
        while (bench.Socket.GetInfo().BytesAcknowledged < 20_000)
        {
            bench.Inject(Ack, 0, bench.Socket.GetInfo().BytesSent);
            Assert.All(bench.Drain(), segment => Assert.InRange(segment.Payload.Length, 0, 1240));
        }
        bench.Elapse(TimeSpan.FromMinutes(10).TotalMilliseconds);
        bench.Write(20_000);
        bench.Expect(Ack, 20_000, 0, 1460);
    }

    /// <summary>A connection that begins at 1280 bytes and has written 20,000; the peer takes 1460 in a segment and acknowledges selectively.</summary>
    private static Bench Probing(int bytes = 20_000)
    {
        var bench = Accepted(socket: Always, options: [.. TestSegment.MssOption(1460), .. Sacks.Permitted]);
        bench.Write(bytes);
        return bench;
    }

    private static void Connect(SimulatedPair pair)
    {
        while (pair.Server is null || !pair.ClientEvents.Connected) Assert.True(pair.Step());
    }

    /// <summary>Sends bytes from the client, and waits until the server has read them all.</summary>
    private static void Send(SimulatedPair pair, int bytes)
    {
        Connect(pair);
        var (left, read, buffer) = (bytes, 0, new byte[1 << 16]);
        var deadline = pair.Now + TimeSpan.FromMinutes(20);
        while (read < bytes)
        {
            if (left > 0 && pair.Client.TrySend(new byte[left], out var sent) == IoStatus.Done) left -= sent;
            if (pair.Server!.TryReceive(buffer, out var received) == IoStatus.Done) read += received;
            pair.Step();
            Assert.True(pair.Now < deadline, $"{bytes - read} bytes did not arrive.");
        }
    }
}
