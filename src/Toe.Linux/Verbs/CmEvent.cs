using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>The part of <c>struct rdma_cm_event</c> that is read. Source: rdma/rdma_cma.h.</summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct CmEvent
{
    [FieldOffset(0)]
    internal CmIdentifier* Identifier;

    [FieldOffset(8)]
    internal CmIdentifier* Listener;

    [FieldOffset(16)]
    internal CmEventKind Kind;

    [FieldOffset(20)]
    internal int Status;

    [FieldOffset(24)]
    internal byte* PrivateData;

    [FieldOffset(32)]
    internal byte PrivateLength;

    [FieldOffset(33)]
    internal byte ResponderResources;

    [FieldOffset(34)]
    internal byte InitiatorDepth;
}
