namespace Toe.Emulated.Tcp;

/// <summary>Deadlines in an indexed binary heap: O(log n) to move, O(1) to look, and nothing allocated but the heap's own growth.</summary>
internal sealed class TimerQueue
{
    private TimerNode[] _heap = new TimerNode[64];
    private int _count;

    public long NextDeadline => _count == 0 ? TimerNode.Never : _heap[0].Deadline;

    /// <summary>Arms, moves or (with <see cref="TimerNode.Never"/>) disarms.</summary>
    public void Set(TimerNode node, long deadline)
    {
        if (node.Deadline == deadline && (node.HeapIndex >= 0 || deadline == TimerNode.Never)) return;
        if (deadline == TimerNode.Never)
        {
            Remove(node);
            return;
        }
        var earlier = deadline < node.Deadline;
        node.Deadline = deadline;
        if (node.HeapIndex < 0)
        {
            if (_count == _heap.Length) Array.Resize(ref _heap, _count * 2);
            Place(node, _count++);
            Up(node.HeapIndex);
        }
        else if (earlier) Up(node.HeapIndex);
        else Down(node.HeapIndex);
    }

    /// <summary>Takes out the first node that is due, or answers null.</summary>
    public TimerNode? TakeDue(long now)
    {
        if (_count == 0 || _heap[0].Deadline > now) return null;
        var node = _heap[0];
        Remove(node);
        return node;
    }

    private void Remove(TimerNode node)
    {
        node.Deadline = TimerNode.Never;
        var index = node.HeapIndex;
        if (index < 0) return;
        node.HeapIndex = -1;
        var last = _heap[--_count];
        _heap[_count] = null!;
        if (index == _count) return;
        Place(last, index);
        Up(index);
        Down(last.HeapIndex);
    }

    private void Up(int index)
    {
        var node = _heap[index];
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (_heap[parent].Deadline <= node.Deadline) break;
            Place(_heap[parent], index);
            index = parent;
        }
        Place(node, index);
    }

    private void Down(int index)
    {
        var node = _heap[index];
        while (true)
        {
            var child = index * 2 + 1;
            if (child >= _count) break;
            if (child + 1 < _count && _heap[child + 1].Deadline < _heap[child].Deadline) child++;
            if (_heap[child].Deadline >= node.Deadline) break;
            Place(_heap[child], index);
            index = child;
        }
        Place(node, index);
    }

    private void Place(TimerNode node, int index)
    {
        _heap[index] = node;
        node.HeapIndex = index;
    }
}
