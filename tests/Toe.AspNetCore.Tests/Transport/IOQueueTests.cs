using Toe.AspNetCore.Transport;

namespace Toe.AspNetCore.Tests.Transport;

public sealed class IOQueueTests
{
    [Fact]
    public async Task WorkOfManyThreads_RunsOneByOne_InEachThreadsOrder()
    {
        const int Threads = 8, Each = 20_000;
        var queue = new IOQueue();
        var next = new int[Threads];
        var running = 0;
        var left = Threads * Each;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var number = 0; number < Each; number++)
                queue.Schedule(Run, (thread, number));
        })));
        await done.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken); // A lost wake-up would end here.

        Assert.All(next, static count => Assert.Equal(Each, count));

        void Run(object? state)
        {
            var (thread, number) = ((int, int))state!;
            if (Interlocked.Increment(ref running) != 1 || next[thread] != number)
                done.TrySetException(new InvalidOperationException($"{number} of thread {thread} came as {next[thread]}, beside {running - 1} others"));
            next[thread]++;
            Interlocked.Decrement(ref running);
            if (Interlocked.Decrement(ref left) == 0)
                done.TrySetResult();
        }
    }
}
