namespace Toe.Core.Tests.Placing;

/// <summary>The host's connection tracking does not forget what runs on an adapter for days.</summary>
public sealed class TrackingRenewalTests
{
    [Fact]
    public async Task ConnectionOnAnAdapter_IsNamedToTheTrackingOnceADay_AndOnTheHostNever()
    {
        await using var moving = await MovingHost.OffloadedAsync();
        var before = moving.Host.Tracking.Followed.Count;
        moving.Bench.Time.Advance(TimeSpan.FromHours(12));
        await moving.LookAsync();
        Assert.Equal(before, moving.Host.Tracking.Followed.Count);

        moving.Bench.Time.Advance(TimeSpan.FromHours(12));
        await moving.LookAsync();
        await moving.LookAsync();

        Assert.Equal(before + 1, moving.Host.Tracking.Followed.Count);
        Assert.True((await moving.Host.MoveAsync(null)).IsNone);
        before = moving.Host.Tracking.Followed.Count;
        moving.Bench.Time.Advance(TimeSpan.FromHours(25));
        await moving.LookAsync();
        Assert.Equal(before, moving.Host.Tracking.Followed.Count);
    }
}
