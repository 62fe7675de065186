namespace Toe.Linux;

/// <summary>A channel on which a device tells of completions. Belongs to a <see cref="CompletionThread"/>; while nobody uses it, it is gone: it would keep a device from going.</summary>
internal sealed unsafe class CompletionChannel
{
    public CompletionChannel(VerbsContext* context, void* pointer)
    {
        Context = context;
        Pointer = pointer;
    }

    public VerbsContext* Context { get; }

    public void* Pointer { get; }

    public int Descriptor => *(int*)((byte*)Pointer + sizeof(void*)); // struct ibv_comp_channel: the context, the descriptor

    /// <summary>True when it tells of nothing any more. The completions' thread only.</summary>
    public bool IsDead { get; set; }

    /// <summary>Queue pairs that use it.</summary>
    public int Users { get; set; }
}
