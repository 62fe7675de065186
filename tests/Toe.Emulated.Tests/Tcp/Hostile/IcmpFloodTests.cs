using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp.Hostile;

/// <summary>RFC 5927: ICMP errors are cheap to forge.</summary>
public sealed class IcmpFloodTests
{
    [Fact, Trait("RFC", "5927 5.2, 6")]
    public void HardErrorsAndSourceQuenches_ByTheThousand_ChangeNothing()
    {
        var bench = Accepted();
        bench.Write(5000);
        var sent = bench.Drain()[0];
        var window = bench.Socket.GetInfo().CongestionWindow;
        for (var i = 0; i < 5000; i++)
        {
            IcmpTests.Inject(bench, sent, 3, (byte)(i % 16 == 4 ? 3 : i % 16));
            IcmpTests.Inject(bench, sent, 4, 0);
        }
        bench.ExpectNothing();
        Assert.Equal((TcpState.Established, window), (bench.Socket.State, bench.Socket.GetInfo().CongestionWindow));
        bench.Inject(Ack, 0, 5000);
        Assert.Equal((5000L, System.Net.Sockets.SocketError.Success), (bench.Socket.GetInfo().BytesAcknowledged, bench.Socket.GetInfo().SoftError));
    }

    [Fact, Trait("RFC", "5927 4.1")]
    public void ErrorsAboutGuessedNumbers_AreIgnored()
    {
        var bench = Accepted();
        bench.Write(5000);
        var sent = bench.Drain()[0];
        for (uint guess = 5000; guess < uint.MaxValue - 65_536; guess += 65_536) IcmpTests.Inject(bench, sent with { Seq = sent.Seq + guess }, 3, 4, 600);
        bench.ExpectNothing();
        Assert.Equal((65_535L, 0L), (bench.Engine.Statistics.IcmpIgnored, bench.Engine.Statistics.IcmpErrors));
    }

    [Fact, Trait("RFC", "5927 7.2; 1191 6.5")]
    public void PacketTooBigAgainAndAgain_SendsAgainOnce()
    {
        var bench = Accepted(options: TestSegment.MssOption(1460));
        bench.Write(14_600);
        var sent = bench.Drain()[0];
        for (var i = 0; i < 5000; i++) IcmpTests.Inject(bench, sent, 3, 4, i % 1500);

        var info = bench.Socket.GetInfo();
        Assert.Equal(536, info.SendMaximumSegmentSize);
        Assert.InRange(bench.Drain().Sum(segment => segment.Payload.Length), 14_600, 2 * 14_600);
        Assert.Equal(10 * 1460, info.SendQueue);
    }

    [Fact, Trait("RFC", "5927 7.2; 1191 6.5")]
    public void PacketTooBigByteByByte_DrawsAtMostTheFlightEachTimeAndEndsAtTheFloor()
    {
        var bench = Accepted(options: TestSegment.MssOption(1460));
        bench.Write(14_600);
        var sent = bench.Drain()[0];
        for (var mtu = 1499; mtu > 0; mtu--)
        {
            IcmpTests.Inject(bench, sent, 3, 4, mtu);
            Assert.InRange(bench.Drain().Sum(segment => segment.Payload.Length), 0, mtu >= 576 ? 14_600 : 0);
        }
    }
}
