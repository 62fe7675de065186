namespace Toe.Conformance;

/// <summary>Runs what may never come back. A thread is lost then, and nothing else.</summary>
internal static class OwnThread
{
    /// <summary>Runs on a thread that is nobody else's, up to a deadline.</summary>
    /// <exception cref="TimeoutException">It did not end.</exception>
    public static async Task<T> RunAsync<T>(Func<Task<T>> action, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var running = Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        try
        {
            return await running.WaitAsync(deadline, TimeProvider.System, cancellationToken);
        }
        catch (TimeoutException) when (!running.IsCompleted)
        {
            _ = running.ContinueWith(static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            ReplaceThread();
            throw;
        }
    }

    /// <summary>Behind an await the thread that hangs is the pool's, which would miss it: whatever runs later would be slow.</summary>
    private static void ReplaceThread()
    {
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(workers + 1, ports);
    }
}
