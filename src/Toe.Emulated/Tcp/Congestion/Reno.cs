namespace Toe.Emulated.Tcp.Congestion;

/// <summary>RFC 5681.</summary>
internal sealed class Reno : CongestionControl
{
    private long _acknowledged;

    public override void OnCongestion(long flight)
    {
        Threshold = Math.Max(flight / 2, 2L * SegmentSize);
        _acknowledged = 0;
    }

    public override void OnTimeout(long flight, bool first)
    {
        base.OnTimeout(flight, first);
        _acknowledged = 0;
    }

    /// <summary>§3.1: one segment more each time a window's worth was acknowledged.</summary>
    protected override void Avoid(in CongestionSample sample)
    {
        _acknowledged += sample.Acknowledged;
        if (_acknowledged < Window) return;
        _acknowledged -= Window;
        Window += SegmentSize;
    }
}
