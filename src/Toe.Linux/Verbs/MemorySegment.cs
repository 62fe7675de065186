using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary><c>struct ibv_sge</c>: a piece of registered memory. Source: infiniband/verbs.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MemorySegment
{
    internal ulong Address;
    internal uint Length;
    internal uint Key;
}
