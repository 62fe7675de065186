using System.Net.Sockets;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Placing;

/// <summary>Connections that an adapter gives up while its table is nearly full.</summary>
public sealed class DemotionTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task QualityLowActivity_when_the_adapters_table_is_nearly_full()
    {
        await using var moving = await MovingHost.OffloadedAsync(Options(), status: Used(92));
        var others = await moving.ConnectAsync(2);
        await StackBench.UntilAsync(() => others.TrueForAll(static pair => pair.Ours.Placement.AdapterId is not null));
        for (var i = 0; i < 9; i++)
        {
            await others[0].Ours.SendAsync(new byte[10_000], None);
            await moving.LookAsync();
        }

        Assert.Equal(MovingHost.There, moving.Subject.Placement.AdapterId); // Not idle for long enough yet.
        for (var i = 0; i < 3; i++)
        {
            await others[0].Ours.SendAsync(new byte[10_000], None);
            await moving.LookAsync();
        }

        foreach (var idle in new[] { moving.Subject, others[1].Ours })
        {
            Assert.Null(idle.Placement.AdapterId);
            Assert.True(idle.Placement.Reason.Is(ToeReasons.QualityLowActivity), idle.Placement.Reason.ToString());
            Assert.Contains("of 100 used", idle.Placement.Reason.Text, StringComparison.Ordinal);
        }

        Assert.NotNull(others[0].Ours.Placement.AdapterId);
        await moving.Host.TalkAsync();
        await EndAsync(others);
    }

    [Fact]
    public async Task WhatWasGivenUp_ReturnsByUse_AndNotByTime()
    {
        var options = Options();
        options["Toe:Placement:Promotion:Bytes"] = "10000";
        await using var moving = await MovingHost.OffloadedAsync(options, status: Used(91));
        await LookAsync(moving, 12);
        Assert.Null(moving.Subject.Placement.AdapterId);
        moving.Adapter.Change(Used(10));
        await LookAsync(moving, 60);
        Assert.Null(moving.Subject.Placement.AdapterId);

        await moving.Subject.SendAsync(new byte[20_000], None);
        await moving.Host.PeerReceivesAsync(20_000);
        await moving.Host.QuietAsync();
        await LookAsync(moving, 3); // The kernel may just have been at work on the connection.

        Assert.Equal(MovingHost.There, moving.Subject.Placement.AdapterId);
    }

    [Fact]
    public async Task QualitySmallIo_when_nothing_idle_is_left_to_give_up()
    {
        await using var moving = await MovingHost.OffloadedAsync(Options(), status: Used(95));
        for (var i = 0; i < 13; i++)
        {
            await moving.Subject.SendAsync(new byte[10], None);
            await moving.LookAsync();
        }

        Assert.Null(moving.Subject.Placement.AdapterId);
        Assert.True(moving.Subject.Placement.Reason.Is(ToeReasons.QualitySmallIo), moving.Subject.Placement.Reason.ToString());
    }

    [Fact]
    public async Task OneReading_RelievesTheTableOnce()
    {
        var options = Options();
        options["Toe:RefreshInterval"] = "01:00:00";
        await using var moving = await MovingHost.OffloadedAsync(options, status: Used(91));
        var others = await moving.ConnectAsync(3);
        await StackBench.UntilAsync(() => others.TrueForAll(static pair => pair.Ours.Placement.AdapterId is not null));
        await moving.Bench.RunAsync(moving.Bench.Stack.RefreshAsync(None).AsTask()); // 91 with all four, and nothing lent beside.
        await moving.Bench.RunAsync(moving.Bench.Stack.RefreshAsync(None).AsTask());

        await LookAsync(moving, 30);

        Assert.Equal(3, moving.Bench.Stack.Connections.Count(static connection => connection.Placement.AdapterId is not null));
        await EndAsync(others);
    }

    [Theory]
    [InlineData("true", 80, null)]
    [InlineData("false", 95, null)]
    [InlineData("true", 95, ToeMode.Require)]
    public async Task WithoutPressure_TheOption_OrTheChoice_NothingIsGivenUp(string demote, long used, ToeMode? mode)
    {
        var options = Options();
        options["Toe:Placement:Demote"] = demote;
        await using var moving = await MovingHost.OffloadedAsync(options, mode, Used(used));

        await LookAsync(moving, 30);

        Assert.Equal(MovingHost.There, moving.Subject.Placement.AdapterId);
    }

    private static async Task LookAsync(MovingHost moving, int times)
    {
        for (var i = 0; i < times; i++)
            await moving.LookAsync();
    }

    private static async Task EndAsync(List<(ToeConnection Ours, Socket Theirs)> connections)
    {
        foreach (var (ours, theirs) in connections)
        {
            theirs.Dispose();
            await ours.DisposeAsync();
        }
    }

    private static Func<AdapterStatus, AdapterStatus> Used(long count) => status => status with
    {
        Budgets = [new ToeBudget("connections", count, 100, ToeReasons.ResourceConnections) { ConnectionCost = 1, ConnectionCostIPv6 = 1 }],
    };

    private static Dictionary<string, string?> Options() => new()
    {
        ["Toe:Placement:Demote"] = "true",
        ["Toe:Placement:Demotion:Idle"] = "00:00:10",
        ["Toe:Placement:SweepInterval"] = "01:00:00", // The test says when.
        ["Toe:BudgetReserve"] = "0",
    };
}
