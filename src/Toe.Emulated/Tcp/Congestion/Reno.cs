namespace Toe.Emulated.Tcp.Congestion;

/// <summary>RFC 5681, with the slow start of RFC 9406.</summary>
internal sealed class Reno : ICongestionControl
{
    private HyStart _slowStart = new();
    private int _segmentSize;
    private long _initialWindow;
    private long _acknowledgedInAvoidance;

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
        _segmentSize = segmentSize;
        Window = Math.Max(Window, segmentSize);
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
        if (sample.FlightBefore + _segmentSize <= Window) return;
        // RFC 5681 §3.1: one segment more each time a window's worth was acknowledged.
        _acknowledgedInAvoidance += sample.Acknowledged;
        if (_acknowledgedInAvoidance < Window) return;
        _acknowledgedInAvoidance -= Window;
        Window += _segmentSize;
    }

    public void OnCongestion(long flight)
    {
        Threshold = Math.Max(flight / 2, 2L * _segmentSize);
        _acknowledgedInAvoidance = 0;
    }

    public void OnRecovered() => Window = Threshold;

    public void OnTimeout(long flight, bool first)
    {
        if (first) OnCongestion(flight);
        Window = _segmentSize;
        _acknowledgedInAvoidance = 0;
        _slowStart.End();
    }

    public void OnIdle() => Window = Math.Min(Window, _initialWindow);
}
