namespace Toe.Emulated.Tcp;

/// <summary>Something with one deadline in a <see cref="TimerWheel"/>.</summary>
internal abstract class TimerNode
{
    /// <summary>Not armed.</summary>
    public const long Never = long.MaxValue;

    /// <summary>Ticks of 100 ns, on the owner's clock.</summary>
    public long Deadline { get; set; } = Never;

    /// <summary>Where it lies. The wheel's own, as its neighbours there.</summary>
    public short Slot { get; set; } = TimerWheel.NoSlot;

    public TimerNode? NextInSlot { get; set; }

    public TimerNode? PreviousInSlot { get; set; }

    /// <summary>The deadline has passed; the node is out of the wheel.</summary>
    public abstract void OnTimer();
}
