namespace Toe.Emulated.Tcp.Congestion;

/// <summary>RFC 5681 with the NewReno recovery of RFC 6582.</summary>
internal sealed class NewReno : ICongestionControl
{
    private int _segmentSize;
    private long _initialWindow;
    private long _acknowledgedInAvoidance;

    public long Window { get; private set; }

    public long Threshold { get; private set; } = long.MaxValue;

    public bool InRecovery { get; private set; }

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

    public void OnAcknowledged(long acknowledged, long flightBefore)
    {
        if (Window < Threshold)
        {
            // A window that is not used says nothing about the path: it does not grow (RFC 7661 §1, and what Linux does).
            if (flightBefore * 2 >= Window) Window += Math.Min(acknowledged, _segmentSize);
            return;
        }
        if (flightBefore + _segmentSize <= Window) return;
        // RFC 5681 §3.1: one segment more each time a window's worth was acknowledged.
        _acknowledgedInAvoidance += acknowledged;
        if (_acknowledgedInAvoidance < Window) return;
        _acknowledgedInAvoidance -= Window;
        Window += _segmentSize;
    }

    public void OnFastRetransmit(long flight)
    {
        Threshold = Math.Max(flight / 2, 2L * _segmentSize);
        Window = Threshold + 3L * _segmentSize;
        _acknowledgedInAvoidance = 0;
        InRecovery = true;
    }

    public void OnDuplicateInRecovery() => Window += _segmentSize;

    public void OnPartialAcknowledgment(long acknowledged)
    {
        // RFC 6582 §3.2 step 3: deflate by what left, give back one segment for the one sent again.
        Window = Math.Max(Window - acknowledged, _segmentSize);
        if (acknowledged >= _segmentSize) Window += _segmentSize;
    }

    public void OnRecovered(long flight)
    {
        // RFC 6582 §3.2 step 3, first option: no burst when little is left in flight.
        Window = Math.Min(Threshold, Math.Max(flight, _segmentSize) + _segmentSize);
        InRecovery = false;
    }

    public void OnTimeout(long flight, bool first)
    {
        if (first) Threshold = Math.Max(flight / 2, 2L * _segmentSize);
        Window = _segmentSize;
        _acknowledgedInAvoidance = 0;
        InRecovery = false;
    }

    public void OnIdle() => Window = Math.Min(Window, _initialWindow);
}
