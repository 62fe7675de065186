using System.Net.Sockets;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Adapters;

/// <summary>Rule 10: a provider's exceptions, late and missing completions stay inside; the application's call ends in its budget on the host stack.</summary>
public sealed class HangingProviderTests
{
    [Fact, Trait("Requirement", "TOE-FALL-007"), Trait("Requirement", "TOE-TIME-002")]
    public async Task HealthQuarantined_after_an_open_that_hangs()
    {
        TaskCompletionSource? release = null;
        var adapter = new ScriptedAdapter("hung") { OpenScript = call => release = call.Hangs() };
        await using var bench = StackBench.Create(adapter);
        using var server = StackBench.HostServer();
        var start = bench.Time.GetTimestamp();

        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);

        Assert.Null(connection.Placement.AdapterId);
        Assert.True(connection.Placement.Reason.Is(ToeReasons.InternalProviderLate));
        Assert.InRange(bench.Time.GetElapsedTime(start), TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1)); // The open deadline, not the connect's budget.
        adapter.OpenScript = null;
        await using var next = await bench.ConnectAsync(server.LocalEndpoint);
        Assert.True(next.Placement.Reason.Is(ToeReasons.HealthQuarantined), next.Trace.ToString());
        Assert.Equal(1, adapter.Opens); // Set aside: not asked again.

        release!.SetResult();
        await StackBench.UntilAsync(() => adapter.Sockets.Count == 1 && adapter.Live.Count == 0);
        Assert.True(adapter.Sockets.Single().IsDisposed); // The late result was disposed.
        Assert.Equal(0, adapter.Syns);
    }

    [Fact, Trait("Requirement", "TOE-FALL-011")]
    public async Task InternalProviderLate_when_discovery_hangs()
    {
        var adapter = new ScriptedAdapter("late");
        var provider = new ScriptedProvider(adapter);
        var release = provider.Discovering.Hangs();
        await using var bench = StackBench.Create([], [provider], [adapter]);
        using var server = StackBench.HostServer();

        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);

        Assert.Null(connection.Placement.AdapterId);
        Assert.True(connection.Placement.Reason.Is(ToeReasons.EnvironmentNoAdapter));
        Assert.Contains(bench.Stack.NotTaken, notTaken => notTaken.Reason.Is(ToeReasons.InternalProviderLate));
        release.SetResult();
        provider.Discovering.Usual();
        await bench.RunUntilAsync(() => bench.Stack.Adapters.Count == 1); // Asked again later: the provider may have recovered.
    }

    [Fact, Trait("Requirement", "TOE-FALL-006")]
    public async Task InternalProviderException_from_discovery_is_not_the_callers()
    {
        var broken = new ScriptedProvider { Name = "broken" };
        broken.Discovering.ThrowsAtOnce(() => new InvalidOperationException("scripted"));
        var adapter = new ScriptedAdapter("well");
        await using var bench = StackBench.Create([], [broken, new ScriptedProvider(adapter)], [adapter]);

        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);

        Assert.Equal("scripted:well", connection.Placement.AdapterId);
        Assert.Contains(bench.Stack.NotTaken, notTaken => notTaken.Reason.Is(ToeReasons.InternalProviderException));
    }

    [Fact, Trait("Requirement", "TOE-CIRC-004")]
    public async Task HungReading_LosesTheAdapter_AndItsConnections()
    {
        var adapter = new ScriptedAdapter("hung");
        await using var bench = StackBench.Create(adapter);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var receiving = connection.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken).AsTask();

        var release = adapter.Refreshing.Hangs();

        var lost = await Assert.ThrowsAsync<ToeConnectionLostException>(() => bench.RunAsync(receiving));
        Assert.True(lost.Reason.Is(ToeReasons.HealthFailed));
        release.SetResult();
    }

    [Theory, Trait("Requirement", "TOE-FALL-006")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ExceptionFromOpen_FallsBack_WithTheReason(bool atOnce)
    {
        var adapter = new ScriptedAdapter("throws")
        {
            OpenScript = call =>
            {
                if (atOnce)
                    call.ThrowsAtOnce(() => new FormatException("scripted"));
                else
                    call.Throws(() => new FormatException("scripted"));
            },
        };
        await using var bench = StackBench.Create(adapter);
        using var server = StackBench.HostServer();

        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);

        Assert.True(connection.Placement.Reason.Is(ToeReasons.InternalProviderException));
        Assert.Contains("FormatException: scripted", connection.Placement.Reason.Text, StringComparison.Ordinal);
    }

    [Fact, Trait("Requirement", "TOE-FALL-008")]
    public async Task InternalContractViolation_when_open_returns_nothing()
    {
        var adapter = new ScriptedAdapter("empty") { OpenScript = call => call.Answers(() => default) };
        await using var bench = StackBench.Create(adapter);
        using var server = StackBench.HostServer();

        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);

        Assert.True(connection.Placement.Reason.Is(ToeReasons.InternalContractViolation));
    }

    [Fact, Trait("Requirement", "TOE-FALL-006")]
    public async Task ExceptionFromConnect_FallsBack_AndDisposesTheSocket()
    {
        var adapter = new ScriptedAdapter("throws") { Connect = (_, _) => throw new NotSupportedException("scripted") };
        await using var bench = StackBench.Create(adapter);
        using var server = StackBench.HostServer();

        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);

        Assert.True(connection.Placement.Reason.Is(ToeReasons.InternalProviderException));
        await StackBench.UntilAsync(() => adapter.Live.Count == 0);
        Assert.True(adapter.Sockets.Single().IsAborted);
    }

    [Fact, Trait("Requirement", "TOE-FALL-006")]
    public async Task CachedAnswersThatThrow_AreRefusals()
    {
        var adapter = new ScriptedAdapter("throws") { Reach = (_, _) => throw new InvalidDataException("scripted") };
        await using var bench = StackBench.Create(adapter);
        using var server = StackBench.HostServer();

        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);

        Assert.True(connection.Placement.Reason.Is(ToeReasons.InternalProviderException));
        Assert.Equal("Route", connection.Trace.Candidates.Single().Gates.Single().Gate);
    }

    [Fact]
    public async Task StatusAnnouncedAsNothing_IsAFault_AndStaysOffTheAdaptersThread()
    {
        var adapter = new ScriptedAdapter("odd");
        await using var bench = StackBench.Create(adapter);
        await bench.RunAsync(bench.Stack.StartAsync(TestContext.Current.CancellationToken).AsTask());

        adapter.AnnounceRaw(null);
        adapter.AnnounceRaw(adapter.Status with { Budgets = null! });
        await adapter.Thread.DrainAsync();

        await StackBench.UntilAsync(() => bench.Log.Of(1001).Count == 2);
        Assert.All(bench.Log.Of(1001), line => Assert.Contains("Internal.ContractViolation", line, StringComparison.Ordinal));
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        Assert.Equal("scripted:odd", connection.Placement.AdapterId); // The last whole status stands.
    }

    [Fact, Trait("Requirement", "TOE-FALL-011")]
    public async Task HungDisposal_DoesNotHoldTheStack()
    {
        var adapter = new ScriptedAdapter("hung");
        var bench = StackBench.Create(adapter);
        bench.AllowsLeaks = true;
        await using (await bench.ConnectAsync(StackBench.Elsewhere))
        {
            // Closed here.
        }

        var release = adapter.Disposing.Hangs();
        await bench.DisposeAsync();

        Assert.False(adapter.IsDisposed);
        release.SetResult();
        await StackBench.UntilAsync(() => adapter.IsDisposed);
    }

    [Fact, Trait("Requirement", "TOE-TIME-003")]
    public async Task Cancellation_DuringAHungOpen_EndsAtOnce_AndLeaksNothing()
    {
        TaskCompletionSource? release = null;
        var adapter = new ScriptedAdapter("hung") { OpenScript = call => release = call.Hangs() };
        await using var bench = StackBench.Create(adapter);
        using var cancel = new CancellationTokenSource();

        var connecting = bench.Stack.ConnectAsync(new ToeConnectRequest(StackBench.Elsewhere), cancel.Token).AsTask();
        await StackBench.UntilAsync(() => adapter.Opens == 1);
        await cancel.CancelAsync();

        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
        Assert.Equal(cancel.Token, cancelled.CancellationToken);
        release!.SetResult();
        await StackBench.UntilAsync(() => adapter.Sockets.Count == 1 && adapter.Live.Count == 0);
        adapter.OpenScript = null;
        await using var next = await bench.ConnectAsync(StackBench.Elsewhere);
        Assert.Equal("scripted:hung", next.Placement.AdapterId); // The caller's wish to stop is no fault of the adapter.
    }

    [Fact, Trait("Requirement", "TOE-TIME-003")]
    public async Task Cancellation_DuringTheHandshake_AbortsTheSocket()
    {
        var adapter = new ScriptedAdapter("slow") { Connect = (_, _) => new ValueTask<ConnectResult>(new TaskCompletionSource<ConnectResult>().Task) };
        await using var bench = StackBench.Create(adapter);
        using var cancel = new CancellationTokenSource();

        var connecting = bench.Stack.ConnectAsync(new ToeConnectRequest(StackBench.Elsewhere), cancel.Token).AsTask();
        await StackBench.UntilAsync(() => adapter.Syns == 1);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
        await StackBench.UntilAsync(() => adapter.Live.Count == 0);
        Assert.True(adapter.Sockets.Single().IsAborted);
    }

    [Fact, Trait("Requirement", "TOE-TIME-001")]
    public async Task TimeBudget_CoversAllAttempts_AndEndsAsATimeOut()
    {
        var first = new ScriptedAdapter("first") { OpenScript = call => call.Hangs() };
        var second = new ScriptedAdapter("second") { Connect = (_, _) => new ValueTask<ConnectResult>(new TaskCompletionSource<ConnectResult>().Task) };
        await using var bench = StackBench.Create(first, second);
        await bench.RunAsync(bench.Stack.StartAsync(TestContext.Current.CancellationToken).AsTask());
        var start = bench.Time.GetTimestamp();

        var thrown = await Assert.ThrowsAsync<SocketException>(() => bench.RunAsync(bench.Stack.ConnectAsync(
            new ToeConnectRequest(StackBench.Elsewhere) { Timeout = TimeSpan.FromSeconds(2) }, TestContext.Current.CancellationToken).AsTask()));

        Assert.Equal(SocketError.TimedOut, thrown.SocketErrorCode);
        Assert.InRange(bench.Time.GetElapsedTime(start), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3));
        Assert.Equal((1, 1), (first.Opens, second.Syns));
        bench.AllowsLeaks = true; // The hung open never answers.
    }

    [Fact, Trait("Requirement", "TOE-FALL-007")]
    public async Task HungListen_FallsBackToTheHost_AndTheLateListenerIsDisposed()
    {
        TaskCompletionSource? release = null;
        var adapter = new ScriptedAdapter("hung") { ListenScript = call => release ??= call.Hangs() };
        await using var bench = StackBench.Create(adapter);

        await using var listener = await bench.ListenAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(listener.LocalEndPoint, TestContext.Current.CancellationToken);
        await using var accepted = await bench.RunAsync(listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask());

        Assert.Null(accepted.Placement.AdapterId);
        Assert.Contains(listener.Trace.Candidates, candidate => candidate.Reason.Is(ToeReasons.HealthQuarantined));
        release!.SetResult();
        await StackBench.UntilAsync(() => adapter.Listeners.Any(late => late.IsDisposed));
    }

    [Fact, Trait("Requirement", "TOE-FALL-009")]
    public async Task LateAndRepeatedEvents_AfterTheEnd_DoNothing()
    {
        var adapter = new ScriptedAdapter("noisy");
        await using var bench = StackBench.Create(adapter);
        var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var socket = adapter.Sockets.Single();
        await connection.DisposeAsync();

        for (var i = 0; i < 3; i++)
        {
            socket.RaiseAnyway(events => events.OnReady(Readiness.Receive | Readiness.Send));
            socket.RaiseAnyway(events => events.OnClosed(SocketError.ConnectionReset, ToeReason.None));
            socket.RaiseAnyway(events => events.OnUploadWanted(ToeReasons.QualityDropRate, mandatory: true));
        }

        await adapter.Thread.DrainAsync();
        Assert.Empty(bench.Stack.Connections);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => connection.SendAsync(new byte[1], TestContext.Current.CancellationToken).AsTask());
    }
}
