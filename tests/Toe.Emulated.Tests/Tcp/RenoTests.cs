using Toe.Emulated.Tcp.Congestion;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>The congestion control of RFC 5681 by itself.</summary>
public sealed class RenoTests
{
    [Theory, Trait("RFC", "5681 3.1 (4)")]
    [InlineData(20_000, 10_000)]
    [InlineData(5000, 2500)]
    [InlineData(4000, 2000)]
    [InlineData(1000, 2000)]
    public void Loss_TakesHalfTheFlightButLeavesTwoSegments(int flight, int threshold)
    {
        var reno = At(50).Control;
        reno.OnCongestion(flight);
        reno.OnRecovered();
        Assert.Equal((threshold, threshold), (reno.Threshold, reno.Window));
    }

    [Fact, Trait("RFC", "5681 3.1 (3)")]
    public void Avoidance_GrowsByASegmentForEachRoundTrip()
    {
        var path = At(20);
        path.Lose();
        for (var i = 1; i <= 30; i++)
        {
            path.RoundTrip();
            Assert.InRange(path.Window, 10 + i - 1.5, 10 + i + 0.5);
        }
    }

    [Fact, Trait("RFC", "5681 3.1; 7661 1")]
    public void Window_ThatIsNotUsed_DoesNotGrow()
    {
        var path = At(20);
        for (var i = 0; i < 500; i++) path.Acknowledge(1000, 5000);
        Assert.Equal(20_000, path.Control.Window);
    }

    [Fact, Trait("RFC", "5681 3.1")]
    public void SlowStart_EndsAtTheThreshold()
    {
        var path = At(40);
        path.Control.OnTimeout(40_000, first: true);
        Assert.Equal((20_000, 1000), (path.Control.Threshold, path.Control.Window));
        foreach (var window in (int[])[2, 4, 8, 16])
        {
            path.RoundTrip();
            Assert.Equal(window, path.Window);
        }
        path.RoundTrip();
        Assert.InRange(path.Window, 20, 21);
        path.RoundTrip();
        Assert.InRange(path.Window, 20, 22);
    }

    [Fact, Trait("RFC", "5681 3.1")]
    public void RepeatedTimeOut_LeavesTheThreshold()
    {
        var reno = At(40).Control;
        reno.OnTimeout(40_000, first: true);
        reno.OnTimeout(1000, first: false);
        Assert.Equal((20_000, 1000), (reno.Threshold, reno.Window));
    }

    [Fact, Trait("RFC", "5681 4.1")]
    public void Idle_LeavesTheRestartWindow()
    {
        var path = At(40);
        path.Lose();
        path.Control.OnIdle(10_000);
        Assert.Equal((10_000, 20_000), (path.Control.Window, path.Control.Threshold));
    }

    [Fact, Trait("RFC", "1191 6.5")]
    public void SmallerSegments_LeaveTheBytesAndSlowTheGrowth()
    {
        var path = At(20);
        path.Control.OnSegmentSize(500);
        Assert.Equal(20_000, path.Control.Window);
        var smaller = new CongestionPath(path.Control, 100, segmentSize: 500);
        for (var i = 0; i < 10; i++) smaller.RoundTrip();
        Assert.Equal(25, smaller.Window, 0.6);
    }

    private static CongestionPath At(double segments)
    {
        var reno = new Reno();
        reno.OnEstablished(1000, 10_000);
        reno.Restore((long)(segments * 1000), 1000);
        return new CongestionPath(reno, 100);
    }
}
