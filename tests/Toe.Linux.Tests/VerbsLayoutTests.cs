using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Toe.Linux.Tests;

/// <summary>Sizes and offsets as rdma-core 44's infiniband/verbs.h and rdma/rdma_cma.h give them to a C compiler; its ABI has not changed since (x64 and arm64 agree).</summary>
public sealed class VerbsLayoutTests
{
    [Fact]
    public void Verbs_context_is_struct_ibv_context()
    {
        Assert.Equal(0, Offset<VerbsContext>(nameof(VerbsContext.Device)));
        Assert.Equal(96, Offset<VerbsContext>(nameof(VerbsContext.PollQueue)));
        Assert.Equal(104, Offset<VerbsContext>(nameof(VerbsContext.RequestNotification)));
        Assert.Equal(208, Offset<VerbsContext>(nameof(VerbsContext.PostSend)));
        Assert.Equal(216, Offset<VerbsContext>(nameof(VerbsContext.PostReceive)));
        Assert.Equal(264, Offset<VerbsContext>(nameof(VerbsContext.CommandDescriptor)));
        Assert.Equal(268, Offset<VerbsContext>(nameof(VerbsContext.EventDescriptor)));
    }

    [Fact]
    public void Verbs_device_and_limits_are_structs_ibv_device_and_ibv_device_attr()
    {
        Assert.Equal(20, Offset<VerbsDevice>(nameof(VerbsDevice.Transport)));
        Assert.Equal(232, Unsafe.SizeOf<VerbsLimits>());
        Assert.Equal(108, Offset<VerbsLimits>(nameof(VerbsLimits.QueuePairs)));
        Assert.Equal(112, Offset<VerbsLimits>(nameof(VerbsLimits.Requests)));
        Assert.Equal(132, Offset<VerbsLimits>(nameof(VerbsLimits.Completions)));
    }

    [Fact]
    public void Work_completion_is_struct_ibv_wc()
    {
        Assert.Equal(48, Unsafe.SizeOf<WorkCompletion>());
        Assert.Equal(0, Offset<WorkCompletion>(nameof(WorkCompletion.Tag)));
        Assert.Equal(8, Offset<WorkCompletion>(nameof(WorkCompletion.Status)));
        Assert.Equal(20, Offset<WorkCompletion>(nameof(WorkCompletion.Length)));
    }

    [Fact]
    public void Requests_are_structs_ibv_send_wr_and_ibv_recv_wr()
    {
        Assert.Equal(128, Unsafe.SizeOf<SendRequest>());
        Assert.Equal(8, Offset<SendRequest>(nameof(SendRequest.Next)));
        Assert.Equal(16, Offset<SendRequest>(nameof(SendRequest.Segments)));
        Assert.Equal(24, Offset<SendRequest>(nameof(SendRequest.SegmentCount)));
        Assert.Equal(28, Offset<SendRequest>(nameof(SendRequest.Operation)));
        Assert.Equal(32, Offset<SendRequest>(nameof(SendRequest.Flags)));
        Assert.Equal(40, Offset<SendRequest>(nameof(SendRequest.RemoteAddress)));
        Assert.Equal(48, Offset<SendRequest>(nameof(SendRequest.RemoteKey)));
        Assert.Equal(32, Unsafe.SizeOf<ReceiveRequest>());
        Assert.Equal(8, Offset<ReceiveRequest>(nameof(ReceiveRequest.Next)));
        Assert.Equal(16, Offset<ReceiveRequest>(nameof(ReceiveRequest.Segments)));
        Assert.Equal(24, Offset<ReceiveRequest>(nameof(ReceiveRequest.SegmentCount)));
        Assert.Equal(16, Unsafe.SizeOf<MemorySegment>());
        Assert.Equal(12, Offset<MemorySegment>(nameof(MemorySegment.Key)));
    }

    [Fact]
    public void Memory_region_has_the_keys_of_struct_ibv_mr()
    {
        Assert.Equal(36, Offset<MemoryRegion>(nameof(MemoryRegion.LocalKey)));
        Assert.Equal(40, Offset<MemoryRegion>(nameof(MemoryRegion.RemoteKey)));
    }

    [Fact]
    public void Queue_pair_attributes_are_struct_ibv_qp_init_attr()
    {
        Assert.Equal(64, Unsafe.SizeOf<QueuePairAttributes>());
        Assert.Equal(8, Offset<QueuePairAttributes>(nameof(QueuePairAttributes.SendQueue)));
        Assert.Equal(16, Offset<QueuePairAttributes>(nameof(QueuePairAttributes.ReceiveQueue)));
        Assert.Equal(32, Offset<QueuePairAttributes>(nameof(QueuePairAttributes.SendRequests)));
        Assert.Equal(48, Offset<QueuePairAttributes>(nameof(QueuePairAttributes.InlineBytes)));
        Assert.Equal(52, Offset<QueuePairAttributes>(nameof(QueuePairAttributes.Type)));
        Assert.Equal(56, Offset<QueuePairAttributes>(nameof(QueuePairAttributes.SignalsAll)));
    }

    [Fact]
    public void Connection_manager_has_structs_rdma_cm_id_rdma_cm_event_and_rdma_conn_param()
    {
        Assert.Equal(0, Offset<CmIdentifier>(nameof(CmIdentifier.Context)));
        Assert.Equal(24, Offset<CmIdentifier>(nameof(CmIdentifier.QueuePair)));
        Assert.Equal(400, Offset<CmIdentifier>(nameof(CmIdentifier.Domain)));
        Assert.Equal((32, 160), (CmIdentifier.SourceOffset, CmIdentifier.DestinationOffset));
        Assert.Equal(8, Offset<CmEvent>(nameof(CmEvent.Listener)));
        Assert.Equal(16, Offset<CmEvent>(nameof(CmEvent.Kind)));
        Assert.Equal(20, Offset<CmEvent>(nameof(CmEvent.Status)));
        Assert.Equal(24, Offset<CmEvent>(nameof(CmEvent.PrivateData)));
        Assert.Equal(32, Offset<CmEvent>(nameof(CmEvent.PrivateLength)));
        Assert.Equal(34, Offset<CmEvent>(nameof(CmEvent.InitiatorDepth)));
        Assert.Equal(24, Unsafe.SizeOf<CmParameters>());
        Assert.Equal(8, Offset<CmParameters>(nameof(CmParameters.PrivateLength)));
        Assert.Equal(11, Offset<CmParameters>(nameof(CmParameters.FlowControl)));
        Assert.Equal(13, Offset<CmParameters>(nameof(CmParameters.ReceiverNotReadyRetries)));
    }

    private static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
