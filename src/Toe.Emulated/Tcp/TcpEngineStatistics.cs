namespace Toe.Emulated.Tcp;

/// <summary>Counters of one engine since it was made. Written by the owner thread, readable from any.</summary>
public sealed class TcpEngineStatistics
{
    /// <summary>IP packets handed to the engine.</summary>
    public long PacketsReceived { get; internal set; }

    /// <summary>IP packets the engine sent.</summary>
    public long PacketsSent { get; internal set; }

    /// <summary>Bytes of the packets sent, IP headers included.</summary>
    public long BytesSent { get; internal set; }

    /// <summary>Packets dropped because an IP or TCP header was cut short or contradicted itself.</summary>
    public long Malformed { get; internal set; }

    /// <summary>Packets dropped for an IP, TCP or ICMP checksum that did not match.</summary>
    public long BadChecksum { get; internal set; }

    /// <summary>Fragments dropped: reassembly is the link's business.</summary>
    public long Fragments { get; internal set; }

    /// <summary>Packets dropped for a protocol or IPv6 extension header the engine does not handle.</summary>
    public long UnknownProtocol { get; internal set; }

    /// <summary>Packets dropped for a source or destination no connection can have (RFC 9293 MUST-57, MUST-63).</summary>
    public long InvalidAddress { get; internal set; }

    /// <summary>Segments that belonged to no connection and no listener.</summary>
    public long UnknownSegments { get; internal set; }

    /// <summary>RST segments sent.</summary>
    public long ResetsSent { get; internal set; }

    /// <summary>Acceptable RST segments received.</summary>
    public long ResetsReceived { get; internal set; }

    /// <summary>Segments outside the window, answered with an ACK.</summary>
    public long OutOfWindow { get; internal set; }

    /// <summary>Segments refused by PAWS (RFC 7323 §5).</summary>
    public long PawsDrops { get; internal set; }

    /// <summary>Challenge ACKs sent (RFC 5961).</summary>
    public long ChallengeAcks { get; internal set; }

    /// <summary>Challenge ACKs withheld by the limit (RFC 5961 §7).</summary>
    public long ChallengeAcksLimited { get; internal set; }

    /// <summary>Segments sent again.</summary>
    public long Retransmits { get; internal set; }

    /// <summary>Retransmission time-outs.</summary>
    public long RetransmissionTimeouts { get; internal set; }

    /// <summary>Active opens begun.</summary>
    public long ActiveOpens { get; internal set; }

    /// <summary>Passive opens completed.</summary>
    public long PassiveOpens { get; internal set; }

    /// <summary>Connections that ended before they were established.</summary>
    public long FailedOpens { get; internal set; }

    /// <summary>SYNs dropped at the backlog or the half-open limit.</summary>
    public long SynsDropped { get; internal set; }

    /// <summary>SYNs answered without being remembered (RFC 4987).</summary>
    public long SynCookiesSent { get; internal set; }

    /// <summary>Connections that began with such a cookie.</summary>
    public long SynCookiesAccepted { get; internal set; }

    /// <summary>SYNs that <see cref="ITcpListenerEvents.Admit"/> refused.</summary>
    public long SynsNotAdmitted { get; internal set; }

    /// <summary>ICMP errors that named a connection of this engine.</summary>
    public long IcmpErrors { get; internal set; }

    /// <summary>ICMP messages dropped: another type, no such connection, or a sequence number not in flight (RFC 5927).</summary>
    public long IcmpIgnored { get; internal set; }

    /// <summary>Segments dropped because <see cref="TcpEngineOptions.MaximumBufferMemory"/> was used up.</summary>
    public long BuffersExhausted { get; internal set; }

    /// <summary>Exceptions thrown by event handlers.</summary>
    public long HandlerFailures { get; internal set; }

    /// <summary>Connections now, from SYN-SENT or SYN-RECEIVED to LAST-ACK.</summary>
    public int Connections { get; internal set; }

    /// <summary>Connections in SYN-RECEIVED from a listener now.</summary>
    public int HalfOpen { get; internal set; }

    /// <summary>Entries in TIME-WAIT now.</summary>
    public int TimeWait { get; internal set; }
}
