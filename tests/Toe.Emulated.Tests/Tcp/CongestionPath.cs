using Toe.Emulated.Tcp.Congestion;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Acknowledges for a congestion control what it lets go, round trip by round trip. Segments are of 1000 bytes.</summary>
internal sealed class CongestionPath(CongestionControl control, double roundTripMilliseconds, int segmentSize = 1000)
{
    private uint _acknowledged;

    public CongestionControl Control { get; } = control;

    /// <summary>The window in segments of 1000 bytes.</summary>
    public double Window => Control.Window / 1000.0;

    public double Seconds { get; private set; }

    /// <summary>Acknowledges a whole window, a segment at a time, spread over a round trip.</summary>
    public void RoundTrip()
    {
        var count = Math.Max(1, (int)(Control.Window / segmentSize));
        var step = roundTripMilliseconds / 1000 / count;
        for (var i = 0; i < count; i++)
        {
            Seconds += step;
            Acknowledge(segmentSize, Control.Window);
        }
    }

    public void Run(double seconds)
    {
        for (var end = Seconds + seconds; Seconds < end;) RoundTrip();
    }

    /// <summary>An ACK of so many bytes when so many were in flight.</summary>
    public void Acknowledge(int bytes, long flight)
    {
        _acknowledged += (uint)bytes;
        Control.OnAcknowledged(new CongestionSample
        {
            Acknowledged = bytes,
            FlightBefore = flight,
            SendUnacknowledged = _acknowledged,
            SendNext = (uint)(_acknowledged + flight - bytes),
            RoundTrip = (long)(roundTripMilliseconds * TimeSpan.TicksPerMillisecond),
            SmoothedRoundTrip = (long)(roundTripMilliseconds * TimeSpan.TicksPerMillisecond),
            Now = (long)(Seconds * TimeSpan.TicksPerSecond),
        });
    }

    public void Wait(double seconds) => Seconds += seconds;

    public void Lose()
    {
        Control.OnCongestion(Control.Window);
        Control.OnRecovered();
    }
}
