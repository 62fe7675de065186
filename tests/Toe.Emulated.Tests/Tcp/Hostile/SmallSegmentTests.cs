using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp.Hostile;

/// <summary>A peer that wants the smallest segments there are, and then perforates the flight with SACK blocks (CVE-2019-11477 to 11479).</summary>
public sealed class SmallSegmentTests
{
    private const int Smallest = 48;

    [Theory, Trait("RFC", "9293 MUST-16; 6691; 2018 5")]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(47)]
    public void MssOfAFewBytes_IsRaisedToAFloorAndHolesAreRepairedOnce(int mss)
    {
        var bench = Opened(mss);
        long acknowledged = 0;
        // Slow start until all that the peer's window takes is in flight.
        var flight = SendAndDrain(bench);
        while (flight < 60_000)
        {
            bench.Inject(Ack, 0, acknowledged = bench.Socket.GetInfo().BytesSent);
            bench.Elapse(10);
            flight = SendAndDrain(bench);
        }

        // Every second segment, four to an ACK.
        for (var at = acknowledged; at + 8 * Smallest <= acknowledged + flight; at += 8 * Smallest)
            bench.InjectSack(acknowledged, [.. Enumerable.Range(0, 4).Select(i => (at + (2 * i + 1) * Smallest, at + (2 * i + 2) * Smallest))]);
        bench.Elapse(50);

        var repaired = bench.Drain().Where(segment => segment.Payload.Length > 0).ToArray();
        Assert.InRange(repaired.Length, 1, flight / Smallest);
        Assert.Equal(repaired.Length, repaired.Select(segment => segment.Seq).Distinct().Count());
        var sent = bench.Socket.GetInfo().BytesSent;
        bench.Inject(Ack, 0, sent);
        Assert.Equal(sent, bench.Socket.GetInfo().BytesAcknowledged);
    }

    private static Bench Opened(int mss)
    {
        var bench = new Bench(socket: new TcpSocketOptions { Timestamps = false, WindowScaling = false, BufferAutotuning = false, NoDelay = true, CongestionControl = TcpCongestionControl.Reno }).Listen();
        bench.InjectRaw(Syn, PeerInitial, 0, options: [.. TestSegment.MssOption(mss), .. Sacks.Permitted]);
        bench.EngineInitial = bench.Next().Seq;
        bench.Elapse(10);
        bench.Inject(Ack);
        return bench;
    }

    /// <summary>Keeps the send buffer full.</summary>
    /// <returns>Bytes in flight.</returns>
    private static int SendAndDrain(Bench bench)
    {
        bench.Socket.TrySend(new byte[100_000], out _);
        bench.Engine.Advance(bench.Now);
        Assert.All(bench.Drain(), segment => Assert.True(segment.Payload.Length is 0 or Smallest, segment.ToString()));
        var info = bench.Socket.GetInfo();
        return (int)(info.BytesSent - info.BytesAcknowledged);
    }
}
