using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>The keys of <c>struct ibv_mr</c>. Source: infiniband/verbs.h.</summary>
[StructLayout(LayoutKind.Explicit)]
internal struct MemoryRegion
{
    internal const int LocalWrite = 1;      // IBV_ACCESS_LOCAL_WRITE
    internal const int RemoteWrite = 2;     // IBV_ACCESS_REMOTE_WRITE

    [FieldOffset(36)]
    internal uint LocalKey;

    [FieldOffset(40)]
    internal uint RemoteKey;
}
