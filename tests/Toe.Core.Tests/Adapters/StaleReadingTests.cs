using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Adapters;

/// <summary>A reading of the card takes time, and the card's announcements do not wait for it.</summary>
public sealed class StaleReadingTests
{
    [Fact]
    public async Task ReadingThatBeganBeforeTheFailure_DoesNotBringTheAdapterBack()
    {
        var adapter = new ScriptedAdapter("stale");
        await using var bench = StackBench.Create(adapter);
        await bench.RunAsync(bench.Stack.StartAsync(TestContext.Current.CancellationToken).AsTask());
        var healthy = adapter.Status;
        using var begun = new ManualResetEventSlim();
        using var ends = new ManualResetEventSlim();
        adapter.Refreshing.Answers(() =>
        {
            begun.Set();
            ends.Wait(TestContext.Current.CancellationToken);
            return healthy;
        });
        var reading = bench.Stack.RefreshAsync(TestContext.Current.CancellationToken).AsTask();
        begun.Wait(TestContext.Current.CancellationToken);
        adapter.Announce(AdapterHealth.Failed, ToeReasons.HealthLinkDown);
        await adapter.Thread.DrainAsync();
        adapter.Refreshing.Usual();

        ends.Set();
        await reading;

        var trace = bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere));
        Assert.True(trace.Reason.Is(ToeReasons.HealthLinkDown), trace.ToString());
        adapter.Change(status => status with { Health = AdapterHealth.Healthy, Reason = ToeReason.None });
        await bench.RunAsync(bench.Stack.RefreshAsync(TestContext.Current.CancellationToken).AsTask());
        Assert.Equal("scripted:stale", bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere)).AdapterId); // One that began after it does.
    }
}
