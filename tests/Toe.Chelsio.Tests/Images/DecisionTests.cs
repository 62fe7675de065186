using System.Net;

namespace Toe.Chelsio.Tests.Images;

/// <summary>An application on a played-back host decides as on the machine itself; its connections run here, on the host stack, and say so.</summary>
public sealed class DecisionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EnvironmentReplayed_is_what_keeps_a_connection_that_passed_every_gate_on_the_host()
    {
        await using var bench = await ImageBench.StartAsync("t6-active-policy");
        var dry = bench.Stack.Explain(new ToeConnectRequest(ImageBench.OnCard));
        Assert.Equal(("chelsio:0000:04:00.4", CandidateOutcome.Eligible), (dry.AdapterId, dry.Candidates.Single().Outcome));

        var required = await Assert.ThrowsAsync<ToeOffloadRequiredException>(
            () => bench.Stack.ConnectAsync(new ToeConnectRequest(ImageBench.OnCard) { Mode = ToeMode.Require }, Token).AsTask());
        Assert.True(required.Trace.Reason.Is(ToeReasons.EnvironmentReplayed));
        Assert.Equal("t6-active-policy", required.Trace.Reason.Text);
    }

    [Fact]
    public async Task Connections_RunOnThisHost_NeverConfirmed()
    {
        using var server = ImageBench.HostServer();
        await using var controlled = await ImageBench.StartAsync("t6-active-policy");
        await using var plain = await controlled.Stack.ConnectAsync(new ToeConnectRequest(server.LocalEndpoint), Token);
        Assert.Equal((null, OffloadConfidence.NotOffloaded, "Route.Loopback"), (plain.Placement.AdapterId, plain.Placement.Confidence, plain.Placement.Reason.Name));

        // On the machine itself the module may take any socket: nobody can say that this one was not.
        await using var uncontrolled = await ImageBench.StartAsync("t6-active");
        await using var doubtful = await uncontrolled.Stack.ConnectAsync(new ToeConnectRequest(server.LocalEndpoint), Token);
        Assert.Equal((null, OffloadConfidence.Unknown, "Environment.Uncontrolled"), (doubtful.Placement.AdapterId, doubtful.Placement.Confidence, doubtful.Placement.Reason.Name));
        await Assert.ThrowsAsync<ToeOffloadRequiredException>(
            () => uncontrolled.Stack.ConnectAsync(new ToeConnectRequest(server.LocalEndpoint) { Mode = ToeMode.Forbid }, Token).AsTask());
        await using var kept = await controlled.Stack.ConnectAsync(new ToeConnectRequest(server.LocalEndpoint) { Mode = ToeMode.Forbid }, Token);
        Assert.Equal(OffloadConfidence.NotOffloaded, kept.Placement.Confidence);
    }

    [Theory]
    [InlineData("198.51.100.99", "None")]
    [InlineData("203.0.113.99", "None")]
    [InlineData("2001:db8:2::99", "None")]
    [InlineData("192.0.2.99", "Route.NotThroughAdapter")]
    [InlineData("8.8.8.8", "Route.NotThroughAdapter")]
    [InlineData("127.0.0.1", "Route.Loopback")]
    [InlineData("198.51.100.10", "Route.Loopback")]
    [InlineData("::1", "Route.Loopback")]
    public async Task Routes_AreThoseOfTheRecordedMachine(string remote, string reason)
    {
        await using var bench = await ImageBench.StartAsync("t6-active-policy");
        var candidate = bench.Stack.Explain(new ToeConnectRequest(new IPEndPoint(IPAddress.Parse(remote), 443))).Candidates.Single();
        Assert.Equal(reason, candidate.Reason.Name);
    }

    [Fact]
    public async Task RouteNone_where_the_recorded_machine_has_no_route()
    {
        await using var bench = await ImageBench.StartAsync("t6-active-policy");
        var candidate = bench.Stack.Explain(new ToeConnectRequest(new IPEndPoint(IPAddress.Parse("2001:db8:ffff::1"), 443))).Candidates.Single();
        Assert.True(candidate.Reason.Is(ToeReasons.RouteNone));
    }

    [Theory]
    [InlineData("0.0.0.0", "None")]
    [InlineData("::", "None")]
    [InlineData("198.51.100.10", "None")]
    [InlineData("2001:db8:2::10", "None")]
    [InlineData("192.0.2.10", "Route.LocalAddress")]
    [InlineData("127.0.0.1", "Route.Loopback")]
    public async Task Listeners_AreServedOnTheCardsAddresses(string local, string reason)
    {
        await using var bench = await ImageBench.StartAsync("t6-active-policy");
        var candidate = bench.Stack.Explain(new ToeListenRequest(new IPEndPoint(IPAddress.Parse(local), 80))).Candidates.Single();
        Assert.Equal(reason, candidate.Reason.Name);
    }

    [Fact]
    public async Task CapabilityDisabled_by_a_policy_that_looks_at_another_mark_names_the_rule()
    {
        await using var bench = await ImageBench.StartAsync("t6-active-policy", mark: 13);
        var candidate = bench.Stack.Explain(new ToeConnectRequest(ImageBench.OnCard)).Candidates.Single();
        Assert.True(candidate.Reason.Is(ToeReasons.CapabilityDisabled));
        Assert.Contains("all => !offload", candidate.Reason.Text, StringComparison.Ordinal);
        Assert.Contains(((IReportsNotes)bench.Card).Notes, note => note.Kind == AdapterNoteKind.Contradiction);

        await using var unsteered = await ImageBench.StartAsync("t6-active-policy", mark: null);
        Assert.Contains("no mark or DSCP is set", unsteered.Stack.Explain(new ToeConnectRequest(ImageBench.OnCard)).Candidates.Single().Reason.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OurOwnPolicy_ContradictsNothing()
    {
        await using var bench = await ImageBench.StartAsync("t6-active-policy");
        Assert.DoesNotContain(((IReportsNotes)bench.Card).Notes, note => note.Kind is AdapterNoteKind.Contradiction or AdapterNoteKind.Unread);
    }

    [Fact]
    public async Task AReaderWhoIsNotRoot_UsesWhatThereIs_AndNamesTheRest()
    {
        await using var bench = await ImageBench.StartAsync("t6-active");
        Assert.Empty(bench.Card.Status.Budgets);
        var unread = ((IReportsNotes)bench.Card).Notes.Where(note => note.Kind == AdapterNoteKind.Unread).ToList();
        Assert.Equal(["clip_tbl", "l2t", "meminfo", "tids", "tp_stats", "tx_rate"], unread.Select(note => note.Source[(note.Source.LastIndexOf('/') + 1)..]).Order());
        Assert.All(unread, note => Assert.Contains("EACCES", note.Text, StringComparison.Ordinal));
        Assert.Equal("chelsio:0000:04:00.4", bench.Stack.Explain(new ToeConnectRequest(ImageBench.OnCard)).AdapterId);
    }

    [Fact]
    public async Task FirmwareThatCannotBeRead_ClosesTheGate()
    {
        await using var bench = await ImageBench.StartAsync("t6-fw-unreadable");
        Assert.True(bench.Stack.Explain(new ToeConnectRequest(ImageBench.OnCard)).Candidates.Single().Reason.Is(ToeReasons.VersionFirmwareUnreadable));
        await bench.MoveToAsync("empty", () => bench.Card.Status.FirmwareText == "" && bench.Stack.GetFirmwareAssessment(bench.Card.Identity.Id)?.FirmwareText == "");
        await bench.MoveToAsync("empty", () => bench.Stack.Explain(new ToeConnectRequest(ImageBench.OnCard)).Candidates.Single().Reason.Is(ToeReasons.VersionFirmwareUnreadable));
    }

    [Fact]
    public async Task ADyingCard_IsNoticedLostAndTakenBack()
    {
        await using var bench = await ImageBench.StartAsync("dying");
        var request = new ToeConnectRequest(ImageBench.OnCard);
        Assert.NotNull(bench.Stack.Explain(request).AdapterId);

        await bench.MoveToAsync("dead", () => bench.Stack.Explain(request).Candidates.Single().Reason.Class == ToeReasonClass.Health);
        Assert.Equal(AdapterHealth.Failed, bench.Card.Status.Health);
        using var server = ImageBench.HostServer();
        await using (var other = await bench.Stack.ConnectAsync(new ToeConnectRequest(server.LocalEndpoint), Token))
            Assert.Null(other.Placement.AdapterId);

        await bench.MoveToAsync("removed", () => bench.Stack.Adapters.Count == 0);
        await bench.MoveToAsync("recovered", () => bench.Stack.Adapters.Count == 1 && bench.Stack.Explain(request).AdapterId is not null);
        Assert.Equal("chelsio:0000:04:00.4", bench.Card.Identity.Id);
    }
}
