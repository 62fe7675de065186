using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary><c>struct ibv_send_wr</c> with the members of RDMA writes. Source: infiniband/verbs.h.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal unsafe struct SendRequest
{
    internal const int RdmaWrite = 0;       // IBV_WR_RDMA_WRITE
    internal const int Send = 2;            // IBV_WR_SEND
    internal const int Signalled = 2;       // IBV_SEND_SIGNALED
    internal const int Inline = 8;          // IBV_SEND_INLINE: the bytes are copied before the call returns

    [FieldOffset(0)]
    internal ulong Tag;                     // wr_id

    [FieldOffset(8)]
    internal SendRequest* Next;

    [FieldOffset(16)]
    internal MemorySegment* Segments;

    [FieldOffset(24)]
    internal int SegmentCount;

    [FieldOffset(28)]
    internal int Operation;

    [FieldOffset(32)]
    internal int Flags;

    [FieldOffset(40)]
    internal ulong RemoteAddress;

    [FieldOffset(48)]
    internal uint RemoteKey;
}
