using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Placing;

/// <summary>What an adapter lost returns to it, late enough and seldom enough.</summary>
public sealed class ReturnTests
{
    private static readonly TimeSpan ReturnAfter = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Connection_ReturnsOnlyWhenTheAdapterHasBeenWellForLongEnough()
    {
        await using var moving = await MovingHost.OffloadedAsync(Options());
        moving.Adapter.Announce(AdapterHealth.Failed);
        await moving.OnHostAsync();
        moving.Adapter.Announce(AdapterHealth.Healthy);
        await BecomesAsync(moving, AdapterHealth.Healthy);
        moving.Bench.Time.Advance(TimeSpan.FromSeconds(4));
        moving.Adapter.Announce(AdapterHealth.Degraded); // Its time begins anew.
        await BecomesAsync(moving, AdapterHealth.Degraded);
        moving.Adapter.Announce(AdapterHealth.Healthy);
        var well = moving.Bench.Time.GetTimestamp();

        await moving.OnAdapterAsync();

        Assert.True(moving.Bench.Time.GetElapsedTime(well) >= ReturnAfter, $"{moving.Bench.Time.GetElapsedTime(well)}");
        Assert.True(moving.Subject.Placement.Reason.IsNone);
    }

    [Fact]
    public async Task AfterAdvice_TheConnectionItselfWaits_ThoughTheAdapterWasNeverIll()
    {
        await using var moving = await MovingHost.OffloadedAsync(Options());
        moving.Bench.Time.Advance(TimeSpan.FromMinutes(5));
        moving.Adapter.Sockets.Single().Raise(static events => events.OnUploadWanted(ToeReasons.QualityDropRate, mandatory: false));
        var advised = moving.Bench.Time.GetTimestamp();
        await moving.OnHostAsync();

        await moving.OnAdapterAsync();

        Assert.True(moving.Bench.Time.GetElapsedTime(advised) >= ReturnAfter);
    }

    [Fact]
    public async Task ConnectionThatWentToAndFro_StaysOnTheHost_UntilItsWindowHasPassed()
    {
        var options = Options();
        options["Toe:Placement:MovesPerConnection"] = "2";
        options["Toe:Placement:MovesWindow"] = "00:01:00";
        await using var moving = await MovingHost.OffloadedAsync(options);
        var began = moving.Bench.Time.GetTimestamp();
        for (var round = 0; round < 2; round++)
        {
            moving.Adapter.Announce(AdapterHealth.Failed);
            await moving.OnHostAsync();
            moving.Adapter.Announce(AdapterHealth.Healthy);
            await moving.OnAdapterAsync();
        }

        // Its third and fourth moves: to the host at once, since it had to, and back when the first two were forgotten.
        Assert.True(moving.Bench.Time.GetElapsedTime(began) >= TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task RefusedReturn_IsTriedAgainEverLater()
    {
        await using var moving = await MovingHost.OffloadedAsync(Options());
        moving.Adapter.Announce(AdapterHealth.Failed);
        await moving.OnHostAsync();
        moving.Adapter.ImportScript = static () => ToeReasons.ResourceMemory;
        moving.Adapter.Announce(AdapterHealth.Healthy);
        var before = Tries(moving);
        var began = moving.Bench.Time.GetTimestamp();

        await moving.Bench.RunUntilAsync(() => Tries(moving) == before + 3);

        Assert.True(moving.Bench.Time.GetElapsedTime(began) >= ReturnAfter + TimeSpan.FromSeconds(2 + 4));
        await moving.Host.TalkAsync();
    }

    [Fact]
    public async Task ConnectionThatSomebodyMovedToTheHost_DoesNotReturn_AndNeitherDoesAnyWhereTheOptionIsOff()
    {
        var options = Options();
        options["Toe:Placement:Return"] = "false";
        await using var kept = await MovingHost.OffloadedAsync(options);
        await using var asked = await MovingHost.OffloadedAsync(Options());
        kept.Adapter.Announce(AdapterHealth.Failed);
        await kept.OnHostAsync();
        kept.Adapter.Announce(AdapterHealth.Healthy);
        Assert.True((await asked.Host.MoveAsync(null)).IsNone);
        var steps = asked.Adapter.Steps.Count;

        for (var i = 0; i < 100; i++)
        {
            kept.Bench.Time.Advance(TimeSpan.FromSeconds(1));
            asked.Bench.Time.Advance(TimeSpan.FromSeconds(1));
            await StackBench.Breath();
        }

        Assert.Null(kept.Subject.Placement.AdapterId);
        Assert.Null(asked.Subject.Placement.AdapterId);
        Assert.True(asked.Subject.Placement.Reason.Is(ToeReasons.OperatorMoved));
        Assert.InRange(asked.Adapter.Steps.Count, 0, steps + 1); // The release of the move that was asked for may come late.
    }

    private static Task BecomesAsync(MovingHost moving, AdapterHealth health) =>
        StackBench.UntilAsync(() => moving.Bench.Log.Of(1004).Any(line => line.Contains($"to {health}", StringComparison.Ordinal)));

    private static int Tries(MovingHost moving) => moving.Adapter.Steps.Count(static step => step == "import");

    private static Dictionary<string, string?> Options() => new()
    {
        ["Toe:Placement:ReturnAfter"] = ReturnAfter.ToString(),
        ["Toe:Placement:RetryAfter"] = "00:00:02",
    };
}
