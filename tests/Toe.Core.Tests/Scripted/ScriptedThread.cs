using System.Collections.Concurrent;

namespace Toe.Core.Tests.Scripted;

/// <summary>An adapter's own thread: runs events one after another. An exception that comes back from the stack is kept, since it would have killed the adapter.</summary>
internal sealed class ScriptedThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    public ScriptedThread()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "scripted adapter" };
        _thread.Start();
    }

    /// <summary>What the stack let escape into the adapter's thread; empty in a correct stack.</summary>
    public ConcurrentQueue<Exception> Escaped { get; } = new();

    public void Post(Action action)
    {
        try
        {
            _work.Add(action);
        }
        catch (InvalidOperationException)
        {
            // The adapter is gone, and its events with it.
        }
    }

    /// <summary>Waits until everything posted before has run.</summary>
    public Task DrainAsync()
    {
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => drained.SetResult());
        return drained.Task;
    }

    public void Dispose() => _work.CompleteAdding();

    private void Run()
    {
        foreach (var action in _work.GetConsumingEnumerable())
        {
            try
            {
                action();
            }
            catch (Exception exception)
            {
                Escaped.Enqueue(exception);
            }
        }
    }
}
