using CsCheck;
using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp.Hostile;

/// <summary>RFC 2018 §8: what a peer says to have it may lose, or never had.</summary>
public sealed class SackLiarTests
{
    private const int Stream = 30_000;

    [Fact, Trait("RFC", "2018 8; 9937 6.1")]
    public void BlocksOfAnyKind_DrawWhatTheyClaimAndASegmentForEachAck() =>
        Gen.Select(Gen.Int[0, 12_000], Gen.Int[-2000, 4000]).Array[1, 4].Array[50].Sample(acks =>
        {
            var bench = Flight();
            var claimed = new HashSet<int>();
            var drawn = 0;
            for (var i = 0; i < acks.Length; i++)
            {
                foreach (var (start, length) in acks[i])
                    if (length > 0) claimed.UnionWith(Enumerable.Range(start, length));
                bench.InjectSack(0, acks[i].Select(static block => ((long)block.Item1, (long)(block.Item1 + block.Item2))).ToArray());
                drawn += bench.Drain().Sum(static segment => segment.Payload.Length);
                Assert.InRange(drawn, 0, claimed.Count + (i + 1) * 1000);
            }
            Assert.InRange(bench.Socket.GetInfo().CongestionWindow, 0, 10_000);
            Assert.Equal(0, bench.Socket.GetInfo().BytesAcknowledged);
        }, iter: 300, threads: 1);

    [Fact, Trait("RFC", "2018 8")]
    public void PeerThatReportsEverythingAndKeepsNothing_StillGetsItAllInBoundedTime()
    {
        var bench = Flight();
        var next = 0;
        var began = bench.Now;
        for (var round = 0; next < Stream; round++)
        {
            Assert.True(bench.Now - began < TimeSpan.FromMinutes(10), $"{next} after {bench.Now - began}");
            var sent = bench.Drain();
            // It keeps only what comes next, and reports all the rest as held.
            foreach (var segment in sent)
                if ((int)(segment.Seq - bench.EngineInitial - 1) == next) next += segment.Payload.Length;
            var most = bench.Socket.GetInfo().BytesSent;
            if (sent.Count > 0) bench.InjectSack(next, next + 1000 < most ? [(next + 1000, most)] : []);
            bench.Elapse(50);
        }
        Assert.Equal(TcpState.Established, bench.Socket.State);
        bench.Inject(Ack, 0, Stream);
        Assert.Equal(Stream, bench.Socket.GetInfo().BytesAcknowledged);
    }

    [Fact, Trait("RFC", "2883 4; 8985 6.2")]
    public void DuplicateReportsByTheThousand_WidenTheReorderingWindowToARoundTripAtMost()
    {
        var bench = Flight();
        for (var i = 0; i < 1000; i++) bench.InjectSack(1000, (0, 1000));
        bench.Drain();
        bench.InjectSack(1000, (2000, 10_000));
        bench.Elapse(200); // The round trip is 100 ms: a hole is found lost within it, not at a time-out.
        Assert.Contains(bench.Drain(), segment => segment.Seq == bench.EngineInitial + 1 + 1000);
        Assert.Equal(0, bench.Engine.Statistics.RetransmissionTimeouts);
    }

    private static Bench Flight()
    {
        var bench = Sacks.Accepted();
        bench.Write(Stream);
        Assert.Equal(10, bench.Drain().Count);
        return bench;
    }
}
