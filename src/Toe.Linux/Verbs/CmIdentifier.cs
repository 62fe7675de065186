using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>The part of <c>struct rdma_cm_id</c> that is read. Source: rdma/rdma_cma.h.</summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct CmIdentifier
{
    internal const int SourceOffset = 32;           // route.addr.src_addr, a struct sockaddr_storage
    internal const int DestinationOffset = 160;     // route.addr.dst_addr

    /// <summary>The device; null until it is known.</summary>
    [FieldOffset(0)]
    internal VerbsContext* Context;

    [FieldOffset(24)]
    internal void* QueuePair;

    [FieldOffset(400)]
    internal void* Domain;
}
