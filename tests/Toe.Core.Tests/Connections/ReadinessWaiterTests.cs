using Toe.Connections;

namespace Toe.Core.Tests.Connections;

/// <summary>No wake-up is lost and none comes twice, whatever sets, cancels and waits at once.</summary>
public sealed class ReadinessWaiterTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Effort = TimeSpan.FromSeconds(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, InlineData(false), InlineData(true)]
    public async Task SetBeforeDuringAndAfterTheWait(bool inline)
    {
        var waiter = new ReadinessWaiter(inline);
        waiter.Set(); // Nobody waits: forgotten, since whoever waits looks again first.
        waiter.Begin();
        var waiting = waiter.WaitAsync(Token);
        Assert.False(waiting.IsCompleted);
        waiter.Set();
        waiter.Set();
        await waiting;

        waiter.Begin();
        waiter.Set(); // Between preparing and waiting: kept.
        waiting = waiter.WaitAsync(Token);
        Assert.True(waiting.IsCompletedSuccessfully);
        await waiting;
    }

    [Fact]
    public async Task CancelledToken_EndsTheWaitAtOnce_WithItself()
    {
        var waiter = new ReadinessWaiter(runContinuationsInline: false);
        var cancelled = new CancellationToken(canceled: true);
        waiter.Begin();

        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiter.WaitAsync(cancelled).AsTask());

        Assert.Equal(cancelled, thrown.CancellationToken);
        waiter.Begin();
        var next = waiter.WaitAsync(CancellationToken.None);
        Assert.False(next.IsCompleted);
        waiter.Set();
        await next;
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task InlineScheduling_IsTheSettersThread_OtherwiseThePool(bool inline)
    {
        var waiter = new ReadinessWaiter(inline);
        waiter.Begin();
        var ran = new TaskCompletionSource<(Thread Thread, bool IsPool)>(TaskCreationOptions.RunContinuationsAsynchronously);
        OnCompleted(waiter.WaitAsync(Token), () => ran.SetResult((Thread.CurrentThread, Thread.CurrentThread.IsThreadPoolThread)));
        var setter = new Thread(waiter.Set) { IsBackground = true };

        setter.Start();

        var (thread, isPool) = await ran.Task.WaitAsync(Patience, Token);
        Assert.Equal((inline, !inline), (thread == setter, isPool));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task SettersAndCancellers_RaceWithTheWaits(bool inline)
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var waiter = new ReadinessWaiter(inline);
        using var stop = new CancellationTokenSource();
        CancellationTokenSource? current = null;
        var noise = new[]
        {
            StartNoise(waiter.Set, seed + 1),
            StartNoise(waiter.Set, seed + 2),
            StartNoise(() => Cancel(Volatile.Read(ref current)), seed + 3),
        };
        var (set, cancelled) = (0, 0);
        try
        {
            var started = TimeProvider.System.GetTimestamp();
            while (TimeProvider.System.GetElapsedTime(started) < Effort)
            {
                using var cancellation = new CancellationTokenSource();
                Volatile.Write(ref current, cancellation);
                waiter.Begin();
                if (random.Next(2) == 0)
                    Thread.SpinWait(random.Next(200));
                try
                {
                    await waiter.WaitAsync(cancellation.Token).AsTask().WaitAsync(Patience, Token);
                    set++;
                }
                catch (OperationCanceledException thrown) when (!Token.IsCancellationRequested)
                {
                    Assert.Equal(cancellation.Token, thrown.CancellationToken); // Never an earlier wait's.
                    cancelled++;
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.Run(() => Array.ForEach(noise, thread => thread.Join()), CancellationToken.None); // This may be one of those threads.
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{set} set, {cancelled} cancelled");
        Assert.True(set > 0 && cancelled > 0);

        Thread StartNoise(Action action, int noiseSeed)
        {
            var thread = new Thread(() =>
            {
                var own = new Random(noiseSeed);
                while (!stop.IsCancellationRequested)
                {
                    action();
                    Thread.SpinWait(own.Next(500));
                }
            })
            { IsBackground = true };
            thread.Start();
            return thread;
        }

        static void Cancel(CancellationTokenSource? source)
        {
            try
            {
                source?.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The wait was faster.
            }
        }
    }

    private static void OnCompleted(ValueTask wait, Action action) => wait.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(action);
}
