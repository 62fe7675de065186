using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Moving;

/// <summary>Rule 4, where adapters export and import: I/O in flight waits; no byte is lost, doubled or reordered; before Activate every failure leaves the connection where it was.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The stack under test owns the adapters.")]
public sealed class MoveTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly ScriptedMovingAdapter _one;
    private readonly ScriptedMovingAdapter _two;

    public MoveTests()
    {
        var network = new ConcurrentDictionary<(IPEndPoint, IPEndPoint), ScriptedWire>();
        _one = new ScriptedMovingAdapter("one", network);
        _two = new ScriptedMovingAdapter("two", network, OffloadModel.EstablishedState);
    }

    [Fact]
    public async Task Moved_InOrder_AndThePlacementSaysSo()
    {
        await using var bench = StackBench.Create(_one, _two);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var announced = new TaskCompletionSource<Placement>();
        connection.PlacementChanged += (_, placement) => announced.TrySetResult(placement);

        var refusal = await bench.RunAsync(connection.MoveAsync("scripted:two", None).AsTask());

        Assert.True(refusal.IsNone, refusal.ToString());
        Assert.Equal(["prepare", "import", "activate"], _two.Steps);
        await StackBench.UntilAsync(() => _one.Steps.Count == 2);
        Assert.Equal(["freeze", "release"], _one.Steps);
        var placement = await announced.Task.WaitAsync(TimeSpan.FromSeconds(30), None);
        Assert.Equal(("scripted:two", OffloadModel.EstablishedState, ToeReasons.OperatorMoved.Name), (placement.AdapterId, placement.Model, placement.Reason.Name));
        Assert.Equal(placement, connection.Placement);
        Assert.Single(bench.Log.Of(1012));
    }

    [Fact, Trait("Requirement", "TOE-CARR-007")]
    public async Task BothSidesSteps_ComeInTheirOrder()
    {
        var network = new ConcurrentDictionary<(IPEndPoint, IPEndPoint), ScriptedWire>();
        var from = new ScriptedMovingAdapter("from", network);
        var to = new ScriptedMovingAdapter("to", network) { Steps = from.Steps };
        await using var bench = StackBench.Create(from, to);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);

        Assert.True((await bench.RunAsync(connection.MoveAsync("scripted:to", None).AsTask())).IsNone);

        await StackBench.UntilAsync(() => from.Steps.Count == 5);
        Assert.Equal(["prepare", "freeze", "import", "activate", "release"], from.Steps);
    }

    [Fact, Trait("Requirement", "TOE-CARR-006")]
    public async Task PendingCalls_WaitAndGoOn_WhereTheConnectionIsThen()
    {
        await using var bench = StackBench.Create(_one, _two);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var peer = _one.Peers.Take(None);
        var receiving = connection.ReceiveAsync(new byte[16], None).AsTask();
        var sent = RandomNumberGenerator.GetBytes(50_000);
        var sending = connection.SendAsync(sent, None).AsTask(); // The wire holds 4,096: most of it waits.
        Assert.False(receiving.IsCompleted || sending.IsCompleted);

        Assert.True((await bench.RunAsync(connection.MoveAsync("scripted:two", None).AsTask())).IsNone);

        Assert.Equal(sent, await peer.ReceiveAsync(sent.Length));
        await sending;
        await peer.SendAsync(new byte[] { 1, 2, 3 });
        Assert.Equal(3, await receiving);
    }

    [Fact]
    public async Task BytesThatArrivedBeforeTheMove_AreReadAfterIt()
    {
        await using var bench = StackBench.Create(_one, _two);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var peer = _one.Peers.Take(None);
        await peer.SendAsync(new byte[] { 1, 2, 3 });

        await bench.RunAsync(connection.MoveAsync("scripted:two", None).AsTask());
        await peer.SendAsync(new byte[] { 4 });

        var buffer = new byte[8];
        var count = 0;
        while (count < 4)
            count += await connection.ReceiveAsync(buffer.AsMemory(count), None);
        Assert.Equal([1, 2, 3, 4], buffer[..4]);
    }

    [Fact, Trait("Requirement", "TOE-TELE-005"), Trait("Requirement", "TOE-CARR-006")]
    public async Task StreamsBothWays_AreExact_WhileTheConnectionMovesToAndFro()
    {
        const int Size = 400_000;
        await using var bench = StackBench.Create(_one, _two);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var peer = _one.Peers.Take(None);
        var (up, down) = (RandomNumberGenerator.GetBytes(Size), RandomNumberGenerator.GetBytes(Size));

        var sending = Task.Run(async () => await connection.SendAsync(up, None), None);
        var peerReceiving = Task.Run(() => peer.ReceiveAsync(Size), None);
        var peerSending = Task.Run(() => peer.SendAsync(down), None);
        var receiving = Task.Run(() => ReceiveAsync(connection, Size), None);
        var moves = 0;
        while (!Task.WhenAll(sending, peerReceiving, peerSending, receiving).IsCompleted)
        {
            var refusal = await bench.RunAsync(connection.MoveAsync(moves++ % 2 == 0 ? "scripted:two" : "scripted:one", None).AsTask());
            Assert.True(refusal.IsNone, refusal.ToString());
        }

        await Task.WhenAll(sending, peerSending);
        Assert.Equal(up, await peerReceiving);
        Assert.Equal(down, await receiving);
        Assert.True(moves >= 2, $"{moves} moves");
        Assert.Equal((Size, Size), (connection.GetInfo().BytesSent, connection.GetInfo().BytesReceived));
    }

    public static TheoryData<string> Failures => ["prepare throws", "prepare hangs", "freeze throws", "freeze hangs", "import refuses", "import throws", "prepare answers nothing", "prepare refuses"];

    [Theory, Trait("Requirement", "TOE-CARR-007")]
    [MemberData(nameof(Failures))]
    public async Task AnyFailureBeforeActivate_LeavesTheConnectionWhereItWas(string failure)
    {
        await using var bench = StackBench.Create(_one, _two);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var peer = _one.Peers.Take(None);
        var receiving = connection.ReceiveAsync(new byte[16], None).AsTask();
        var release = new TaskCompletionSource();
        Script(failure, hung => release = hung);

        var refusal = await bench.RunAsync(connection.MoveAsync("scripted:two", None).AsTask());

        Assert.False(refusal.IsNone);
        Assert.Equal("scripted:one", connection.Placement.AdapterId);
        await peer.SendAsync(new byte[] { 9 });
        Assert.Equal(1, await receiving.WaitAsync(TimeSpan.FromSeconds(30), None));
        await connection.SendAsync(new byte[] { 8 }, None);
        Assert.Equal([8], await peer.ReceiveAsync(1));
        Assert.DoesNotContain("activate", _two.Steps);
        if (failure.StartsWith("import", StringComparison.Ordinal))
            await StackBench.UntilAsync(() => _two.Steps.Contains("abandon") && _one.Steps.Contains("resume"));
        release.TrySetResult();
        if (failure == "prepare hangs")
            await StackBench.UntilAsync(() => _two.Steps.Contains("abandon")); // The late place is given back.
        if (failure == "freeze hangs")
            await StackBench.UntilAsync(() => _one.Steps.Contains("resume")); // The late freeze is undone.
    }

    [Fact, Trait("Requirement", "TOE-CARR-007")]
    public async Task FailedActivate_HasNoWayBack_AndEndsTheConnection()
    {
        await using var bench = StackBench.Create(_one, _two);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var receiving = connection.ReceiveAsync(new byte[16], None).AsTask();
        _two.ActivateScript = static () => throw new IOException("scripted");

        var refusal = await bench.RunAsync(connection.MoveAsync("scripted:two", None).AsTask());

        Assert.True(refusal.Is(ToeReasons.InternalProviderException));
        var lost = await Assert.ThrowsAsync<ToeConnectionLostException>(() => receiving.WaitAsync(TimeSpan.FromSeconds(30), None));
        Assert.True(lost.Reason.Is(ToeReasons.InternalProviderException));
    }

    [Fact]
    public async Task CapabilityMove_where_a_carrier_can_neither_give_nor_take()
    {
        var fixedOne = new ScriptedAdapter("fixed");
        await using var bench = StackBench.Create(_one, fixedOne);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        Assert.True((await connection.MoveAsync("scripted:fixed", None)).Is(ToeReasons.CapabilityMove));
        Assert.True((await connection.MoveAsync("scripted:one", None)).IsNone); // It is there.
        Assert.True((await connection.MoveAsync("scripted:nobody", None)).Is(ToeReasons.EnvironmentNoAdapter));
    }

    [Fact]
    public async Task MoveToAFullAdapter_IsRefusedByItsGate()
    {
        _two.Change(status => status with { Budgets = [new ToeBudget("connections", 9, 10, ToeReasons.ResourceConnections) { ConnectionCost = 1, ConnectionCostIPv6 = 1 }] });
        await using var bench = StackBench.Create(_one, _two);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);

        Assert.True((await bench.RunAsync(connection.MoveAsync("scripted:two", None).AsTask())).Is(ToeReasons.ResourceConnections));
        Assert.Empty(_two.Steps);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ClosingInTheMiddle_EndsTheParkedCalls_AndLeaksNothing(bool abort)
    {
        await using var bench = StackBench.Create(_one, _two);
        var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var peer = _one.Peers.Take(None);
        var receiving = connection.ReceiveAsync(new byte[16], None).AsTask();
        TaskCompletionSource? frozen = null;
        _one.FreezeScript = call => frozen = call.Hangs();
        var moving = connection.MoveAsync("scripted:two", None).AsTask();
        await StackBench.UntilAsync(() => frozen is not null);

        if (abort)
            connection.Abort();
        var disposing = connection.DisposeAsync().AsTask();

        var ended = await Assert.ThrowsAsync<SocketException>(() => receiving.WaitAsync(TimeSpan.FromSeconds(30), None));
        Assert.Equal(SocketError.OperationAborted, ended.SocketErrorCode);
        frozen!.SetResult();
        await bench.RunAsync(moving);
        await bench.RunAsync(disposing);
        Assert.Equal(abort ? IoStatus.Reset : IoStatus.EndOfStream, await peer.WaitForEndAsync());
    }

    [Fact]
    public async Task CancelledReceive_WhileParked_LeavesTheMoveAlone()
    {
        await using var bench = StackBench.Create(_one, _two);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var peer = _one.Peers.Take(None);
        using var cancel = new CancellationTokenSource();
        var receiving = connection.ReceiveAsync(new byte[16], cancel.Token).AsTask();
        TaskCompletionSource? frozen = null;
        _one.FreezeScript = call => frozen = call.Hangs();
        var moving = connection.MoveAsync("scripted:two", None).AsTask();
        await StackBench.UntilAsync(() => frozen is not null);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
        frozen!.SetResult();

        Assert.True((await bench.RunAsync(moving)).IsNone);
        await peer.SendAsync(new byte[] { 5 });
        Assert.Equal(1, await connection.ReceiveAsync(new byte[16], None));
    }

    [Fact, Trait("Requirement", "TOE-PLAC-010")]
    public async Task CapabilityOffloadFollows_when_the_host_makes_the_connection()
    {
        _two.PrepareScript = static call => call.Answers(static () => PrepareResult.Refused(ToeReasons.ResourceConnections));
        await using var bench = StackBench.Create(_two);
        using var server = StackBench.HostServer();

        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);

        Assert.True(connection.Trace.Reason.Is(ToeReasons.CapabilityOffloadFollows));
        Assert.Equal(CandidateOutcome.Eligible, connection.Trace.Candidates.Single().Outcome);
        Assert.Equal(0, _two.Opens);
        var expected = HostConnection.Refusal is { IsNone: false } unprivileged ? unprivileged : ToeReasons.ResourceConnections;
        await StackBench.UntilAsync(() => connection.Placement.Reason.Is(expected));
        await StackBench.UntilAsync(() => bench.Log.Of(1010).Count == 1);
        var required = await Assert.ThrowsAsync<ToeOffloadRequiredException>(() => bench.ConnectAsync(server.LocalEndpoint, ToeMode.Require));
        Assert.True(required.Trace.Reason.Is(expected));
    }

    private void Script(string failure, Action<TaskCompletionSource> hung)
    {
        switch (failure)
        {
            case "prepare throws":
                _two.PrepareScript = static call => call.Throws(static () => new IOException("scripted"));
                break;
            case "prepare hangs":
                _two.PrepareScript = call => hung(call.Hangs());
                break;
            case "prepare answers nothing":
                _two.PrepareScript = static call => call.Answers(static () => default);
                break;
            case "prepare refuses":
                _two.PrepareScript = static call => call.Answers(static () => PrepareResult.Refused(ToeReasons.ResourceConnections));
                break;
            case "freeze throws":
                _one.FreezeScript = static call => call.Throws(static () => new IOException("scripted"));
                break;
            case "freeze hangs":
                _one.FreezeScript = call => hung(call.Hangs());
                break;
            case "import refuses":
                _two.ImportScript = static () => ToeReasons.ResourceMemory;
                break;
            default:
                _two.ImportScript = static () => throw new IOException("scripted");
                break;
        }
    }

    private static async Task<byte[]> ReceiveAsync(ToeConnection connection, int count)
    {
        var all = new byte[count];
        for (var received = 0; received < count;)
            received += await connection.ReceiveAsync(all.AsMemory(received), None);
        return all;
    }
}
