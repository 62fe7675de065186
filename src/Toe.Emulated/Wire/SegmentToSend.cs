using System.Runtime.InteropServices;

namespace Toe.Emulated.Wire;

/// <summary>The header of a segment about to be written; its options are those whose fields are set.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct SegmentToSend
{
    public uint SequenceNumber { get; init; }
    public uint AcknowledgmentNumber { get; init; }
    public TcpFlags Flags { get; init; }
    public ushort Window { get; init; }

    /// <summary>The MSS option; 0 writes none (SYN only, RFC 9293 MUST-65).</summary>
    public ushort MaximumSegmentSize { get; init; }

    /// <summary>The window scale option; negative writes none (SYN only).</summary>
    public int WindowScale { get; init; }

    public bool HasTimestamps { get; init; }
    public uint TimestampValue { get; init; }
    public uint TimestampEcho { get; init; }

    /// <summary>The SACK-permitted option (SYN only).</summary>
    public bool SackPermitted { get; init; }

    /// <summary>The SACK option.</summary>
    public SackBlocks Sacks { get; init; }

    /// <summary>The segment may carry ECT(0) (RFC 3168 §5).</summary>
    public bool IsEcnCapable { get; init; }

    public int OptionsLength =>
        (MaximumSegmentSize > 0 ? 4 : 0) + (WindowScale >= 0 ? 4 : 0) + (HasTimestamps ? TcpOptions.TimestampsLength : SackPermitted ? 4 : 0)
        + Sacks.OptionLength;
}
