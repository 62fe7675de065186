using Toe.Cli.Conforming;
using Toe.Emulated;

namespace Toe.Conformance.Tests;

/// <summary>What the kit makes of what it sees.</summary>
[Collection("whole kit")] // Not at once: providers that hang keep threads.
public sealed class RunnerTests
{
    private static readonly Uri Link = new("https://example.invalid/1");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ProviderThatHangs_CostsTheDeadline_AndIsReportedAsThat()
    {
        var began = TimeProvider.System.GetTimestamp();

        var result = await TryAsync("TOE-STRM-001", Broken("hangs-in-receive"), new ConformanceOptions { Deadline = TimeSpan.FromMilliseconds(500) });

        Assert.Equal(Outcome.Fail, result.Outcome);
        Assert.Contains("deadline", result.Detail, StringComparison.Ordinal);
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task WhatIsDeclaredToBeMissing_AndWorks_IsUnderDeclared() =>
        Assert.Equal(Outcome.UnderDeclared, (await TryAsync("TOE-CONN-001", Broken("hides-active-open"))).Outcome);

    [Fact]
    public async Task WhatIsDeclaredToBeMissing_AndRefused_PassesByThat() =>
        Assert.Equal(Outcome.PassByRefusal, (await TryAsync("TOE-CONN-001", Fixtures.Fabric(CardProfile.NetXtreme57810))).Outcome);

    [Fact]
    public async Task RequirementThatIsNoMust_IsAWarning() =>
        Assert.Equal(Outcome.Warning, (await TryAsync("TOE-OPEN-008", Broken("always-downgrades"))).Outcome);

    [Fact]
    public async Task Waiver_HoldsWhileTheFaultIsThere_AndUntilItsDay()
    {
        var day = new DateOnly(2026, 1, 31);
        var faulty = new WaivingFixture(Broken("drops-last-byte"), new Waiver("TOE-STRM-005", "firmware drops a byte", Link, day));
        var right = new WaivingFixture(Fixtures.Fabric(), new Waiver("TOE-STRM-005", "firmware drops a byte", Link, day));

        var waived = await TryAsync("TOE-STRM-005", faulty, new ConformanceOptions { Today = day });
        Assert.Equal(Outcome.Waived, waived.Outcome);
        Assert.Contains("firmware drops a byte", waived.Detail, StringComparison.Ordinal);
        Assert.Equal(Outcome.Fail, (await TryAsync("TOE-STRM-005", faulty, new ConformanceOptions { Today = day.AddDays(1) })).Outcome);
        Assert.Equal(Outcome.Fail, (await TryAsync("TOE-STRM-005", right, new ConformanceOptions { Today = day })).Outcome); // It works: the waiver must go.
        Assert.Equal(Outcome.Pass, (await TryAsync("TOE-STRM-001", right, new ConformanceOptions { Today = day })).Outcome);
    }

    [Fact]
    public async Task WhatTheEnvironmentLacks_IsSkipped_AndFailsWhenStrict()
    {
        var result = await TryAsync("TOE-CONN-002", Fixtures.Fabric());
        Assert.Equal(Outcome.Skipped, result.Outcome);
        Assert.NotEmpty(result.Detail);
        Assert.Equal(Outcome.Fail, (await TryAsync("TOE-CONN-002", Fixtures.Fabric(), new ConformanceOptions { IsStrict = true })).Outcome);
    }

    [Fact]
    public async Task ReplayedHost_HasNoDataPath()
    {
        var replayed = new ReplayedFixture();

        Assert.Equal(Outcome.NotExercised, (await TryAsync("TOE-STRM-001", replayed)).Outcome);
        Assert.Equal(Outcome.Pass, (await TryAsync("TOE-IDEN-001", replayed)).Outcome);
    }

    [Fact]
    public async Task NoAdapter_IsNothingTried()
    {
        var report = await ConformanceKit.RunAsync(new EmptyFixture(), requirements: ConformanceKit.Requirements.Take(3), cancellationToken: Stop);

        Assert.Empty(report.Results);
        Assert.False(report.IsGood);
        Assert.Null(report.Subject.Adapter);
        Assert.Contains("no such adapter", report.Subject.Missing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancellation_EndsTheRun()
    {
        using var stop = new CancellationTokenSource();
        var tried = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ConformanceKit.RunAsync(
            Fixtures.Fabric(),
            progress: _ =>
            {
                if (++tried == 5)
                    stop.Cancel();
            },
            cancellationToken: stop.Token));

        Assert.Equal(5, tried);
    }

    private static BrokenFixture Broken(string name) => Fixtures.Broken(BrokenProviders.Find(name)!);

    private static Task<RequirementResult> TryAsync(string id, ConformanceFixture fixture, ConformanceOptions? options = null) =>
        ConformanceKit.TryAsync(ConformanceKit.Requirements.Single(requirement => requirement.Id == id), fixture, options, Stop);

    private sealed class WaivingFixture(ConformanceFixture inner, params Waiver[] waivers) : ConformanceFixture
    {
        public override string Substrate => inner.Substrate;

        public override IReadOnlyList<Waiver> Waivers => waivers;

        public override ValueTask<IToeProvider> CreateProviderAsync(CancellationToken cancellationToken) => inner.CreateProviderAsync(cancellationToken);

        public override ValueTask<IConformancePeer> CreatePeerAsync(IReadOnlyList<IToeAdapter> adapters, CancellationToken cancellationToken) =>
            inner.CreatePeerAsync(adapters, cancellationToken);
    }

    private sealed class ReplayedFixture : ConformanceFixture
    {
        public override string Substrate => "replayed";

        public override bool IsReplayed => true;

        public override ValueTask<IToeProvider> CreateProviderAsync(CancellationToken cancellationToken) => Fixtures.Fabric().CreateProviderAsync(cancellationToken);

        public override ValueTask<IConformancePeer> CreatePeerAsync(IReadOnlyList<IToeAdapter> adapters, CancellationToken cancellationToken) => throw new InvalidOperationException();
    }

    private sealed class EmptyFixture : ConformanceFixture
    {
        public override string Substrate => "nothing";

        public override ValueTask<IToeProvider> CreateProviderAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IToeProvider>(new EmulatedProvider([]));

        public override ValueTask<IConformancePeer> CreatePeerAsync(IReadOnlyList<IToeAdapter> adapters, CancellationToken cancellationToken) => throw new InvalidOperationException();
    }
}
