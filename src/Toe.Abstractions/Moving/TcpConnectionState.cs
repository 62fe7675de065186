using System.Net.NetworkInformation;

namespace Toe;

/// <summary>The state of an established connection between two carriers. The three classes are those of TCP Chimney: constant (never changes), cached (owned by the host), delegated (owned by whoever carries the connection).</summary>
public sealed record TcpConnectionState
{
    /// <summary>Constant: the connection's endpoints.</summary>
    public required TcpTuple Tuple { get; init; }

    /// <summary>Constant: the largest segment to send, in payload bytes without options (RFC 6691).</summary>
    public required int MaximumSegmentSize { get; init; }

    /// <summary>Constant: shift for windows we receive (RFC 7323 §2); null when scaling is off.</summary>
    public byte? SendWindowScale { get; init; }

    /// <summary>Constant: shift for windows we announce (RFC 7323 §2); null when scaling is off.</summary>
    public byte? ReceiveWindowScale { get; init; }

    /// <summary>Constant: timestamps are on (RFC 7323 §3).</summary>
    public bool Timestamps { get; init; }

    /// <summary>Constant: selective acknowledgement is on (RFC 2018).</summary>
    public bool SelectiveAcknowledgement { get; init; }

    /// <summary>Cached: the socket options.</summary>
    public ToeSocketOptions Options { get; init; } = ToeSocketOptions.Default;

    /// <summary>Delegated: the TCP state. <see cref="System.Net.NetworkInformation.TcpState.FinWait1"/> and <see cref="System.Net.NetworkInformation.TcpState.LastAck"/> say that sending is complete; whether the FIN is on the wire already is <see cref="SendNext"/>'s.</summary>
    public required TcpState State { get; init; }

    /// <summary>Delegated: SND.UNA, the oldest unacknowledged sequence number; the first byte of <see cref="SendQueue"/>.</summary>
    public required uint SendUnacknowledged { get; init; }

    /// <summary>Delegated: SND.NXT, the next sequence number to send; it lies one behind the end of <see cref="SendQueue"/> when our FIN was sent.</summary>
    public required uint SendNext { get; init; }

    /// <summary>Delegated: SND.WND in bytes.</summary>
    public required uint SendWindow { get; init; }

    /// <summary>Delegated: the largest window the peer announced, in bytes.</summary>
    public required uint MaximumSendWindow { get; init; }

    /// <summary>Delegated: SND.WL1, the segment sequence number of the last window update.</summary>
    public required uint SendWindowUpdate { get; init; }

    /// <summary>Delegated: RCV.NXT, the next sequence number expected: the end of <see cref="ReceiveQueue"/>, and one more when the peer's FIN has come.</summary>
    public required uint ReceiveNext { get; init; }

    /// <summary>Delegated: RCV.WND in bytes, counted from <see cref="ReceiveWindowUpdate"/>.</summary>
    public required uint ReceiveWindow { get; init; }

    /// <summary>Delegated: what RCV.NXT was when the window was announced (<c>rcv_wup</c> in linux/tcp.h).</summary>
    public required uint ReceiveWindowUpdate { get; init; }

    /// <summary>Delegated: TS.Recent (RFC 7323 §4.3); null when the carrier does not tell, as Linux's kernel does not: the next segment's is taken.</summary>
    public uint? TimestampRecent { get; init; }

    /// <summary>Delegated: our timestamp clock's present value, in milliseconds.</summary>
    public uint TimestampValue { get; init; }

    /// <summary>Delegated: the congestion window in bytes; null when the carrier does not tell.</summary>
    public uint? CongestionWindow { get; init; }

    /// <summary>Delegated: the slow start threshold in bytes; null when the carrier does not tell.</summary>
    public uint? SlowStartThreshold { get; init; }

    /// <summary>Delegated: SRTT (RFC 6298); null before the first sample, or when the carrier does not tell.</summary>
    public TimeSpan? SmoothedRoundTripTime { get; init; }

    /// <summary>Delegated: RTTVAR (RFC 6298).</summary>
    public TimeSpan? RoundTripTimeVariation { get; init; }

    /// <summary>Delegated: bytes from SND.UNA on that the application sent, whether on the wire already or not.</summary>
    public ReadOnlyMemory<byte> SendQueue { get; init; }

    /// <summary>Delegated: bytes up to RCV.NXT that the application has not taken.</summary>
    public ReadOnlyMemory<byte> ReceiveQueue { get; init; }
}
