namespace Toe.Emulated.Tcp;

/// <summary>Something with one deadline in a <see cref="TimerQueue"/>.</summary>
internal abstract class TimerNode
{
    /// <summary>Not armed.</summary>
    public const long Never = long.MaxValue;

    /// <summary>Ticks of 100 ns, on the owner's clock.</summary>
    public long Deadline { get; set; } = Never;

    /// <summary>The place in the queue's heap, or -1. The queue's own.</summary>
    public int HeapIndex { get; set; } = -1;

    /// <summary>The deadline has passed; the node is out of the queue.</summary>
    public abstract void OnTimer();
}
