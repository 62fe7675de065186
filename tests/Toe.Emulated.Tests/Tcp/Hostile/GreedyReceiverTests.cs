using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp.Hostile;

/// <summary>A receiver that wants more than its share of the path: ACKs divided, repeated, or ahead of the data (Savage et al., 1999).</summary>
public sealed class GreedyReceiverTests
{
    [Theory, Trait("RFC", "5681 3.1; 3465 2.1")]
    [InlineData(TcpCongestionControl.Reno)]
    [InlineData(TcpCongestionControl.Cubic)]
    public void DividedAcks_InSlowStart_OpenTheWindowByTheirBytes(TcpCongestionControl algorithm)
    {
        var bench = Sending(algorithm);
        var window = bench.Socket.GetInfo().CongestionWindow;

        for (var ack = 1; ack <= 1000; ack++) bench.Inject(Ack, 0, ack);

        Assert.InRange(bench.Socket.GetInfo().CongestionWindow, window, window + 1000);
        Assert.InRange(bench.Drain().Sum(segment => segment.Payload.Length), 1000, 2000);
    }

    [Theory, Trait("RFC", "5681 3.1; 3465 2.1")]
    [InlineData(TcpCongestionControl.Reno)]
    [InlineData(TcpCongestionControl.Cubic)]
    public void DividedAcks_InCongestionAvoidance_AddOneSegmentForEachWindow(TcpCongestionControl algorithm)
    {
        var bench = Sending(algorithm);
        bench.Elapse(2000); // A time-out ends slow start at half of the flight.
        bench.Drain();
        long acknowledged = 0;
        while (bench.Socket.GetInfo() is var info && info.CongestionWindow <= info.SlowStartThreshold)
        {
            bench.Inject(Ack, 0, acknowledged += 1000);
            bench.Drain();
        }
        var window = bench.Socket.GetInfo().CongestionWindow;
        for (var i = 0; i < window; i++) bench.Inject(Ack, 0, ++acknowledged);

        Assert.InRange(bench.Socket.GetInfo().CongestionWindow, window, window + 1000);
        // Each byte acknowledged lets one go, and the window may have grown by a segment.
        Assert.InRange(bench.Drain().Sum(segment => segment.Payload.Length), 0, (int)window + 2000);
    }

    [Fact, Trait("RFC", "5961 5.2; 9293 3.10.7.4 fifth")]
    public void AcksOfWhatWasNeverSent_ChangeNothingAndAreAnsweredRarely()
    {
        var bench = Sending(TcpCongestionControl.Reno);
        var before = bench.Socket.GetInfo();

        for (var i = 1; i <= 5000; i++) bench.Inject(Ack, 0, 10_000 + i, window: 1, payload: i % 2 == 0 ? Bytes(10) : null);

        var after = bench.Socket.GetInfo();
        Assert.Equal((before.CongestionWindow, 0L, 0L, before.SendWindow), (after.CongestionWindow, after.BytesAcknowledged, after.BytesReceived, after.SendWindow));
        Assert.Equal(10, bench.Drain().Count(segment => segment.Is(Ack) && segment.AckNumber == PeerInitial + 1));
        Assert.Equal((10, 4990), (bench.Engine.Statistics.ChallengeAcks, bench.Engine.Statistics.ChallengeAcksLimited));
        bench.Inject(Ack, 0, 10_000);
        Assert.Equal(10_000, bench.Socket.GetInfo().BytesAcknowledged);
    }

    [Theory, Trait("RFC", "5681 3.2; 9937 6")]
    [InlineData(TcpCongestionControl.Reno)]
    [InlineData(TcpCongestionControl.Cubic)]
    public void RepeatedAcks_BringNoMoreThanWasInFlight(TcpCongestionControl algorithm)
    {
        var bench = Sending(algorithm);

        for (var i = 0; i < 5000; i++) bench.Inject(Ack, 0, 0);

        var sent = bench.Drain();
        // One is the segment taken for lost; limited transmit's two, and one for each of the ten that a duplicate can stand for.
        Assert.InRange(sent.Count, 1, 13);
        Assert.Equal((1L, 1L), (bench.Socket.GetInfo().FastRecoveries, bench.Socket.GetInfo().Retransmits));
        Assert.InRange(bench.Socket.GetInfo().CongestionWindow, 0, 10_000);
    }

    [Fact, Trait("RFC", "5681 3.2; 6582")]
    public void RepeatedAcks_FromOneWindowToTheNext_HalveTheRateInsteadOfRaisingIt()
    {
        var bench = Sending(TcpCongestionControl.Reno);
        long acknowledged = 0;
        for (var round = 0; round < 8; round++)
        {
            for (var i = 0; i < 100; i++) bench.Inject(Ack, 0, acknowledged);
            bench.Drain();
            acknowledged = bench.Socket.GetInfo().BytesSent;
            bench.Inject(Ack, 0, acknowledged);
            bench.Drain();
            if (bench.Socket.GetInfo().SendQueue == 0) bench.Write(60_000);
            bench.Drain();
        }
        // Two segments are the least that a congestion window is halved to.
        Assert.InRange(bench.Socket.GetInfo().SlowStartThreshold, 2000, 3000);
    }

    /// <summary>A connection with its first ten segments of 1000 bytes in flight and 190 more to send, to a peer without options.</summary>
    private static Bench Sending(TcpCongestionControl algorithm)
    {
        var bench = Accepted(socket: new TcpSocketOptions { Timestamps = false, WindowScaling = false, BufferAutotuning = false, CongestionControl = algorithm });
        bench.Write(200_000);
        Assert.Equal(10, bench.Drain().Count);
        return bench;
    }
}
