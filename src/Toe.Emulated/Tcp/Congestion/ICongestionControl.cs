namespace Toe.Emulated.Tcp.Congestion;

/// <summary>How much may be in flight. All sizes in bytes; called by one connection on the owner thread.</summary>
internal interface ICongestionControl
{
    /// <summary>cwnd.</summary>
    long Window { get; }

    /// <summary>ssthresh.</summary>
    long Threshold { get; }

    bool InRecovery { get; }

    /// <summary>The handshake is done.</summary>
    void OnEstablished(int segmentSize, long initialWindow);

    /// <summary>The connection comes from another carrier with what that one had found out; after <see cref="OnEstablished"/>.</summary>
    void Restore(long window, long threshold);

    /// <summary>The path takes smaller segments now.</summary>
    void OnSegmentSize(int segmentSize);

    /// <summary>New data was acknowledged outside recovery.</summary>
    /// <param name="acknowledged">Bytes.</param>
    /// <param name="flightBefore">Bytes that were in flight before this ACK.</param>
    void OnAcknowledged(long acknowledged, long flightBefore);

    /// <summary>The third duplicate ACK.</summary>
    void OnFastRetransmit(long flight);

    /// <summary>A further duplicate ACK in recovery: a segment has left the network.</summary>
    void OnDuplicateInRecovery();

    /// <summary>An ACK of new data that does not cover all that was sent when recovery began.</summary>
    void OnPartialAcknowledgment(long acknowledged);

    /// <summary>Everything sent when recovery began is acknowledged.</summary>
    void OnRecovered(long flight);

    /// <summary>The retransmission timer ran out.</summary>
    /// <param name="flight">Bytes in flight.</param>
    /// <param name="first">The first time for this data: a repeated time-out does not lower the threshold again.</param>
    void OnTimeout(long flight, bool first);

    /// <summary>Nothing was sent for longer than a retransmission time-out.</summary>
    void OnIdle();
}
