using System.Net;
using Microsoft.Extensions.Time.Testing;
using Toe.Placing;

namespace Toe.Core.Tests.Placing;

/// <summary>When a verdict turns, and when it does not.</summary>
public sealed class VerdictTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly WorthOptions _options = new() { Weight = 1, MinimumSamples = 1, HoldFor = TimeSpan.Zero };
    private readonly PathSide _host;
    private readonly AdapterOnPath _adapter;

    public VerdictTests()
    {
        _host = new PathSide(_time);
        _adapter = new AdapterOnPath(_time);
    }

    [Fact]
    public void BetweenTheMargins_ItStaysAsItWas()
    {
        Assert.False(Judge(host: 1_200, adapter: 1_000)); // Less than a quarter faster.
        Assert.True(Judge(host: 1_300, adapter: 1_000));
        Assert.True(Judge(host: 1_200, adapter: 1_000)); // More than an eighth.
        Assert.False(Judge(host: 1_100, adapter: 1_000));
        Assert.False(Judge(host: 1_200, adapter: 1_000));
    }

    [Fact]
    public void VerdictThatTurned_StandsForAWhile()
    {
        _options.HoldFor = TimeSpan.FromMinutes(5);
        Assert.True(Judge(host: 2_000, adapter: 1_000));
        _time.Advance(TimeSpan.FromMinutes(4));
        Assert.True(Judge(host: 500, adapter: 1_000));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(Judge(host: 500, adapter: 1_000));
        Assert.False(Judge(host: 2_000, adapter: 1_000));
    }

    [Fact]
    public void RoundTripTimesThatDifferByLessThanAThreadsWaking_AreTheSame()
    {
        Assert.False(Judge(host: 20e-6, adapter: 60e-6, static side => side.RoundTrip));
        Assert.True(Judge(host: 20e-6, adapter: 90e-6, static side => side.RoundTrip));
    }

    [Theory]
    [InlineData("192.0.2.77", 24, "192.0.2.0/24")]
    [InlineData("::ffff:192.0.2.77", 24, "192.0.2.0/24")]
    [InlineData("192.0.2.77", 0, "0.0.0.0/0")]
    [InlineData("192.0.2.77", 32, "192.0.2.77/32")]
    [InlineData("2001:db8:1:2:3::4", 64, "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:3::4", 0, "::/0")]
    [InlineData("2001:db8:1:2:3::4", 128, "2001:db8:1:2:3::4/128")]
    public void Path_IsThePrefix(string address, int length, string expected)
    {
        var options = new WorthOptions { PrefixIPv4 = Math.Min(length, 32), PrefixIPv6 = length };
        Assert.Equal(expected, PathPrefix.Of(IPAddress.Parse(address), options).ToString());
    }

    private bool Judge(double host, double adapter) => Judge(host, adapter, static side => side.Throughput);

    private bool Judge(double host, double adapter, Func<PathSide, Average> measured)
    {
        measured(_host).Add(host, _options);
        measured(_adapter.Side).Add(adapter, _options);
        _adapter.Judge(_host, PathPrefix.Of(IPAddress.Loopback, _options), _options);
        return _adapter.Verdict!.IsHostFaster;
    }
}
