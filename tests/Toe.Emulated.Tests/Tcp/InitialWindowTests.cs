using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>How much goes before the first ACK, and after a pause: RFC 6928 §2, RFC 5681 §3.1 and §4.1.</summary>
public sealed class InitialWindowTests
{
    [Theory, Trait("RFC", "6928 2")]
    [InlineData(536, 5360)]
    [InlineData(1000, 10_000)]
    [InlineData(1460, 14_600)]
    [InlineData(2000, 14_600)]
    [InlineData(7300, 14_600)]
    [InlineData(8960, 17_920)]
    public void Window_IsTenSegmentsWithinTheBytesThatAreAllowed(int mss, int window)
    {
        var bench = Accepted(new TcpEngineOptions { MaximumTransmissionUnit = 9000 }, options: TestSegment.MssOption(mss));
        Assert.Equal(window, bench.Socket.GetInfo().CongestionWindow);
        bench.Write(40_000);
        Assert.Equal(window / mss * mss, bench.Drain().Sum(segment => segment.Payload.Length));
    }

    [Fact, Trait("RFC", "5681 3.1")]
    public void Handshake_DoesNotOpenTheWindow()
    {
        Assert.Equal(10_000, Accepted().Socket.GetInfo().CongestionWindow);
        Assert.Equal(10_000, Connected().Socket.GetInfo().CongestionWindow);
    }

    [Fact, Trait("RFC", "5681 3.1; 6928 2")]
    public void Window_BehindARepeatedSynAck_IsOneSegment()
    {
        var bench = new Bench().Listen();
        bench.InjectRaw(Syn, PeerInitial, 0, options: TestSegment.MssOption(1000));
        bench.EngineInitial = bench.Next().Seq;
        bench.Elapse(1000);
        bench.Next();
        bench.Inject(Ack);
        bench.Write(5000);
        bench.Expect(Ack, 0, 0, 1000);
        bench.ExpectNothing();
    }

    [Theory, Trait("RFC", "5681 4.1")]
    [InlineData(200, false)]
    [InlineData(200.1, true)]
    public void Pause_LongerThanATimeOut_LeavesTheRestartWindow(double pause, bool restarts)
    {
        var bench = Accepted();
        bench.Write(40_000);
        for (var i = 1; i <= 40; i++) bench.Inject(Ack, 0, i * 1000);
        bench.Drain();
        var window = bench.Socket.GetInfo().CongestionWindow;
        Assert.InRange(window, 20_000, 40_000);
        bench.Elapse(pause);
        bench.Write(40_000);
        Assert.Equal(restarts ? 10_000 : window, bench.Drain().Sum(segment => segment.Payload.Length));
    }
}
