using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>The part of <c>struct ibv_device_attr</c> that limits a connection. Source: infiniband/verbs.h.</summary>
[StructLayout(LayoutKind.Explicit, Size = 232)]
internal struct VerbsLimits
{
    [FieldOffset(108)]
    internal int QueuePairs;

    [FieldOffset(112)]
    internal int Requests;          // of one queue

    [FieldOffset(132)]
    internal int Completions;       // of one queue
}
