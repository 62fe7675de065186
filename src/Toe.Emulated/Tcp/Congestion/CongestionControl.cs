namespace Toe.Emulated.Tcp.Congestion;

/// <summary>How much may be in flight outside of fast recovery, and what a loss costs. Slow start is the same for all (RFC 5681 §3.1, RFC 9406);
/// congestion avoidance is each one's own. Sizes in bytes, times in ticks; called by one connection on the owner thread.</summary>
internal abstract class CongestionControl
{
    /// <summary>Only the initial slow start is judged (RFC 9406 §4.2): later ones know a threshold.</summary>
    private HyStart? _initialSlowStart;
    private bool _hasLeftSlowStart;

    /// <summary>cwnd.</summary>
    public long Window { get; protected set; }

    /// <summary>ssthresh.</summary>
    public long Threshold { get; protected set; } = long.MaxValue;

    /// <summary>SMSS.</summary>
    protected int SegmentSize { get; private set; }

    /// <summary>The handshake is done.</summary>
    public void OnEstablished(int segmentSize, long initialWindow)
    {
        SegmentSize = segmentSize;
        Window = initialWindow;
    }

    /// <summary>The connection comes from another carrier with what that one had found out; after <see cref="OnEstablished"/>.</summary>
    public void Restore(long window, long threshold)
    {
        Window = Math.Max(window, SegmentSize);
        Threshold = threshold;
    }

    /// <summary>The path takes smaller segments now.</summary>
    public virtual void OnSegmentSize(int segmentSize)
    {
        SegmentSize = segmentSize;
        Window = Math.Max(Window, segmentSize);
    }

    /// <summary>New data was acknowledged outside fast recovery. A window that is not used says nothing about the path: it does not grow (RFC 7661
    /// §1, and what Linux does).</summary>
    public void OnAcknowledged(in CongestionSample sample)
    {
        if (Window >= Threshold)
        {
            if (sample.FlightBefore + SegmentSize > Window) Avoid(sample);
            else OnUnusedWindow();
            return;
        }
        if (sample.FlightBefore * 2 < Window) return;
        if (_hasLeftSlowStart)
        {
            Window += Math.Min(sample.Acknowledged, SegmentSize);
            return;
        }
        _initialSlowStart ??= new HyStart();
        Window += _initialSlowStart.Grow(sample, SegmentSize, out var isOver);
        if (!isOver) return;
        Threshold = Window;
        LeaveSlowStart();
    }

    /// <summary>A loss or a congestion mark: sets <see cref="Threshold"/>. <see cref="Window"/> waits for <see cref="OnRecovered"/>; until then RFC 9937 rules.</summary>
    /// <param name="flight">Bytes in flight.</param>
    public abstract void OnCongestion(long flight);

    /// <summary>A congestion mark where nothing is lost: the window falls at once, and does not grow where it is small already (RFC 3168 §6.1.2).</summary>
    /// <param name="flight">Bytes in flight.</param>
    public void OnMark(long flight)
    {
        var before = Window;
        OnCongestion(flight);
        Window = Math.Min(before, Threshold);
    }

    /// <summary>Fast recovery is over.</summary>
    public void OnRecovered() => Window = Threshold;

    /// <summary>The retransmission timer ran out.</summary>
    /// <param name="flight">Bytes in flight.</param>
    /// <param name="first">The first time for this data: a repeated time-out does not lower the threshold again.</param>
    public virtual void OnTimeout(long flight, bool first)
    {
        if (first) OnCongestion(flight);
        Window = SegmentSize;
        LeaveSlowStart();
    }

    /// <summary>Nothing was sent for longer than a retransmission time-out (RFC 5681 §4.1).</summary>
    /// <param name="initialWindow">IW.</param>
    public virtual void OnIdle(long initialWindow) => Window = Math.Min(Window, initialWindow);

    /// <summary>The connection is at rest: what rounds were like is forgotten.</summary>
    public void Rest() => _initialSlowStart = null;

    /// <summary>Congestion avoidance: new data was acknowledged, and the window is used.</summary>
    protected abstract void Avoid(in CongestionSample sample);

    /// <summary>Congestion avoidance: the application sends too little to use the window.</summary>
    protected virtual void OnUnusedWindow()
    {
        // Only a control that counts time has to know.
    }

    private void LeaveSlowStart()
    {
        _hasLeftSlowStart = true;
        _initialSlowStart = null;
    }
}
