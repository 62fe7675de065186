using Microsoft.Extensions.Time.Testing;
using Toe.Placing;

namespace Toe.Core.Tests.Placing;

/// <summary>When a connection may be moved again.</summary>
public sealed class MoveAllowanceTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly PlacementOptions _options = new() { RetryAfter = TimeSpan.FromSeconds(10) };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RefusalInOneDirection_DoesNotDelayTheOther(bool toHost)
    {
        var allowance = new MoveAllowance(_time);

        allowance.Begin();
        allowance.Refused(toHost);

        Assert.False(allowance.IsRested(toHost, _options));
        Assert.True(allowance.IsRested(!toHost, _options));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(allowance.IsRested(toHost, _options));
    }

    [Fact]
    public void MoveThatWasNotEvenBegun_DelaysTheNextToAnAdapter_AndNotPolicys()
    {
        var allowance = new MoveAllowance(_time);

        for (var i = 0; i < 3; i++)
            allowance.Postpone();

        _time.Advance(TimeSpan.FromSeconds(39));
        Assert.False(allowance.IsRested(toHost: false, _options)); // Ten seconds, doubled twice.
        Assert.True(allowance.IsRested(toHost: true, _options));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(allowance.IsRested(toHost: false, _options));
    }

    [Fact]
    public void MoveUnderWay_IsTheOnlyOne()
    {
        var allowance = new MoveAllowance(_time);

        allowance.Begin();

        Assert.False(allowance.IsRested(toHost: true, _options));
        Assert.False(allowance.IsRested(toHost: false, _options));
        allowance.Moved(_options);
        Assert.True(allowance.IsRested(toHost: true, _options));
    }
}
