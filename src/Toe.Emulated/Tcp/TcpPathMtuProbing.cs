namespace Toe.Emulated.Tcp;

/// <summary>Whether a connection finds out by itself how large the packets are that its path carries (RFC 4821), where no ICMP message says so.</summary>
public enum TcpPathMtuProbing
{
    /// <summary>When full-sized segments vanish: after the third time-out in a row they become smaller, and when data flows again larger ones are tried.</summary>
    AfterBlackHole,

    /// <summary>From the start: 1280 bytes, and larger ones are tried as data flows.</summary>
    Always,

    /// <summary>Never. ICMP is believed alone.</summary>
    Off,
}
