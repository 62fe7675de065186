using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Placing;

/// <summary>Policy that changes under established connections.</summary>
public sealed class PolicyChangeTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact, Trait("Requirement", "TOE-PLAC-009")]
    public async Task AdapterThatIsNotAllowedAnyMore_LosesItsConnections_AndGetsThemBackWhenItIs()
    {
        await using var moving = await MovingHost.OffloadedAsync(Rule("scripted"));

        moving.Configure("Toe:Policy:Rules:0:Adapters:0", "other");

        await moving.OnHostAsync();
        Assert.True(moving.Subject.Placement.Reason.Is(ToeReasons.PolicyAdapterNotAllowed));

        moving.Configure("Toe:Policy:Rules:0:Adapters:0", "scripted");

        await StackBench.UntilAsync(() => moving.Subject.Placement.AdapterId == MovingHost.There); // At once: it was not ill.
        Assert.True(moving.Subject.Placement.Reason.IsNone);
    }

    [Fact, Trait("Requirement", "TOE-PLAC-009")]
    public async Task ModeThatForbids_SendsEverythingToTheHost()
    {
        await using var moving = await MovingHost.OffloadedAsync();

        moving.Configure("Toe:Mode", "Forbid");

        await moving.OnHostAsync();
        Assert.True(moving.Subject.Placement.Reason.Is(ToeReasons.PolicyForbidden));
    }

    [Fact]
    public async Task ConnectionThatWasNotLetGo_IsTriedAgainLater()
    {
        await using var moving = await MovingHost.OffloadedAsync();
        var freezes = 0;
        moving.Adapter.FreezeScript = call =>
        {
            if (Interlocked.Increment(ref freezes) == 1)
                call.Throws(static () => new IOException("scripted"));
        };

        moving.Configure("Toe:Mode", "Forbid");
        var changed = moving.Bench.Time.GetTimestamp();

        await moving.OnHostAsync();
        Assert.Equal(2, freezes);
        Assert.True(moving.Bench.Time.GetElapsedTime(changed) >= TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task AdapterThatHangs_HoldsNobodyElsesConnectionsUp()
    {
        var (hangs, other) = (MovingHost.NewAdapter(), MovingHost.NewAdapter("two", OffloadModel.FullConnection));
        await using var host = await Moving.HostConnection.OpenAsync(
            new() { ["Toe:Placement:SweepInterval"] = "01:00:00" }, ToeMode.Forbid, hangs, other);
        using var server = StackBench.HostServer();
        var stuck = new List<ToeConnection>();
        for (var i = 0; i < 60; i++)
        {
            stuck.Add(await host.Bench.ConnectAsync(server.LocalEndpoint));
            await StackBench.UntilAsync(() => stuck[^1].Placement.AdapterId == MovingHost.There);
        }

        Assert.True((await host.MoveAsync("scripted:two")).IsNone);
        var releases = new System.Collections.Concurrent.ConcurrentQueue<TaskCompletionSource>();
        hangs.FreezeScript = call => releases.Enqueue(call.Hangs());
        host.Bench.AllowsLeaks = true;

        host.Bench.Configuration["Toe:Mode"] = "Forbid";
        host.Bench.Configuration.Reload();

        await host.Bench.RunAsync(host.Bench.Stack.Sweep.LookQuietlyAsync()); // The look that the reload began, and this one.

        Assert.Null(host.Subject.Placement.AdapterId);
        Assert.InRange(releases.Count, 8, 30); // Eight at once, and no more of it in the same look.
        foreach (var release in releases)
            release.SetResult();
    }

    [Fact, Trait("Requirement", "TOE-PLAC-009")]
    public async Task ConnectionThatCannotMove_GoesOn_AndIsReportedOnce()
    {
        var adapter = new ScriptedAdapter("fixed");
        await using var bench = StackBench.Configured(Rule("scripted"), adapter);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);

        for (var i = 0; i < 2; i++)
        {
            bench.Configuration["Toe:Policy:Rules:0:Adapters:0"] = $"other{i}";
            bench.Configuration.Reload();
        }

        await StackBench.UntilAsync(() => bench.Log.Of(1015).Count > 0);
        Assert.Equal(["1 connections stay on adapters that policy no longer allows: they cannot be moved"], bench.Log.Of(1015));
        await connection.SendAsync(new byte[] { 1 }, None);
        Assert.Equal([1], await adapter.Peers.Take(None).ReceiveAsync(1));
    }

    [Fact]
    public async Task WhatSomebodyMovedThere_StaysThere_WhateverItsRequestSaid()
    {
        var adapter = MovingHost.NewAdapter();
        await using var host = await Moving.HostConnection.OpenAsync([], ToeMode.Forbid, adapter);
        Assert.True((await host.MoveAsync(MovingHost.There)).IsNone);

        host.Bench.Configuration["Toe:Policy:Rules:0:Name"] = "elsewhere";
        host.Bench.Configuration["Toe:Policy:Rules:0:Remote"] = StackBench.Elsewhere.Address.ToString();
        host.Bench.Configuration["Toe:Policy:Rules:0:Mode"] = "Forbid";
        host.Bench.Configuration.Reload();
        await LetItLookAsync(host.Bench);

        Assert.Equal(MovingHost.There, host.Subject.Placement.AdapterId);
    }

    [Fact]
    public async Task OptionOff_LeavesConnectionsWhereTheyAre()
    {
        var configuration = Rule("scripted");
        configuration["Toe:Placement:FollowPolicy"] = "false";
        await using var moving = await MovingHost.OffloadedAsync(configuration);

        moving.Configure("Toe:Policy:Rules:0:Adapters:0", "other");
        await LetItLookAsync(moving.Bench);

        Assert.Equal(MovingHost.There, moving.Subject.Placement.AdapterId);
    }

    private static async Task LetItLookAsync(StackBench bench)
    {
        for (var i = 0; i < 50; i++)
        {
            bench.Time.Advance(TimeSpan.FromSeconds(1));
            await StackBench.Breath();
        }
    }

    private static Dictionary<string, string?> Rule(string adapters) => new()
    {
        ["Toe:Policy:Rules:0:Name"] = "only",
        ["Toe:Policy:Rules:0:Adapters:0"] = adapters,
    };
}
