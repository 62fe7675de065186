using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary><c>struct ibv_recv_wr</c>. Source: infiniband/verbs.h.</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal unsafe struct ReceiveRequest
{
    [FieldOffset(0)]
    internal ulong Tag;                     // wr_id

    [FieldOffset(8)]
    internal ReceiveRequest* Next;

    [FieldOffset(16)]
    internal MemorySegment* Segments;

    [FieldOffset(24)]
    internal int SegmentCount;
}
