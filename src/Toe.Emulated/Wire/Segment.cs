namespace Toe.Emulated.Wire;

/// <summary>One TCP segment, parsed. Trimming to the window changes <see cref="SequenceNumber"/>, <see cref="Flags"/> and
/// <see cref="Payload"/>; the packet's bytes stay as they are.</summary>
internal ref struct Segment
{
    public FourTuple Tuple;
    public uint SequenceNumber;
    public uint AcknowledgmentNumber;
    public TcpFlags Flags;
    public ushort Window;
    public ushort UrgentPointer;
    public TcpOptions Options;
    public ReadOnlySpan<byte> Payload;

    /// <summary>The IP header's ECN field says "congestion experienced" (RFC 3168 §5).</summary>
    public bool IsCongestionMarked;

    public readonly bool Has(TcpFlags flag) => (Flags & flag) != TcpFlags.None;

    /// <summary>A SYN and nothing that would make it an answer or an end.</summary>
    public readonly bool BeginsConnection => (Flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst)) == TcpFlags.Syn;

    /// <summary>SEG.LEN: SYN and FIN count.</summary>
    public readonly uint Length => (uint)Payload.Length + (Has(TcpFlags.Syn) ? 1u : 0u) + (Has(TcpFlags.Fin) ? 1u : 0u);
}
