using System.Runtime.InteropServices;

namespace Toe.Emulated.Tcp.Recovery;

/// <summary>A segment that was sent and is not acknowledged in line.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct SentSegment
{
    /// <summary>Its first sequence number.</summary>
    public uint Start;

    /// <summary>One behind its last; a FIN counts.</summary>
    public uint End;

    /// <summary>When it was sent last, in ticks.</summary>
    public long SentAt;

    /// <summary>The peer has it (RFC 2018).</summary>
    public bool IsSacked;

    /// <summary>It is taken for lost and not sent again yet.</summary>
    public bool IsLost;

    /// <summary>It was sent more than once.</summary>
    public bool IsResent;

    public readonly uint Length => End - Start;
}
