using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>The calls of libibverbs, and those that its header has as inline functions. Source: infiniband/verbs.h.</summary>
internal static unsafe partial class Ibverbs
{
    internal const string Library = "libibverbs.so.1";

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ibv_query_device(VerbsContext* context, VerbsLimits* limits);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial MemoryRegion* ibv_reg_mr(void* domain, void* address, nuint length, int access);

    [LibraryImport(Library)]
    internal static partial int ibv_dereg_mr(MemoryRegion* region);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int* ibv_create_comp_channel(VerbsContext* context);

    [LibraryImport(Library)]
    internal static partial int ibv_destroy_comp_channel(void* channel);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial CompletionQueue* ibv_create_cq(VerbsContext* context, int entries, nint cookie, void* channel, int vector);

    [LibraryImport(Library)]
    internal static partial int ibv_destroy_cq(CompletionQueue* queue);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ibv_get_cq_event(void* channel, CompletionQueue** queue, nint* cookie);

    [LibraryImport(Library)]
    internal static partial void ibv_ack_cq_events(CompletionQueue* queue, uint count);

    [LibraryImport(Library)]
    internal static partial byte* ibv_get_device_name(VerbsDevice* device);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial VerbsDevice** ibv_get_device_list(int* count);

    [LibraryImport(Library)]
    internal static partial void ibv_free_device_list(VerbsDevice** list);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial VerbsContext* ibv_open_device(VerbsDevice* device);

    [LibraryImport(Library)]
    internal static partial int ibv_close_device(VerbsContext* context);

    internal static int Poll(CompletionQueue* queue, int count, WorkCompletion* completions) => queue->Context->PollQueue(queue, count, completions);

    internal static int RequestNotification(CompletionQueue* queue) => queue->Context->RequestNotification(queue, 0);

    /// <summary>Answers 0 or an error number, as all that post do.</summary>
    internal static int PostSend(VerbsContext* context, void* queuePair, SendRequest* request)
    {
        SendRequest* bad;
        return context->PostSend(queuePair, request, &bad);
    }

    internal static int PostReceive(VerbsContext* context, void* queuePair, ReceiveRequest* request)
    {
        ReceiveRequest* bad;
        return context->PostReceive(queuePair, request, &bad);
    }
}
