using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary><c>struct ibv_qp_init_attr</c>. Source: infiniband/verbs.h.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal unsafe struct QueuePairAttributes
{
    internal const int ReliableConnection = 2;      // IBV_QPT_RC

    [FieldOffset(8)]
    internal CompletionQueue* SendQueue;

    [FieldOffset(16)]
    internal CompletionQueue* ReceiveQueue;

    [FieldOffset(32)]
    internal int SendRequests;

    [FieldOffset(36)]
    internal int ReceiveRequests;

    [FieldOffset(40)]
    internal int SendSegments;

    [FieldOffset(44)]
    internal int ReceiveSegments;

    [FieldOffset(48)]
    internal int InlineBytes;

    [FieldOffset(52)]
    internal int Type;

    [FieldOffset(56)]
    internal int SignalsAll;
}
