using Microsoft.Extensions.Time.Testing;
using Toe.Core.Tests.Configuration;
using Toe.Core.Tests.Scripted;
using Toe.Telemetry;

namespace Toe.Core.Tests.Telemetry;

/// <summary>A line for each reason at most every ten seconds, with how many it stands for; and the share for the health check.</summary>
public sealed class FallbackLogTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogBook _book = new();

    public void Dispose() => _book.Dispose();

    [Fact, Trait("Requirement", "TOE-TELE-002")]
    public void Lines_AreRateLimited_EachReasonByItself()
    {
        var log = new FallbackLog(new OptionsBox(new ToeOptions()), _time, _book);
        for (var i = 0; i < 100; i++)
            log.FellBack(StackBench.Elsewhere, ToeReasons.ResourceMemory.With($"text {i}"));
        log.FellBack(StackBench.Elsewhere, ToeReasons.HealthFailed);
        Assert.Equal(2, _book.Of(1010).Count);

        _time.Advance(TimeSpan.FromSeconds(9.9));
        log.FellBack(StackBench.Elsewhere, ToeReasons.ResourceMemory);
        Assert.Equal(2, _book.Of(1010).Count);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        log.FellBack(null, ToeReasons.ResourceMemory.With("again"));
        log.FellBack(null, ToeReasons.ResourceMemory);

        var last = _book.Of(1010)[^1];
        Assert.Equal(3, _book.Of(1010).Count);
        Assert.Contains("(100 more since the last line)", last, StringComparison.Ordinal); // Ninety-nine, and one after.
        Assert.Contains("again", last, StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(10));
        log.FellBack(null, ToeReasons.ResourceMemory);
        Assert.Contains("(1 more since the last line)", _book.Of(1010)[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Share_IsOfTheWindow_AndSilentWhileThereAreFew()
    {
        var options = new ToeOptions();
        (options.FallbackAllowance.Window, options.FallbackAllowance.MinimumConnections) = (TimeSpan.FromMinutes(1), 10);
        var log = new FallbackLog(new OptionsBox(options), _time, _book);
        for (var i = 0; i < 9; i++)
            log.FellBack(null, ToeReasons.HealthFailed);
        Assert.Equal(0, log.Share);
        log.Offloaded();
        Assert.Equal(0.9, log.Share);

        _time.Advance(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 10; i++)
            log.Offloaded();
        Assert.Equal(0.45, log.Share);
        _time.Advance(TimeSpan.FromSeconds(35)); // The first ten have left the window.
        Assert.Equal(0, log.Share);
        log.FellBack(null, ToeReasons.HealthFailed);
        Assert.Equal(1.0 / 11, log.Share, 9);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, log.Share);
    }

    [Fact]
    public void ManyThreads_LoseNoCount()
    {
        var options = new ToeOptions();
        options.FallbackAllowance.MinimumConnections = 1;
        var log = new FallbackLog(new OptionsBox(options), _time, _book);

        Parallel.For(0, 4000, i =>
        {
            if (i % 4 == 0)
                log.FellBack(null, ToeReasons.HealthFailed);
            else
                log.Offloaded();
        });

        Assert.Equal(0.25, log.Share);
        Assert.Single(_book.Of(1010));
    }
}
