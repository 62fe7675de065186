using Toe.Emulated.Tcp.Congestion;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Slow start that watches round trips: RFC 9406 §4. A round is ten segments of 1000 bytes, an ACK for each.</summary>
public sealed class HyStartTests
{
    private const int Segments = 10;

    private HyStart _tested = new();
    private uint _acknowledged;
    private bool _isOver;

    [Theory, Trait("RFC", "9406 4.2, 4.3")]
    [InlineData(100, 112.6, true)]
    [InlineData(100, 112.4, false)]
    [InlineData(10, 14, true)]
    [InlineData(10, 13.9, false)]
    [InlineData(1, 4.9, false)]
    [InlineData(400, 416, true)]
    [InlineData(400, 415.9, false)]
    public void Growth_OfAnEighthBetweenFourAndSixteenMilliseconds_EndsSlowStart(double first, double second, bool ends)
    {
        Round(first);
        Round(second);
        Assert.Equal(ends, _tested.IsConservative);
        Assert.False(_isOver);
    }

    [Fact, Trait("RFC", "9406 4.2")]
    public void FewerThanEightSamples_DecideNothing()
    {
        Round(100);
        Round(200, count: 7);
        Assert.False(_tested.IsConservative);
        Round(200, count: 2, begin: 7);
        Assert.True(_tested.IsConservative);
    }

    [Fact, Trait("RFC", "9406 4.2")]
    public void FirstRound_HasNothingToCompareWith()
    {
        Round(10, count: 1);
        Round(500, count: 9, begin: 1);
        Assert.False(_tested.IsConservative);
    }

    [Fact, Trait("RFC", "9406 4.2")]
    public void OneShortRoundTripInARound_SaysThatThereIsNoQueue()
    {
        Round(100);
        Round(200, count: 4);
        Round(101, count: 1, begin: 4);
        Round(200, count: 5, begin: 5);
        Assert.False(_tested.IsConservative);
    }

    [Fact, Trait("RFC", "9406 4.2")]
    public void AcksWithoutASample_DoNotCount()
    {
        Round(100);
        Round(200, count: 6);
        Round(0, count: 4, begin: 6);
        Assert.False(_tested.IsConservative);
    }

    [Fact, Trait("RFC", "9406 4.2")]
    public void ConservativeGrowth_IsAQuarter()
    {
        Assert.Equal(10_000, Round(100));
        Round(200);
        Assert.True(_tested.IsConservative);
        Assert.Equal(2500, Round(200));
    }

    [Fact, Trait("RFC", "9406 4.2, 4.3")]
    public void OneAck_CountsForAtMostEightSegments()
    {
        var sample = Sample(100, 20_000, 20_000);
        Assert.Equal(8000, _tested.Grow(sample, 1000, out _));
        _tested = new HyStart();
        Assert.Equal(3000, _tested.Grow(Sample(100, 3000, 20_000), 1000, out _));
    }

    [Fact, Trait("RFC", "9406 4.2")]
    public void ShorterRoundTrips_BringSlowStartBack()
    {
        Round(100);
        Round(200);
        Assert.True(_tested.IsConservative);
        Round(199);
        Assert.False(_tested.IsConservative);
        Assert.Equal(10_000, Round(199));
        Assert.False(_isOver);
    }

    [Fact, Trait("RFC", "9406 4.2")]
    public void EqualRoundTrips_DoNotBringSlowStartBack()
    {
        Round(100);
        Round(200);
        Round(200);
        Assert.True(_tested.IsConservative);
    }

    [Fact, Trait("RFC", "9406 4.2")]
    public void ConservativeSlowStart_EndsAfterFiveRoundsTheFirstInPart()
    {
        Round(100);
        Round(200);
        Assert.True(_tested.IsConservative);
        for (var i = 0; i < 4; i++)
        {
            Assert.False(_isOver);
            Round(200);
        }
        Assert.False(_isOver);
        Round(200, count: 1);
        Assert.True(_isOver);
    }

    [Fact, Trait("RFC", "9406 4.2")]
    public void SlowStartThatCameBack_CanEndAgain()
    {
        Round(100);
        Round(200);
        Round(150);
        Assert.False(_tested.IsConservative);
        Round(250);
        Assert.True(_tested.IsConservative);
    }

    [Theory, Trait("RFC", "9406 4.2")]
    [InlineData(false)]
    [InlineData(true)]
    public void EndOfConservativeSlowStart_IsTheThreshold(bool cubic)
    {
        CongestionControl control = cubic ? new Cubic() : new Reno();
        control.OnEstablished(1000, 10_000);
        new CongestionPath(control, 100).RoundTrip();
        var slower = new CongestionPath(control, 200);
        for (var i = 0; i < 12 && control.Threshold == long.MaxValue; i++) slower.RoundTrip();
        Assert.NotEqual(long.MaxValue, control.Threshold);
        Assert.InRange(control.Window, control.Threshold, control.Threshold + 2000);
    }

    [Theory, Trait("RFC", "9406 4.2 (initial slow start only)")]
    [InlineData(false)]
    [InlineData(true)]
    public void SlowStartBehindATimeOut_IsThePlainOne(bool cubic)
    {
        CongestionControl control = cubic ? new Cubic() : new Reno();
        control.OnEstablished(1000, 10_000);
        control.Restore(400_000, 400_000);
        control.OnTimeout(400_000, first: true);
        var path = new CongestionPath(control, 100);
        for (var i = 0; i < 4; i++) path.RoundTrip();
        Assert.Equal(16, path.Window);
        var slower = new CongestionPath(control, 200);
        slower.RoundTrip();
        slower.RoundTrip();
        Assert.Equal(64, slower.Window);
    }

    /// <summary>ACKs of one round.</summary>
    /// <returns>What the window grows by.</returns>
    private long Round(double milliseconds, int count = Segments, int begin = 0)
    {
        var growth = 0L;
        for (var i = begin; i < begin + count; i++)
        {
            _acknowledged += 1000;
            growth += _tested.Grow(Sample(milliseconds, 1000, 10_000), 1000, out var isOver);
            _isOver |= isOver;
        }
        return growth;
    }

    private CongestionSample Sample(double milliseconds, int acknowledged, int inFlight) => new()
    {
        Acknowledged = acknowledged,
        FlightBefore = inFlight + acknowledged,
        SendUnacknowledged = _acknowledged,
        SendNext = _acknowledged + (uint)inFlight,
        RoundTrip = (long)(milliseconds * TimeSpan.TicksPerMillisecond),
        SmoothedRoundTrip = (long)(milliseconds * TimeSpan.TicksPerMillisecond),
        Now = 0,
    };
}
