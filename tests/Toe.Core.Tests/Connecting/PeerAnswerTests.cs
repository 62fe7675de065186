using System.Net;
using System.Net.Sockets;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Connecting;

/// <summary>Rule 1: a refusal by the adapter falls back; an answer from the peer does not.</summary>
public sealed class PeerAnswerTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory, Trait("Requirement", "TOE-FALL-002")]
    [InlineData(SocketError.ConnectionRefused)]
    [InlineData(SocketError.ConnectionReset)]
    [InlineData(SocketError.HostUnreachable)]
    [InlineData(SocketError.NetworkUnreachable)]
    [InlineData(SocketError.TimedOut)]
    public async Task PeerAnswer_ReachesTheCallerOnce_AfterOneSyn(SocketError error)
    {
        var first = new ScriptedAdapter("first");
        var second = new ScriptedAdapter("second");
        first.Answers(error);
        await using var bench = StackBench.Create(first, second);

        var thrown = await Assert.ThrowsAsync<SocketException>(() => bench.ConnectAsync(StackBench.Elsewhere));

        Assert.Equal(error, thrown.SocketErrorCode);
        Assert.Equal((1, 0), (first.Syns, second.Syns));
        Assert.Equal(0, second.Opens);
        Assert.Empty(bench.Stack.Connections);
    }

    [Fact, Trait("Requirement", "TOE-FALL-002")]
    public async Task RefusingPeer_OnTheHost_GivesTheSameException()
    {
        var adapter = new ScriptedAdapter("one");
        adapter.Answers(SocketError.ConnectionRefused);
        await using var bench = StackBench.Create(adapter);
        var server = StackBench.HostServer();
        var closed = (IPEndPoint)server.LocalEndpoint;
        server.Stop();

        var onAdapter = await Assert.ThrowsAsync<SocketException>(() => bench.ConnectAsync(closed));
        var onHost = await Assert.ThrowsAsync<SocketException>(() => bench.ConnectAsync(closed, ToeMode.Forbid));

        Assert.Equal((onHost.SocketErrorCode, onHost.ErrorCode, onHost.Message), (onAdapter.SocketErrorCode, onAdapter.ErrorCode, onAdapter.Message));
        Assert.Equal(typeof(SocketException), onAdapter.GetType());
    }

    [Fact, Trait("Requirement", "TOE-CIRC-003")]
    public async Task PeerAnswers_NeverOpenTheCircuit()
    {
        var adapter = new ScriptedAdapter("one");
        adapter.Answers(SocketError.ConnectionRefused);
        await using var bench = StackBench.Create(adapter);

        for (var i = 0; i < 50; i++)
            await Assert.ThrowsAsync<SocketException>(() => bench.ConnectAsync(StackBench.Elsewhere));
        adapter.Connect = (socket, _) => ValueTask.FromResult(adapter.AcceptedBy(socket));
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);

        Assert.Equal("scripted:one", connection.Placement.AdapterId);
    }

    [Fact, Trait("Requirement", "TOE-PLAC-002"), Trait("Requirement", "TOE-FALL-001")]
    public async Task RefusalByTheAdapter_GoesOnToTheNext_ThenToTheHost()
    {
        var first = new ScriptedAdapter("first") { OpenScript = call => call.Answers(() => OpenResult.Refused(ToeReasons.ResourceMemory)) };
        var second = new ScriptedAdapter("second") { Connect = (_, _) => ValueTask.FromResult(ConnectResult.RefusedBecause(ToeReasons.ResourceConnections)) };
        await using var bench = StackBench.Create(first, second);
        using var server = StackBench.HostServer();

        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);

        Assert.Null(connection.Placement.AdapterId);
        Assert.True(connection.Placement.Reason.Is(ToeReasons.ResourceMemory)); // The first refusal is the reason: it is what kept the preferred adapter.
        Assert.Equal(
            [("scripted:first", ToeReasons.ResourceMemory.Code), ("scripted:second", ToeReasons.ResourceConnections.Code)],
            connection.Trace.Candidates.Select(candidate => (candidate.AdapterId, candidate.Reason.Code)));
        Assert.Equal((0, 1), (first.Syns, second.Syns));
    }

    [Fact, Trait("Requirement", "TOE-FALL-003")]
    public async Task CardThatFailsDuringTheHandshake_CostsASecondSyn_Elsewhere()
    {
        var dying = new ScriptedAdapter("dying");
        var forever = new TaskCompletionSource<ConnectResult>();
        dying.Connect = (_, _) => new ValueTask<ConnectResult>(forever.Task);
        await using var bench = StackBench.Create(dying);
        using var server = StackBench.HostServer();

        var connecting = bench.Stack.ConnectAsync(new ToeConnectRequest(server.LocalEndpoint), None).AsTask();
        await StackBench.UntilAsync(() => dying.Syns == 1);
        Assert.False(connecting.IsCompleted); // A slow handshake is the peer's time: only the card's loss ends it.
        dying.Announce(AdapterHealth.Failed, ToeReasons.HealthFailed.With("scripted"));
        await using var connection = await bench.RunAsync(connecting);

        Assert.Null(connection.Placement.AdapterId);
        Assert.True(connection.Placement.Reason.Is(ToeReasons.HealthFailed));
        Assert.Equal(1, dying.Syns);
        forever.SetResult(ConnectResult.Connected); // Late: nobody wants it, and it is disposed.
    }

    [Fact, Trait("Requirement", "TOE-POLI-007")]
    public async Task CardThatFailsDuringTheHandshake_WithRequire_Fails()
    {
        var dying = new ScriptedAdapter("dying") { Connect = (_, _) => new ValueTask<ConnectResult>(new TaskCompletionSource<ConnectResult>().Task) };
        await using var bench = StackBench.Create(dying);

        var connecting = bench.Stack.ConnectAsync(new ToeConnectRequest(StackBench.Elsewhere) { Mode = ToeMode.Require }, None).AsTask();
        await StackBench.UntilAsync(() => dying.Syns == 1);
        dying.Announce(AdapterHealth.Failed);

        var thrown = await Assert.ThrowsAsync<ToeOffloadRequiredException>(() => bench.RunAsync(connecting));
        Assert.True(thrown.Trace.Failed);
        Assert.Equal(CandidateOutcome.Refused, Assert.Single(thrown.Trace.Candidates).Outcome);
    }
}
