namespace Toe.Emulated.Tcp.Congestion;

/// <summary>CUBIC, RFC 9438. Windows of the formulas are in segments, times in seconds, as there.</summary>
internal sealed class Cubic : CongestionControl
{
    /// <summary>C (§5).</summary>
    private const double Aggressiveness = 0.4;

    /// <summary>β_cubic (§4.6).</summary>
    private const double Decrease = 0.7;

    /// <summary>α_cubic (§4.3): what makes it as fast as Reno.</summary>
    private const double RenoIncrease = 3 * (1 - Decrease) / (1 + Decrease);

    private double _maximum;
    private double _prior;
    private double _estimate;
    private double _growth;
    private double _period;
    private long _epoch = -1;
    private bool _timedOut;

    public override void OnSegmentSize(int segmentSize)
    {
        // The formulas count segments: what they remember is worth more of the smaller ones.
        var scale = (double)SegmentSize / segmentSize;
        (_maximum, _prior, _estimate) = (_maximum * scale, _prior * scale, _estimate * scale);
        base.OnSegmentSize(segmentSize);
        _epoch = -1;
    }

    public override void OnCongestion(long flight)
    {
        var window = (double)Window / SegmentSize;
        // §4.7, fast convergence: a flow that has lost ground makes room for others.
        _maximum = window < _maximum ? window * (1 + Decrease) / 2 : window;
        _prior = window;
        Threshold = Math.Max((long)(flight * Decrease), 2L * SegmentSize);
        _epoch = -1;
        _timedOut = false;
    }

    public override void OnTimeout(long flight, bool first)
    {
        base.OnTimeout(flight, first);
        _epoch = -1;
        _timedOut = true;
    }

    public override void OnIdle(long initialWindow)
    {
        base.OnIdle(initialWindow);
        _epoch = -1;
    }

    /// <summary>§5.8: time in which the application sent too little does not count.</summary>
    protected override void OnUnusedWindow() => _epoch = -1;

    /// <summary>§4.2 to §4.5.</summary>
    protected override void Avoid(in CongestionSample sample)
    {
        var window = (double)Window / SegmentSize;
        if (_epoch < 0) BeginEpoch(window, sample.Now);
        var elapsed = (double)(sample.Now - _epoch) / TimeSpan.TicksPerSecond;
        var acknowledged = (double)sample.Acknowledged / SegmentSize;
        _estimate += (_estimate >= _prior ? 1 : RenoIncrease) * acknowledged / window;
        if (At(elapsed) < _estimate) _growth = Math.Max(_growth, _estimate - window);
        else
        {
            var target = Math.Clamp(At(elapsed + (double)sample.SmoothedRoundTrip / TimeSpan.TicksPerSecond), window, 1.5 * window);
            _growth += (target - window) / window * acknowledged;
        }
        var bytes = (long)(_growth * SegmentSize);
        _growth -= (double)bytes / SegmentSize;
        Window += bytes;
    }

    private void BeginEpoch(double window, long now)
    {
        _epoch = now;
        _estimate = window;
        _growth = 0;
        // §4.8: after a time-out there is no plateau to come back to. Nor above an old one.
        if (_timedOut || window >= _maximum) _maximum = window;
        _timedOut = false;
        _period = Math.Cbrt((_maximum - window) / Aggressiveness);
    }

    /// <summary>W_cubic(t).</summary>
    private double At(double time)
    {
        var distance = time - _period;
        return Aggressiveness * distance * distance * distance + _maximum;
    }
}
