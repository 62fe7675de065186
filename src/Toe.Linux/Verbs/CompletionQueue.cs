using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>The part of <c>struct ibv_cq</c> that data calls need. Source: infiniband/verbs.h.</summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct CompletionQueue
{
    [FieldOffset(0)]
    internal VerbsContext* Context;
}
