using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary><c>struct rdma_conn_param</c>. Source: rdma/rdma_cma.h.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
internal unsafe struct CmParameters
{
    [FieldOffset(0)]
    internal void* PrivateData;

    [FieldOffset(8)]
    internal byte PrivateLength;

    [FieldOffset(9)]
    internal byte ResponderResources;

    [FieldOffset(10)]
    internal byte InitiatorDepth;

    [FieldOffset(11)]
    internal byte FlowControl;

    [FieldOffset(12)]
    internal byte Retries;

    [FieldOffset(13)]
    internal byte ReceiverNotReadyRetries;
}
