namespace Toe.Emulated.Tcp.Congestion;

/// <summary>CUBIC, RFC 9438, with the slow start of RFC 9406. Windows of the formulas are in segments, times in seconds, as there.</summary>
internal sealed class Cubic : ICongestionControl
{
    /// <summary>C (§5).</summary>
    private const double Aggressiveness = 0.4;

    /// <summary>β_cubic (§4.6).</summary>
    private const double Decrease = 0.7;

    /// <summary>α_cubic (§4.3): what makes it as fast as Reno.</summary>
    private const double RenoIncrease = 3 * (1 - Decrease) / (1 + Decrease);

    private HyStart _slowStart = new();
    private int _segmentSize;
    private long _initialWindow;
    private double _maximum;
    private double _prior;
    private double _estimate;
    private double _growth;
    private double _period;
    private long _epoch = -1;
    private bool _timedOut;

    public long Window { get; private set; }

    public long Threshold { get; private set; } = long.MaxValue;

    public void OnEstablished(int segmentSize, long initialWindow)
    {
        _segmentSize = segmentSize;
        _initialWindow = initialWindow;
        Window = initialWindow;
    }

    public void Restore(long window, long threshold)
    {
        Window = Math.Max(window, _segmentSize);
        Threshold = threshold;
    }

    public void OnSegmentSize(int segmentSize)
    {
        // The formulas count segments: what they remember is worth more of the smaller ones.
        var scale = (double)_segmentSize / segmentSize;
        (_maximum, _prior, _estimate) = (_maximum * scale, _prior * scale, _estimate * scale);
        _segmentSize = segmentSize;
        Window = Math.Max(Window, segmentSize);
        _epoch = -1;
    }

    public void OnAcknowledged(in CongestionSample sample)
    {
        if (Window < Threshold)
        {
            // A window that is not used says nothing about the path: it does not grow (RFC 7661 §1, and what Linux does).
            if (sample.FlightBefore * 2 < Window) return;
            Window += _slowStart.Grow(sample, _segmentSize, out var isOver);
            if (isOver) Threshold = Window;
            return;
        }
        if (sample.FlightBefore + _segmentSize <= Window)
        {
            // §5.8: time in which the application sent too little does not count.
            _epoch = -1;
            return;
        }
        Avoid(sample);
    }

    public void OnCongestion(long flight)
    {
        var window = (double)Window / _segmentSize;
        // §4.7, fast convergence: a flow that has lost ground makes room for others.
        _maximum = window < _maximum ? window * (1 + Decrease) / 2 : window;
        _prior = window;
        Threshold = Math.Max((long)(flight * Decrease), 2L * _segmentSize);
        _epoch = -1;
        _timedOut = false;
    }

    public void OnRecovered() => Window = Threshold;

    public void OnTimeout(long flight, bool first)
    {
        if (first) OnCongestion(flight);
        Window = _segmentSize;
        _epoch = -1;
        _timedOut = true;
        _slowStart.End();
    }

    public void OnIdle()
    {
        Window = Math.Min(Window, _initialWindow);
        _epoch = -1;
    }

    /// <summary>§4.2 to §4.5.</summary>
    private void Avoid(in CongestionSample sample)
    {
        var window = (double)Window / _segmentSize;
        if (_epoch < 0) BeginEpoch(window, sample.Now);
        var elapsed = (double)(sample.Now - _epoch) / TimeSpan.TicksPerSecond;
        var acknowledged = (double)sample.Acknowledged / _segmentSize;
        _estimate += (_estimate >= _prior ? 1 : RenoIncrease) * acknowledged / window;
        if (At(elapsed) < _estimate) _growth = Math.Max(_growth, _estimate - window);
        else
        {
            var target = Math.Clamp(At(elapsed + (double)sample.SmoothedRoundTrip / TimeSpan.TicksPerSecond), window, 1.5 * window);
            _growth += (target - window) / window * acknowledged;
        }
        var bytes = (long)(_growth * _segmentSize);
        _growth -= (double)bytes / _segmentSize;
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
