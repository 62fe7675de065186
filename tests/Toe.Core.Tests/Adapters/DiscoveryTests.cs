using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Adapters;

/// <summary>Discovery that is repeated, interrupted and asked for in storms: whatever a provider handed over is given back.</summary>
public sealed class DiscoveryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StackThatEndsBesideAHungDiscovery_DisposesWhatOthersHadFound()
    {
        var found = new ScriptedAdapter("found");
        var other = new ScriptedProvider { Name = "hung" };
        var release = other.Discovering.Hangs();
        var provider = new ScriptedProvider(found);
        var bench = StackBench.Create([], [provider, other], [found]);
        await StackBench.UntilAsync(() => provider.Discovering.Count == 1 && other.Discovering.Count == 1);

        await bench.DisposeAsync(); // Asserts that the adapter was disposed.
        release.SetResult();
    }

    [Fact]
    public async Task StackThatEndsInTheMiddleOfARescan_DisposesTheRemovedAdapter()
    {
        var (removed, fresh) = (new ScriptedAdapter("removed"), new ScriptedAdapter("fresh"));
        var provider = new ScriptedProvider(removed);
        var bench = StackBench.Create([], [provider], [removed, fresh]);
        await bench.RunAsync(bench.Stack.StartAsync(Token).AsTask());
        var release = fresh.Refreshing.Hangs();
        provider.Adapters = [fresh];
        provider.Host!.RescanNeeded();
        await StackBench.UntilAsync(() => fresh.Refreshing.Count == 1);

        await bench.DisposeAsync(); // Asserts that both adapters were disposed.
        release.SetResult();
    }

    [Fact]
    public async Task AdapterThatCallsItselfAsAnother_IsRefused_AndDisposedAtTheEnd()
    {
        var (first, second) = (new ScriptedAdapter("same"), new ScriptedAdapter("same"));
        var bench = StackBench.Create(first, second);
        await bench.RunAsync(bench.Stack.StartAsync(Token).AsTask());
        Assert.Same(first, Assert.Single(bench.Stack.Adapters));

        await bench.DisposeAsync(); // Asserts that both adapters were disposed.
    }

    [Fact]
    public async Task StormOfRescans_CostsOneDiscoveryMoreThanIsUnderWay()
    {
        var provider = new ScriptedProvider(new ScriptedAdapter("storm"));
        await using var bench = StackBench.Create([], [provider], []);
        await bench.RunAsync(bench.Stack.StartAsync(Token).AsTask());
        var release = provider.Discovering.Hangs();
        provider.Host!.RescanNeeded();
        await StackBench.UntilAsync(() => provider.Discovering.Count == 2);

        for (var i = 0; i < 200; i++)
            provider.Host.RescanNeeded();
        provider.Discovering.Usual();
        release.SetResult();

        await StackBench.UntilAsync(() => provider.Discovering.Count >= 3);
        for (var i = 0; i < 50; i++)
            await StackBench.Breath();
        Assert.Equal(3, provider.Discovering.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AdapterIsDisposedBehindItsSockets_AlsoThoseOfOpensUnderWay(bool listening)
    {
        for (var round = 0; round < 10; round++)
        {
            var adapter = new ScriptedAdapter("last");
            var atDisposal = -1;
            adapter.Disposing.Answers(() =>
            {
                atDisposal = adapter.Live.Count;
                return true;
            });
            var bench = StackBench.Create(adapter);
            var opening = listening ? await KnocksAsync(bench, adapter) : await OpensAsync(bench, adapter);

            await bench.DisposeAsync();

            Assert.Equal(0, atDisposal);
            foreach (var open in opening)
                await Assert.ThrowsAsync<ObjectDisposedException>(() => open);
        }
    }

    private static async Task<List<Task>> OpensAsync(StackBench bench, ScriptedAdapter adapter)
    {
        adapter.Connect = static async (_, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return ConnectResult.Connected;
        };
        List<Task> opening = [.. Enumerable.Range(0, 100).Select(_ => bench.Stack.ConnectAsync(new ToeConnectRequest(StackBench.Elsewhere), Token).AsTask())];
        await StackBench.UntilAsync(() => adapter.Syns == 100);
        return opening;
    }

    private static async Task<List<Task>> KnocksAsync(StackBench bench, ScriptedAdapter adapter)
    {
        await bench.ListenAsync();
        var listener = adapter.Listeners.Single();
        for (var port = 1; port <= 100; port++)
            _ = listener.KnockAsync(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port));
        await adapter.Thread.DrainAsync();
        return [];
    }
}
