namespace Toe.Emulated.Tcp.Congestion;

/// <summary>How much may be in flight outside of fast recovery, and what a loss costs. Sizes in bytes, times in ticks; called by one connection on the owner thread.</summary>
internal interface ICongestionControl
{
    /// <summary>cwnd.</summary>
    long Window { get; }

    /// <summary>ssthresh.</summary>
    long Threshold { get; }

    /// <summary>The handshake is done.</summary>
    void OnEstablished(int segmentSize, long initialWindow);

    /// <summary>The connection comes from another carrier with what that one had found out; after <see cref="OnEstablished"/>.</summary>
    void Restore(long window, long threshold);

    /// <summary>The path takes smaller segments now.</summary>
    void OnSegmentSize(int segmentSize);

    /// <summary>New data was acknowledged outside fast recovery.</summary>
    void OnAcknowledged(in CongestionSample sample);

    /// <summary>A loss or a congestion mark: sets <see cref="Threshold"/>. <see cref="Window"/> waits for <see cref="OnRecovered"/>; until then RFC 9937 rules.</summary>
    /// <param name="flight">Bytes in flight.</param>
    void OnCongestion(long flight);

    /// <summary>Fast recovery is over.</summary>
    void OnRecovered();

    /// <summary>The retransmission timer ran out.</summary>
    /// <param name="flight">Bytes in flight.</param>
    /// <param name="first">The first time for this data: a repeated time-out does not lower the threshold again.</param>
    void OnTimeout(long flight, bool first);

    /// <summary>Nothing was sent for longer than a retransmission time-out (RFC 5681 §4.1).</summary>
    void OnIdle();
}
