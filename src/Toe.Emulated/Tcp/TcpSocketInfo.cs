using System.Runtime.InteropServices;

namespace Toe.Emulated.Tcp;

/// <summary>One connection at one moment. Times are durations, sizes are bytes unless said otherwise.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TcpSocketInfo
{
    /// <summary>The connection's state.</summary>
    public TcpState State { get; init; }

    /// <summary>The smoothed round-trip time; zero before the first sample (RFC 6298).</summary>
    public TimeSpan SmoothedRoundTripTime { get; init; }

    /// <summary>The round-trip time variation (RFC 6298).</summary>
    public TimeSpan RoundTripTimeVariation { get; init; }

    /// <summary>The retransmission time-out in force, backoff included.</summary>
    public TimeSpan RetransmissionTimeout { get; init; }

    /// <summary>The congestion window (RFC 5681).</summary>
    public long CongestionWindow { get; init; }

    /// <summary>The slow start threshold (RFC 5681); <see cref="long.MaxValue"/> until a loss was seen.</summary>
    public long SlowStartThreshold { get; init; }

    /// <summary>The peer's window.</summary>
    public long SendWindow { get; init; }

    /// <summary>The window last advertised to the peer, less what came since.</summary>
    public long ReceiveWindow { get; init; }

    /// <summary>The largest payload of a segment we send, options deducted.</summary>
    public int SendMaximumSegmentSize { get; init; }

    /// <summary>The MSS announced to the peer.</summary>
    public int ReceiveMaximumSegmentSize { get; init; }

    /// <summary>The shift of the peer's window, RFC 7323.</summary>
    public int SendWindowScale { get; init; }

    /// <summary>The shift of our window, RFC 7323.</summary>
    public int ReceiveWindowScale { get; init; }

    /// <summary>Timestamps are in use, RFC 7323.</summary>
    public bool TimestampsEnabled { get; init; }

    /// <summary>Payload bytes sent for the first time.</summary>
    public long BytesSent { get; init; }

    /// <summary>Payload bytes the peer acknowledged.</summary>
    public long BytesAcknowledged { get; init; }

    /// <summary>Payload bytes received in order.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Payload bytes sent again.</summary>
    public long BytesRetransmitted { get; init; }

    /// <summary>Bytes that the application may have unacknowledged now; grows to <see cref="TcpSocketOptions.SendBufferSize"/>.</summary>
    public long SendBuffer { get; init; }

    /// <summary>Bytes that the peer may have sent and the application not read now; grows to <see cref="TcpSocketOptions.ReceiveBufferSize"/>.</summary>
    public long ReceiveBuffer { get; init; }

    /// <summary>Bytes accepted from the application and not acknowledged yet.</summary>
    public long SendQueue { get; init; }

    /// <summary>Bytes received in order and not read yet.</summary>
    public long ReceiveQueue { get; init; }

    /// <summary>Bytes held out of order.</summary>
    public long OutOfOrderQueue { get; init; }

    /// <summary>Segments sent.</summary>
    public long SegmentsSent { get; init; }

    /// <summary>Segments received for this connection, acceptable or not.</summary>
    public long SegmentsReceived { get; init; }

    /// <summary>Segments sent again, for whatever reason.</summary>
    public long Retransmits { get; init; }

    /// <summary>Retransmission time-outs since the last acknowledgement of new data (R1 is 3, RFC 9293 SHLD-10).</summary>
    public int ConsecutiveTimeouts { get; init; }

    /// <summary>Duplicate ACKs received, by RFC 5681's definition.</summary>
    public long DuplicateAcks { get; init; }

    /// <summary>Times fast recovery was entered (RFC 6582).</summary>
    public long FastRecoveries { get; init; }

    /// <summary>Segments that arrived out of order.</summary>
    public long OutOfOrderSegments { get; init; }

    /// <summary>Zero-window probes sent.</summary>
    public long WindowProbes { get; init; }

    /// <summary>Challenge ACKs sent (RFC 5961).</summary>
    public long ChallengeAcks { get; init; }

    /// <summary>The last ICMP error that did not end the connection (RFC 9293 MUST-47), or Success.</summary>
    public System.Net.Sockets.SocketError SoftError { get; init; }

    /// <summary>Received bytes up to the octet after the last urgent one, counted like <see cref="BytesReceived"/>; 0 if there was none.
    /// Urgent data stays in line (RFC 9293 MUST-30 to MUST-33, RFC 6093).</summary>
    public long UrgentMark { get; init; }

    /// <summary>Tail loss probes sent (RFC 8985 §7).</summary>
    public long TailLossProbes { get; init; }

    /// <summary>Both ends acknowledge selectively (RFC 2018).</summary>
    public bool SelectiveAcknowledgmentsEnabled { get; init; }

    /// <summary>Both ends heed congestion marks (RFC 3168).</summary>
    public bool ExplicitCongestionNotificationEnabled { get; init; }
}
