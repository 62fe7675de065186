namespace Toe.Chelsio.Tests.Images;

/// <summary>Every table of a card, read live, and each exhausted alone.</summary>
public sealed class BudgetTests
{
    private const string Debug = "/sys/kernel/debug/cxgb4/0000:04:00.4";

    [Fact]
    public async Task Tables_AreReadFromTheCard()
    {
        await using var bench = await ImageBench.StartAsync("t6-active-policy");
        Assert.Equal(
            [("tids", 12, 17408), ("stids", 3, 496), ("atids", 0, 8192), ("l2t", 2, 4096), ("clip", 1, 320), ("rx pages", 10, 1280), ("tx pages", 4, 2304)],
            bench.Card.Status.Budgets.Select(budget => (budget.Table, (int)budget.Used, (int)budget.Limit)));
        var tids = bench.Card.Status.Budgets[0];
        Assert.Equal((1, 2, FactSource.Queried), (tids.ConnectionCost, tids.ConnectionCostIPv6, tids.Source));
    }

    [Theory]
    [InlineData("tids", "TID range: 0..99, in use: 100", "Resource.Connections")]
    [InlineData("meminfo", "100 Rx pages (0 free) of size 64KiB for 2 channels", "Resource.Memory")]
    [InlineData("tids", "ATID range: 0..9, in use: 10", "Resource.Other")]
    public async Task ResourceOther_and_every_table_that_is_full_by_its_own_reason(string file, string content, string reason)
    {
        await using var copy = ImageCopy.Of("t6-active-policy");
        copy.File($"{Debug}/{file}", content);
        await using var bench = await ImageBench.StartAsync(copy.Open());
        Assert.Equal(reason, bench.Stack.Explain(new ToeConnectRequest(ImageBench.OnCard)).Candidates.Single().Reason.Name);
    }

    [Fact]
    public async Task ResourceNeighbours_when_the_L2_table_is_full()
    {
        await using var copy = ImageCopy.Of("t6-active-policy");
        copy.File($"{Debug}/l2t", " Idx IP address\n" + string.Join('\n', Enumerable.Range(0, 4096).Select(row => $"{row} 198.51.{row / 256}.{row % 256} 02:00:5e:00:00:01")));
        await using var bench = await ImageBench.StartAsync(copy.Open());
        Assert.True(bench.Stack.Explain(new ToeConnectRequest(ImageBench.OnCard)).Candidates.Single().Reason.Is(ToeReasons.ResourceNeighbours));
    }

    [Fact]
    public async Task Counters_SplitNicFromOffload_AndAddUpChannels()
    {
        await using var bench = await ImageBench.StartAsync("t6-active-policy");
        var counters = ((IReportsCounters)bench.Card).Counters.ToDictionary(counter => counter.Name, StringComparer.Ordinal);
        Assert.Equal(new AdapterCounter("Offload B/s", 1_271_327_219, "By/s", IsCumulative: false), counters["Offload B/s"]);
        Assert.Equal((21_504, 7, true), (counters["NIC B/s"].Value, counters["tcp_ipv4_retrans_segs"].Value, counters["tcp_ipv4_retrans_segs"].IsCumulative));
    }

    [Fact]
    public async Task AnIPv6ConnectionTakesTwo()
    {
        await using var copy = ImageCopy.Of("t6-active-policy");
        copy.File($"{Debug}/tids", "TID range: 0..99, in use: 94");
        await using var bench = await ImageBench.StartAsync(copy.Open());
        Assert.NotNull(bench.Stack.Explain(new ToeConnectRequest(ImageBench.OnCard)).AdapterId);
        var ipv6 = bench.Stack.Explain(new ToeConnectRequest(new System.Net.IPEndPoint(System.Net.IPAddress.Parse("2001:db8:2::99"), 443)));
        Assert.True(ipv6.Candidates.Single().Reason.Is(ToeReasons.ResourceConnections));
    }

    [Fact]
    public async Task MemoryFreeCards_HaveTheirOwnLimit()
    {
        await using var bench = await ImageBench.StartAsync("t6-memfree", mark: null);
        var budget = bench.Card.Status.Budgets.Single(budget => budget.Table == "connections without card memory");
        Assert.Equal((200, 256, FactSource.Assumed), ((int)budget.Used, (int)budget.Limit, budget.Source));
    }

    [Fact]
    public async Task MaximumConnections_IsABudget_WhenSomebodySetIt()
    {
        await using var copy = ImageCopy.Of("t6-active-policy");
        copy.File("/proc/sys/toe/toe0_tom/max_conn", "12");
        await using var bench = await ImageBench.StartAsync(copy.Open());
        var reason = bench.Stack.Explain(new ToeConnectRequest(ImageBench.OnCard)).Candidates.Single().Reason;
        Assert.Equal("Resource.Connections", reason.Name);
        Assert.StartsWith("max_conn", reason.Text, StringComparison.Ordinal);
        Assert.Contains(((IReportsNotes)bench.Card).Notes, note => note.Kind == AdapterNoteKind.Setting && note.Text.StartsWith("max_conn is 12", StringComparison.Ordinal));
    }
}
