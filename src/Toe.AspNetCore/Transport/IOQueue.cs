using System.Collections.Concurrent;
using System.IO.Pipelines;

namespace Toe.AspNetCore.Transport;

/// <summary>Runs what is scheduled in order, one after another, in as few work items of the thread pool as possible.</summary>
internal sealed class IOQueue : PipeScheduler, IThreadPoolWorkItem
{
    private readonly ConcurrentQueue<(Action<object?> Action, object? State)> _waiting = new();
    private int _isRunning; // 1 while a work item of the pool is under way.

    public override void Schedule(Action<object?> action, object? state)
    {
        _waiting.Enqueue((action, state));
        if (Interlocked.CompareExchange(ref _isRunning, 1, 0) == 0)
            System.Threading.ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        do
        {
            while (_waiting.TryDequeue(out var work))
                work.Action(work.State);
            Volatile.Write(ref _isRunning, 0);
            Interlocked.MemoryBarrier(); // Whoever enqueues looks at the flag after; we look at the queue after the flag.
        }
        while (!_waiting.IsEmpty && Interlocked.CompareExchange(ref _isRunning, 1, 0) == 0);
    }
}
