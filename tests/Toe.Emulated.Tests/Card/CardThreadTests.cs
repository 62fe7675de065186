using System.Globalization;
using Toe.Emulated.Links;
using Toe.Testing;

namespace Toe.Emulated.Tests.Card;

/// <summary>Where the card's threads run, and whether they sleep.</summary>
public sealed class CardThreadTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ThreadsOfACard_AreBoundToItsProcessorsInTurn()
    {
        Needs.Linux();
        var first = Allowed("/proc/self/status")[0];
        await using var provider = new EmulatedProvider([new EmulatedFabricOptions { Fabric = new Fabric(), Card = new EmulatedCardOptions { Shards = 2, Processors = [first] } }]);
        await using var card = (await provider.DiscoverAsync(new QuietHost(), Token)).Adapters.Single();

        foreach (var loop in ((EmulatedCard)card).Shards.Loops)
            Assert.Equal([first], await loop.InvokeAsync(static _ => Allowed("/proc/thread-self/status")));
    }

    [Fact]
    public async Task ThreadsOfACardThatNamesNone_RunWhereTheProcessRuns()
    {
        Needs.Linux();
        await using var provider = new EmulatedProvider([new EmulatedFabricOptions { Fabric = new Fabric() }]);
        await using var card = (await provider.DiscoverAsync(new QuietHost(), Token)).Adapters.Single();

        Assert.Equal(Allowed("/proc/self/status"), await ((EmulatedCard)card).Shards.Loops[0].InvokeAsync(static _ => Allowed("/proc/thread-self/status")));
    }

    [Fact]
    public async Task CardWhoseProcessorDoesNotExist_IsNotTaken_WithTheReason()
    {
        Needs.Linux();
        await using var provider = new EmulatedProvider([new EmulatedFabricOptions { Fabric = new Fabric(), Card = new EmulatedCardOptions { Shards = 2, Processors = [Allowed("/proc/self/status")[0], 1023] } }]);

        var discovery = await provider.DiscoverAsync(new QuietHost(), Token);

        Assert.Empty(discovery.Adapters);
        var reason = Assert.Single(discovery.NotTaken).Reason;
        Assert.True(reason.Is(ToeReasons.EnvironmentDevice), reason.ToString());
        Assert.Contains("processor 1023", reason.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, new int[0])]
    [InlineData(2, new[] { 0 })]
    [InlineData(2, new[] { 0, 0 })]
    public async Task BusyPollWithoutAProcessorOfItsOwnForEachThread_IsNotTaken(int shards, int[] processors)
    {
        Needs.Linux();
        await using var provider = new EmulatedProvider([new EmulatedFabricOptions { Card = new EmulatedCardOptions { Shards = shards, Processors = processors, BusyPoll = TimeSpan.FromSeconds(1) } }]);

        var discovery = await provider.DiscoverAsync(new QuietHost(), Token);

        Assert.Empty(discovery.Adapters);
        Assert.Contains("a processor of its own", Assert.Single(discovery.NotTaken).Reason.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BusyPollOnAllProcessors_IsNotTaken()
    {
        Needs.Linux();
        var all = Environment.ProcessorCount;
        await using var provider = new EmulatedProvider(
            [new EmulatedFabricOptions { Card = new EmulatedCardOptions { Shards = all, Processors = [.. Enumerable.Range(0, all)], BusyPoll = TimeSpan.FromSeconds(1) } }]);

        var discovery = await provider.DiscoverAsync(new QuietHost(), Token);

        Assert.Empty(discovery.Adapters);
        Assert.Contains("leaves none", Assert.Single(discovery.NotTaken).Reason.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoopThatPolls_AsksItsLinkAgainAndAgain_WithoutSleeping()
    {
        using var network = new BrokenNetwork();
        await using var card = new EmulatedCard(new EmulatedCardOptions { BusyPoll = TimeSpan.FromMinutes(1) }, network, TimeProvider.System);
        await card.Shards.Loops[0].InvokeAsync(static _ => 0);
        var (asked, waits) = (network.Asked, network.Waits);

        await CardBench.UntilAsync(() => network.Asked > asked + 1000);

        Assert.Equal(waits, network.Waits);
    }

    [Fact]
    public async Task LoopWhosePollingTimeIsOver_Sleeps_UntilItIsWoken()
    {
        using var network = new BrokenNetwork();
        await using var card = new EmulatedCard(new EmulatedCardOptions { BusyPoll = TimeSpan.FromMilliseconds(1) }, network, TimeProvider.System);

        await CardBench.UntilAsync(() => network.Waits > 0);

        Assert.Equal(7, await card.Shards.Loops[0].InvokeAsync(static _ => 7).WaitAsync(CardBench.Patience, Token));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1024)]
    public void NumberThatNoProcessorHas_IsRefused(int processor) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new EmulatedCardOptions { Processors = [processor] });

    [Fact]
    public void NegativeTime_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => new EmulatedCardOptions { BusyPoll = TimeSpan.FromTicks(-1) });

    /// <summary>The processors that a thread may use, from its Cpus_allowed_list: proc_pid_status(5).</summary>
    private static IReadOnlyList<int> Allowed(string path)
    {
        const string key = "Cpus_allowed_list:";
        var line = File.ReadLines(path).Single(static line => line.StartsWith(key, StringComparison.Ordinal));
        return [.. line[key.Length..].Split(',').SelectMany(static range =>
        {
            var ends = range.Split('-').Select(static end => int.Parse(end, CultureInfo.InvariantCulture)).ToArray();
            return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
        })];
    }
}
