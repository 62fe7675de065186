namespace Toe.Emulated.Tcp;

/// <summary>The states of a connection, RFC 9293 §3.3.2.</summary>
public enum TcpState
{
    /// <summary>No connection.</summary>
    Closed,

    /// <summary>Waiting for a SYN from any peer. Sockets are never in it; listeners always.</summary>
    Listen,

    /// <summary>A SYN was sent (or is about to be).</summary>
    SynSent,

    /// <summary>A SYN was received and answered, its acknowledgement is awaited.</summary>
    SynReceived,

    /// <summary>Data flows both ways.</summary>
    Established,

    /// <summary>This side has finished sending; the FIN is not acknowledged yet.</summary>
    FinWait1,

    /// <summary>This side's FIN is acknowledged; the peer may still send.</summary>
    FinWait2,

    /// <summary>The peer has finished sending; this side has not.</summary>
    CloseWait,

    /// <summary>Both sides sent FIN at the same time; ours is not acknowledged yet.</summary>
    Closing,

    /// <summary>The peer finished first, then this side; our FIN is not acknowledged yet.</summary>
    LastAck,

    /// <summary>Both FINs are acknowledged; old duplicates are given 2·MSL to die.</summary>
    TimeWait,
}
