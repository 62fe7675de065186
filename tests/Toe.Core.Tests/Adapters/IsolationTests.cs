using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Adapters;

/// <summary>Adapters that the operator sets aside: neither probes nor a return bring them back, only the operator.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The stack under test owns the adapter.")]
public sealed class IsolationTests
{
    private const string Id = "scripted:aside";

    private readonly ScriptedAdapter _adapter = new("aside");

    [Fact, Trait("Requirement", "TOE-CIRC-005")]
    public async Task OperatorIsolated_until_the_operator_takes_the_adapter_back()
    {
        await using var bench = StackBench.Create(_adapter);
        await bench.RunAsync(bench.Stack.StartAsync(TestContext.Current.CancellationToken).AsTask());
        await using var before = await bench.ConnectAsync(StackBench.Elsewhere);
        using var server = StackBench.HostServer();

        bench.Stack.Supervisor.Isolate(Id);
        await using var during = await bench.ConnectAsync(server.LocalEndpoint);
        bench.Time.Advance(TimeSpan.FromMinutes(10)); // Probes succeed all the while.
        await using var later = await bench.ConnectAsync(server.LocalEndpoint);

        Assert.Equal((Id, null, null), (before.Placement.AdapterId, during.Placement.AdapterId, later.Placement.AdapterId));
        Assert.True(later.Placement.Reason.Is(ToeReasons.OperatorIsolated), later.Trace.ToString());
        Assert.True(bench.Stack.GetCircuitReason(Id).Is(ToeReasons.OperatorIsolated));
        Assert.True(bench.Stack.Supervisor.Readmit(Id));
        Assert.False(bench.Stack.Supervisor.Readmit(Id));
        await using var after = await bench.ConnectAsync(StackBench.Elsewhere);
        Assert.Equal(Id, after.Placement.AdapterId);
        Assert.Equal((1, 1), (bench.Log.Of(1007).Count, bench.Log.Of(1008).Count));
    }

    [Fact, Trait("Requirement", "TOE-CIRC-005")]
    public async Task AnAdapterThatComesBack_IsStillSetAside()
    {
        var provider = new ScriptedProvider();
        await using var bench = StackBench.Create([], [provider], [_adapter]);
        await bench.RunAsync(bench.Stack.StartAsync(TestContext.Current.CancellationToken).AsTask());
        bench.Stack.Supervisor.Isolate(Id);

        provider.Adapters = [_adapter];
        provider.Host!.RescanNeeded();
        await bench.RunUntilAsync(() => bench.Stack.Adapters.Count == 1);

        await bench.RunUntilAsync(() => bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere)).Candidates.Single().Reason.Is(ToeReasons.OperatorIsolated));
    }

    [Fact]
    public async Task Peers_AreTheHosts_Meanwhile()
    {
        await using var bench = StackBench.Create(_adapter);
        await using var listener = await bench.ListenAsync();
        var before = _adapter.Listeners.Single();

        bench.Stack.Supervisor.Isolate(Id);
        await bench.RunUntilAsync(() => before.IsDisposed); // An adapter that cannot ask at the SYN would accept what nobody admits.
        using var peer = new TcpClient();
        await peer.ConnectAsync(listener.LocalEndPoint, TestContext.Current.CancellationToken);
        await using var during = await bench.RunAsync(listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask());
        bench.Stack.Supervisor.Readmit(Id);
        await bench.RunUntilAsync(() => _adapter.Listeners.Count == 2);
        var (scripted, refusal) = await _adapter.Listeners.Last().KnockAsync(StackBench.Elsewhere);
        await using var after = await bench.RunAsync(listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask());

        Assert.Null(during.Placement.AdapterId);
        Assert.True(during.Placement.Reason.Is(ToeReasons.OperatorIsolated), during.Placement.ToString());
        Assert.True(refusal.IsNone, refusal.ToString());
        Assert.NotNull(scripted);
        Assert.Equal(Id, after.Placement.AdapterId);
    }

    [Fact]
    public async Task Peers_WhileTheAdaptersListenerCloses_AreToldWhy()
    {
        await using var bench = StackBench.Create(_adapter);
        await using var listener = await bench.ListenAsync();
        var closing = new TaskCompletionSource();
        var before = _adapter.Listeners.Single();
        before.Closing = closing.Task;

        bench.Stack.Supervisor.Isolate(Id);
        await bench.RunUntilAsync(() => before.IsDisposed);
        using var peer = new TcpClient();
        await peer.ConnectAsync(listener.LocalEndPoint, TestContext.Current.CancellationToken);
        await using var during = await bench.RunAsync(listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask());
        closing.SetResult();

        Assert.True(during.Placement.Reason.Is(ToeReasons.OperatorIsolated), during.Placement.ToString());
    }
}
