using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>
/// The part of <c>struct ibv_context</c> that data calls need: libibverbs has them as inline functions over this table, which is why its layout never changes. Source: infiniband/verbs.h
/// (struct ibv_context_ops).
/// </summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct VerbsContext
{
    [FieldOffset(0)]
    internal VerbsDevice* Device;

    [FieldOffset(96)]
    internal delegate* unmanaged<CompletionQueue*, int, WorkCompletion*, int> PollQueue;

    [FieldOffset(104)]
    internal delegate* unmanaged<CompletionQueue*, int, int> RequestNotification;

    [FieldOffset(208)]
    internal delegate* unmanaged<void*, SendRequest*, SendRequest**, int> PostSend;

    [FieldOffset(216)]
    internal delegate* unmanaged<void*, ReceiveRequest*, ReceiveRequest**, int> PostReceive;

    /// <summary>The descriptor of its node, <c>/dev/infiniband/uverbsN</c>.</summary>
    [FieldOffset(264)]
    internal int CommandDescriptor;

    /// <summary>The descriptor of its asynchronous events.</summary>
    [FieldOffset(268)]
    internal int EventDescriptor;
}
