using System.Numerics;

namespace Toe.Emulated.Tcp;

/// <summary>
/// Deadlines in a hierarchical timing wheel (Varghese and Lauck, 1987): O(1) to arm, to move and to disarm, however many there are, and nothing
/// allocated.
/// </summary>
/// <remarks>
/// Deadlines are counted in steps, and steps written to the base of 64. A node lies in the level of the first digit that differs from the wheel's
/// time, in the slot of that digit; so the lowest slot of the lowest level comes first, and is spread over the levels below when its time comes.
/// A deadline that only moves away leaves its node in place, until the slot is looked at.
/// </remarks>
internal sealed class TimerWheel
{
    /// <summary>The slot of a node that is in none.</summary>
    public const short NoSlot = -1;

    /// <summary>The slot of a node in the list of what is due.</summary>
    private const short DueSlot = -2;

    /// <summary>A step is 2^13 ticks, 0.8 ms.</summary>
    private const int StepShift = 13;
    private const int DigitBits = 6;
    private const int SlotsPerLevel = 1 << DigitBits;

    /// <summary>As many digits as a step can have.</summary>
    private const int Levels = (63 - StepShift + DigitBits - 1) / DigitBits;

    /// <summary>How many nodes of a slot are searched for the first deadline. Of a fuller one the beginning counts: that wakes the owner once too
    /// often and spreads the slot.</summary>
    private const int SearchedNodes = 64;

    private readonly TimerNode?[] _slots = new TimerNode?[Levels * SlotsPerLevel];
    private readonly ulong[] _occupied = new ulong[Levels];
    private readonly List<TimerNode> _due = [];
    private int _nextDue;

    /// <summary>The step up to which everything was taken.</summary>
    private long _time;
    private long _earliest = TimerNode.Never;
    private bool _earliestIsKnown = true;

    /// <summary>When something is due, or the wheel wants to be turned; <see cref="TimerNode.Never"/> while nothing is armed.</summary>
    public long NextDeadline
    {
        get
        {
            if (_earliestIsKnown) return _earliest;
            _earliest = FindEarliest();
            _earliestIsKnown = true;
            return _earliest;
        }
    }

    /// <summary>Arms, moves or (with <see cref="TimerNode.Never"/>) disarms.</summary>
    public void Set(TimerNode node, long deadline)
    {
        if (node.Deadline == deadline) return;
        if (deadline < _earliest) _earliest = deadline;
        else if (node.Deadline <= _earliest) _earliestIsKnown = false;
        var isLater = deadline > node.Deadline && deadline != TimerNode.Never;
        node.Deadline = deadline;
        if (isLater && node.Slot >= 0) return;
        Unlink(node);
        if (deadline != TimerNode.Never) Place(node);
    }

    /// <summary>Takes out the next node that is due, in order of deadlines, or answers null.</summary>
    public TimerNode? TakeDue(long now)
    {
        do
        {
            while (_nextDue < _due.Count)
            {
                var node = _due[_nextDue++];
                if (node.Slot != DueSlot) continue; // Moved or disarmed since.
                node.Slot = NoSlot;
                node.Deadline = TimerNode.Never;
                return node;
            }
            _due.Clear();
            _nextDue = 0;
            if (_earliestIsKnown && _earliest > now) return null;
        }
        while (Turn(now));
        return null;
    }

    /// <summary>Turns on to the first slot with something due.</summary>
    /// <returns>True when it was found.</returns>
    private bool Turn(long now)
    {
        _earliestIsKnown = false;
        var nowStep = now >> StepShift;
        while (FindFirstSlot() is >= 0 and var slot && BeginningOf(slot) is var beginning && beginning <= nowStep)
        {
            _time = beginning;
            Empty(slot, now);
            if (_due.Count > 0)
            {
                _due.Sort(static (one, other) => one.Deadline.CompareTo(other.Deadline));
                return true;
            }
            if (slot < SlotsPerLevel && _slots[slot] is not null) return false; // Of this very step, and not due yet.
        }
        _time = Math.Max(_time, nowStep);
        return false;
    }

    /// <summary>Takes what is due out of a slot, and puts the rest where it belongs by now.</summary>
    private void Empty(int slot, long now)
    {
        var node = _slots[slot];
        _slots[slot] = null;
        _occupied[slot / SlotsPerLevel] &= ~(1UL << slot % SlotsPerLevel);
        while (node is not null)
        {
            var next = node.NextInSlot;
            node.PreviousInSlot = node.NextInSlot = null;
            if (node.Deadline <= now && node.Deadline >> StepShift <= _time)
            {
                node.Slot = DueSlot;
                _due.Add(node);
            }
            else Place(node);
            node = next;
        }
    }

    private long FindEarliest()
    {
        while (FindFirstSlot() is >= 0 and var slot)
        {
            var earliest = EarliestOf(slot);
            if (earliest != TimerNode.Never) return earliest;
        }
        return TimerNode.Never;
    }

    /// <summary>The first deadline in a slot, after nodes have left it that have moved away; or where it begins, if there are many.</summary>
    private long EarliestOf(int slot)
    {
        var earliest = TimerNode.Never;
        var count = 0;
        for (var node = _slots[slot]; node is not null;)
        {
            if (++count > SearchedNodes && slot >= SlotsPerLevel) return BeginningOf(slot) << StepShift;
            var next = node.NextInSlot;
            if (SlotOf(node) == slot) earliest = Math.Min(earliest, node.Deadline);
            else
            {
                Unlink(node);
                Place(node);
            }
            node = next;
        }
        return earliest;
    }

    private int FindFirstSlot()
    {
        for (var level = 0; level < Levels; level++)
            if (_occupied[level] != 0) return level * SlotsPerLevel + BitOperations.TrailingZeroCount(_occupied[level]);
        return -1;
    }

    /// <summary>The first step of a slot: the wheel's time with another digit, and nothing behind that.</summary>
    private long BeginningOf(int slot)
    {
        var shift = slot / SlotsPerLevel * DigitBits;
        return (_time >> (shift + DigitBits) << DigitBits | (long)(slot % SlotsPerLevel)) << shift;
    }

    private int SlotOf(TimerNode node)
    {
        var step = Math.Max(node.Deadline >> StepShift, _time);
        var differing = (ulong)(step ^ _time);
        var level = differing == 0 ? 0 : BitOperations.Log2(differing) / DigitBits;
        return level * SlotsPerLevel + (int)(step >> (level * DigitBits) & (SlotsPerLevel - 1));
    }

    private void Place(TimerNode node)
    {
        var slot = SlotOf(node);
        node.Slot = (short)slot;
        ref var first = ref _slots[slot];
        node.NextInSlot = first;
        if (first is not null) first.PreviousInSlot = node;
        first = node;
        _occupied[slot / SlotsPerLevel] |= 1UL << slot % SlotsPerLevel;
    }

    private void Unlink(TimerNode node)
    {
        var slot = node.Slot;
        node.Slot = NoSlot;
        if (slot < 0) return;
        var (previous, next) = (node.PreviousInSlot, node.NextInSlot);
        node.PreviousInSlot = node.NextInSlot = null;
        if (next is not null) next.PreviousInSlot = previous;
        if (previous is not null) previous.NextInSlot = next;
        else if ((_slots[slot] = next) is null) _occupied[slot / SlotsPerLevel] &= ~(1UL << slot % SlotsPerLevel);
    }
}
