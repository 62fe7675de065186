using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary><c>struct ibv_wc</c>. Source: infiniband/verbs.h.</summary>
[StructLayout(LayoutKind.Explicit, Size = 48)]
internal struct WorkCompletion
{
    internal const int Success = 0;     // IBV_WC_SUCCESS

    [FieldOffset(0)]
    internal ulong Tag;                 // wr_id

    [FieldOffset(8)]
    internal int Status;

    [FieldOffset(20)]
    internal int Length;                // byte_len, of a receive
}
