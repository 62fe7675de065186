using System.Runtime.InteropServices;

namespace Toe.Emulated.Tcp.Recovery;

/// <summary>How much may be sent in fast recovery, RFC 9937: as much as arrives, in proportion, until the new threshold is met.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct ProportionalRateReduction
{
    private long _threshold;
    private long _flight;
    private long _delivered;
    private long _sent;

    /// <summary>cwnd.</summary>
    public long Window { get; private set; }

    /// <summary>§6, initialization; the ACK that begins recovery follows with <see cref="OnAcknowledgment"/>.</summary>
    /// <param name="threshold">ssthresh.</param>
    /// <param name="flight">RecoverFS: outstanding before that ACK, less what had been selectively acknowledged.</param>
    public void Begin(long threshold, long flight)
    {
        _threshold = threshold;
        _flight = Math.Max(1, flight);
        _delivered = _sent = 0;
    }

    /// <summary>§6, on every ACK.</summary>
    /// <param name="delivered">DeliveredData.</param>
    /// <param name="pipe">What is in the network.</param>
    /// <param name="isSafe">SafeACK: SND.UNA advances, and no further loss is indicated.</param>
    /// <param name="segmentSize">SMSS.</param>
    public void OnAcknowledgment(long delivered, long pipe, bool isSafe, int segmentSize)
    {
        _delivered += delivered;
        long count;
        if (pipe > _threshold) count = (_delivered * _threshold + _flight - 1) / _flight - _sent;
        else
        {
            count = Math.Max(_delivered - _sent, delivered);
            if (isSafe) count += segmentSize;
            count = Math.Min(_threshold - pipe, count);
        }
        if (_sent == 0) count = Math.Max(count, segmentSize); // The fast retransmit.
        Window = pipe + Math.Max(0, count);
    }

    /// <summary>One segment goes, whatever the rate.</summary>
    public void AllowOne(long pipe, int segmentSize) => Window = Math.Max(Window, pipe + segmentSize);

    public void OnSent(long bytes) => _sent += bytes;
}
