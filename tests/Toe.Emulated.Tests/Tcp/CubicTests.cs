using Toe.Emulated.Tcp.Congestion;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>CUBIC against its formulas: RFC 9438 §4. Windows are in segments of 1000 bytes.</summary>
public sealed class CubicTests
{
    private const double C = 0.4, Beta = 0.7;

    [Theory, Trait("RFC", "9438 4.6")]
    [InlineData(100_000, 70_000)]
    [InlineData(10_000, 7000)]
    [InlineData(2000, 2000)]
    [InlineData(1000, 2000)]
    public void Loss_TakesThreeTenthsButLeavesTwoSegments(int flight, int threshold)
    {
        var cubic = At(flight / 1000.0).Control;
        cubic.OnCongestion(flight);
        cubic.OnRecovered();
        Assert.Equal((threshold, threshold), (cubic.Threshold, cubic.Window));
    }

    [Fact, Trait("RFC", "9438 4.6")]
    public void Threshold_IsOfTheFlightAndNotOfTheWindow()
    {
        var cubic = At(100).Control;
        cubic.OnCongestion(40_000);
        Assert.Equal(28_000, cubic.Threshold);
    }

    [Theory, Trait("RFC", "9438 4.2, 4.4")]
    [InlineData(100, 200)]
    [InlineData(300, 100)]
    [InlineData(1000, 200)]
    public void ConcaveRegion_FollowsTheCurveToThePlateau(double maximum, double roundTrip)
    {
        var path = At(maximum, roundTrip);
        path.Lose();
        Assert.Equal(Beta * maximum, path.Window, 0.01);
        var period = Period(maximum, Beta * maximum);
        AssertCurve(path, maximum, period, until: period, roundTrip / 1000);
        Assert.Equal(maximum, path.Window, 2.0);
    }

    [Fact, Trait("RFC", "9438 4.2, 4.5")]
    public void ConvexRegion_FollowsTheCurveBeyondThePlateau()
    {
        var path = At(300, 200);
        path.Lose();
        AssertCurve(path, 300, Period(300, 210), until: 2.5 * Period(300, 210), 0.2);
        Assert.InRange(path.Window, 350, 1000);
    }

    [Fact, Trait("RFC", "9438 4.2")]
    public void Target_IsAtMostHalfAsMuchAgain()
    {
        // A round trip so long that the curve runs away.
        var path = At(10, 10_000);
        path.Lose();
        path.RoundTrip();
        Assert.InRange(path.Window, 7, 7 * 1.5 * 1.15);
    }

    [Fact, Trait("RFC", "9438 4.3")]
    public void SmallWindows_GrowAsFastAsReno()
    {
        const double alpha = 3 * (1 - Beta) / (1 + Beta);
        var path = At(10, 10);
        path.Lose();
        for (var i = 1; i <= 5; i++)
        {
            path.RoundTrip();
            Assert.Equal(7 + i * alpha, path.Window, 0.6);
        }
    }

    [Fact, Trait("RFC", "9438 4.3")]
    public void SmallWindows_BeyondTheOldOne_GrowByASegmentForEachRoundTrip()
    {
        var path = At(10, 10);
        path.Lose();
        while (path.Window < 11) path.RoundTrip();
        var before = path.Window;
        for (var i = 0; i < 5; i++) path.RoundTrip();
        Assert.Equal(before + 5, path.Window, 1.0);
    }

    [Fact, Trait("RFC", "9438 4.3")]
    public void ShortRoundTrips_AreNeverSlowerThanReno()
    {
        const double alpha = 3 * (1 - Beta) / (1 + Beta);
        var path = At(100, 2);
        path.Lose();
        for (var i = 1; i <= 50; i++) path.RoundTrip();
        Assert.Equal(70 + 50 * alpha, path.Window, 3.0);
    }

    [Fact, Trait("RFC", "9438 4.7")]
    public void FastConvergence_LowersThePlateauOfAFlowThatLostGround()
    {
        var path = At(100, 200);
        path.Lose();
        path.Control.Restore(80_000, 1);
        path.Lose();
        const double maximum = 80 * (1 + Beta) / 2;
        AssertCurve(path, maximum, Period(maximum, 56), Period(maximum, 56), 0.2);
    }

    [Fact, Trait("RFC", "9438 4.7")]
    public void FastConvergence_ComparesWithThePlateauAndNotWithTheLastWindow()
    {
        // W_max is 100, then 80 gives 68; 75 is above that, so it is the new one.
        var path = At(100, 200);
        path.Lose();
        path.Control.Restore(80_000, 1);
        path.Lose();
        path.Control.Restore(75_000, 1);
        path.Lose();
        AssertCurve(path, 75, Period(75, 52.5), Period(75, 52.5), 0.2);
    }

    [Fact, Trait("RFC", "9438 4.7")]
    public void FastConvergence_OfAFlowThatGainedGround_LeavesItsWindow()
    {
        var path = At(100, 200);
        path.Lose();
        path.Control.Restore(120_000, 1);
        path.Lose();
        AssertCurve(path, 120, Period(120, 84), Period(120, 84), 0.2);
    }

    [Fact, Trait("RFC", "9438 5.8; 7661 1")]
    public void Window_ThatIsNotUsed_DoesNotGrow()
    {
        var path = At(100, 100);
        path.Lose();
        for (var i = 0; i < 500; i++)
        {
            path.Wait(0.1);
            path.Acknowledge(1000, 20_000);
        }
        Assert.Equal(70_000, path.Control.Window);
    }

    [Fact, Trait("RFC", "9438 4.2 (t), 5.8")]
    public void TimeInWhichTheWindowWasNotUsed_DoesNotCount()
    {
        var path = At(100, 200);
        path.Lose();
        path.RoundTrip();
        for (var i = 0; i < 100; i++)
        {
            path.Wait(0.2);
            path.Acknowledge(1000, 20_000);
        }
        path.RoundTrip();
        Assert.InRange(path.Window, 70, Curve(0.8, 100, Period(100, 70)));
    }

    [Fact, Trait("RFC", "9438 4.8; 5681 3.1")]
    public void TimeOut_LeavesOneSegmentAndLowersTheThresholdOnce()
    {
        var path = At(100, 100);
        path.Control.OnTimeout(100_000, first: true);
        Assert.Equal((70_000, 1000), (path.Control.Threshold, path.Control.Window));
        path.Control.OnTimeout(1000, first: false);
        Assert.Equal((70_000, 1000), (path.Control.Threshold, path.Control.Window));
    }

    [Fact, Trait("RFC", "9438 4.8")]
    public void AfterATimeOut_ThePlateauIsWhereAvoidanceBegins()
    {
        var path = At(100, 200);
        path.Control.OnTimeout(100_000, first: true);
        while (path.Control.Window < path.Control.Threshold) path.RoundTrip();
        var (begin, window) = (path.Seconds, path.Window);
        Assert.InRange(window, 70, 140);
        path.Run(6);
        var elapsed = path.Seconds - begin;
        Assert.InRange(path.Window, window + C * Math.Pow(elapsed - 0.4, 3) - 2, window + C * Math.Pow(elapsed + 0.4, 3) + 2);
    }

    [Fact, Trait("RFC", "9438 4.10")]
    public void SlowStartThatEndedWithoutALoss_HasNoPlateauEither()
    {
        var cubic = new Cubic();
        cubic.OnEstablished(1000, 10_000);
        cubic.Restore(100_000, 100_000);
        var path = new CongestionPath(cubic, 200);
        path.Run(6);
        Assert.InRange(path.Window, 100 + C * Math.Pow(5.6, 3) - 2, 100 + C * Math.Pow(6.6, 3) + 2);
    }

    [Fact, Trait("RFC", "5681 4.1")]
    public void Idle_LeavesTheInitialWindowAndTheThreshold()
    {
        var path = At(100, 100);
        path.Lose();
        path.Control.OnIdle(10_000);
        Assert.Equal((10_000, 70_000), (path.Control.Window, path.Control.Threshold));
        path.RoundTrip();
        Assert.Equal(20, path.Window, 0.01);
        path = At(4, 100);
        path.Control.OnIdle(10_000);
        Assert.Equal(4000, path.Control.Window);
    }

    [Fact, Trait("RFC", "1191 6.5; 8201 5.4")]
    public void SmallerSegments_LeaveTheBytes()
    {
        var path = At(100, 200);
        path.Lose();
        path.Control.OnSegmentSize(500);
        Assert.Equal((70_000, 70_000), (path.Control.Window, path.Control.Threshold));
        var smaller = new CongestionPath(path.Control, 200, segmentSize: 500);
        for (var i = 0; i < 20; i++) smaller.RoundTrip();
        // 140 of the new segments, on their way to 200.
        var segments = Curve(smaller.Seconds, 200, Period(200, 140));
        Assert.Equal(segments / 2, smaller.Window, 2.0);
    }

    [Fact, Trait("RFC", "5681 3.1")]
    public void SlowStart_DoublesInARoundTrip()
    {
        var cubic = new Cubic();
        cubic.OnEstablished(1000, 10_000);
        var path = new CongestionPath(cubic, 100);
        foreach (var window in (int[])[20, 40, 80])
        {
            path.RoundTrip();
            Assert.Equal(window, path.Window);
        }
    }

    [Fact, Trait("RFC", "7661 1")]
    public void SlowStart_ThatIsNotUsed_DoesNotGrow()
    {
        var cubic = new Cubic();
        cubic.OnEstablished(1000, 10_000);
        var path = new CongestionPath(cubic, 100);
        for (var i = 0; i < 50; i++) path.Acknowledge(1000, 2000);
        Assert.Equal(10_000, cubic.Window);
    }

    private static CongestionPath At(double segments, double roundTrip = 100)
    {
        var cubic = new Cubic();
        cubic.OnEstablished(1000, 10_000);
        cubic.Restore((long)(segments * 1000), 1000);
        return new CongestionPath(cubic, roundTrip);
    }

    private static double Period(double maximum, double begin) => Math.Pow((maximum - begin) / C, 1.0 / 3);

    private static double Curve(double time, double maximum, double period) => C * Math.Pow(time - period, 3) + maximum;

    /// <summary>The window is on the curve, give or take the round trip in which it gets there.</summary>
    private static void AssertCurve(CongestionPath path, double maximum, double period, double until, double roundTrip)
    {
        var begin = path.Seconds;
        while (path.Seconds - begin < until)
        {
            path.RoundTrip();
            var time = path.Seconds - begin;
            Assert.InRange(path.Window, Curve(time - 2 * roundTrip, maximum, period) - 1.5, Curve(time + roundTrip, maximum, period) + 1.5);
        }
    }
}
