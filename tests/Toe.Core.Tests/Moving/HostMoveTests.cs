using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Moving;

/// <summary>Moves from the host stack and to it, with kernel sockets at both ends.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The stack under test owns the adapters.")]
public sealed class HostMoveTests
{
    private const string There = "scripted:one";

    private static readonly CancellationToken None = CancellationToken.None;

    private readonly ScriptedMovingAdapter _adapter = new("one", new ConcurrentDictionary<(IPEndPoint, IPEndPoint), ScriptedWire>()) { TakesFromHost = true };

    [Fact, Trait("Requirement", "TOE-CARR-006")]
    public async Task StreamsBothWays_AreExact_WhileTheConnectionIsFrozenAndRunsOn()
    {
        const int Size = 48 << 20;
        await using var host = await HostConnection.OpenAsync(_adapter);
        _adapter.ImportScript = static () => ToeReasons.ResourceMemory;
        var (up, down) = (RandomNumberGenerator.GetBytes(Size), RandomNumberGenerator.GetBytes(Size));

        var sending = Task.Run(async () => await host.Subject.SendAsync(up, None), None);
        var peerReceiving = Task.Run(() => host.PeerReceivesAsync(Size), None);
        var peerSending = Task.Run(async () => await host.Peer.SendAsync(down, SocketFlags.None, None), None);
        var receiving = Task.Run(() => host.SubjectReceivesAsync(Size), None);
        var moves = 0;
        for (var all = Task.WhenAll(sending, peerReceiving, peerSending, receiving); !all.IsCompleted; moves++)
        {
            var before = host.Subject.GetInfo().BytesReceived;
            Assert.True((await host.MoveAsync(There)).Is(ToeReasons.ResourceMemory));
            await StackBench.UntilAsync(() => all.IsCompleted || receiving.IsCompleted || host.Subject.GetInfo().BytesReceived > before); // What was dropped is sent again after a time.
        }

        await Task.WhenAll(sending, peerSending);
        AssertSame(up, await peerReceiving);
        AssertSame(down, await receiving);
        Assert.True(moves >= 3, $"{moves} moves"); // A busy machine streams between them.
        Assert.Equal((Size, Size), (host.Subject.GetInfo().BytesSent, host.Subject.GetInfo().BytesReceived));
    }

    [Fact, Trait("Requirement", "TOE-FALL-005"), Trait("Requirement", "TOE-CARR-006")]
    public async Task ThereAndBack_CarriesWhatWasUnread_AndWhatASendHadNotGot()
    {
        const int Size = 32 << 20;
        await using var host = await HostConnection.OpenAsync(_adapter);
        await host.TalkAsync();
        var (up, down) = (RandomNumberGenerator.GetBytes(Size), RandomNumberGenerator.GetBytes(10_000));
        await host.Peer.SendAsync(down, SocketFlags.None, None);
        Assert.Equal(down[..100], await host.SubjectReceivesAsync(100));
        var sending = host.Subject.SendAsync(up, None).AsTask(); // The peer does not read: most of it waits, when its window is full.
        Assert.False(sending.IsCompleted);
        await WindowFullAsync(host.Peer);
        await host.QuietAsync();

        Assert.True((await host.MoveAsync(There)).IsNone);
        Assert.Equal(There, host.Subject.Placement.AdapterId);
        await sending.WaitAsync(TimeSpan.FromSeconds(30), None);
        Assert.Equal(down[100..5000], await host.SubjectReceivesAsync(4900));

        Assert.True((await host.MoveAsync(null)).IsNone);

        Assert.Equal((null, OffloadConfidence.NotOffloaded), (host.Subject.Placement.AdapterId, host.Subject.Placement.Confidence));
        Assert.True(host.Subject.Placement.Reason.Is(ToeReasons.OperatorMoved));
        AssertSame(up, await host.PeerReceivesAsync(Size));
        Assert.Equal(down[5000..], await host.SubjectReceivesAsync(5000));
        Assert.Contains(host.Subject.Downgrades, reason => reason.Is(ToeReasons.CapabilityMove));
        await host.TalkAsync();
        Assert.Equal(2, host.Tracking.Followed.Count);
        await host.Subject.CompleteSendingAsync(None);
        Assert.Equal(0, await host.Peer.ReceiveAsync(new byte[1], SocketFlags.None, None));
    }

    [Fact]
    public async Task ManyTimesThereAndBack_NothingIsLostOrDoubled()
    {
        await using var host = await HostConnection.OpenAsync(_adapter);
        for (var round = 0; round < 20; round++)
        {
            await host.TalkAsync();
            var receiving = host.Subject.ReceiveAsync(new byte[4], None).AsTask();
            await host.QuietAsync();
            Assert.True((await host.MoveAsync(There)).IsNone);
            var part = RandomNumberGenerator.GetBytes(round * 100);
            await host.Subject.SendAsync(part, None);
            Assert.True((await host.MoveAsync(null)).IsNone);
            Assert.Equal(part, await host.PeerReceivesAsync(part.Length));
            await host.Peer.SendAsync(new byte[] { 1, 2, 3 }, SocketFlags.None, None);
            Assert.Equal(3, await receiving.WaitAsync(TimeSpan.FromSeconds(30), None));
        }

        Assert.Single(host.Subject.Downgrades); // The same one each time.
    }

    public static TheoryData<string> Failures => ["prepare throws", "prepare hangs", "prepare answers nothing", "prepare refuses", "import refuses", "import throws", "tracking refuses"];

    [Theory, Trait("Requirement", "TOE-CARR-007")]
    [MemberData(nameof(Failures))]
    public async Task AnyFailureBeforeActivate_LeavesTheConnectionOnTheHost(string failure)
    {
        await using var host = await HostConnection.OpenAsync(_adapter);
        host.Bench.AllowsLeaks = failure == "prepare hangs";
        var receiving = host.Subject.ReceiveAsync(new byte[16], None).AsTask();
        TaskCompletionSource? hung = null;
        switch (failure)
        {
            case "prepare throws":
                _adapter.PrepareScript = static call => call.Throws(static () => new IOException("scripted"));
                break;
            case "prepare hangs":
                _adapter.PrepareScript = call => hung = call.Hangs();
                break;
            case "prepare answers nothing":
                _adapter.PrepareScript = static call => call.Answers(static () => default);
                break;
            case "prepare refuses":
                _adapter.PrepareScript = static call => call.Answers(static () => PrepareResult.Refused(ToeReasons.ResourceConnections));
                break;
            case "import refuses":
                _adapter.ImportScript = static () => ToeReasons.ResourceMemory;
                break;
            case "import throws":
                _adapter.ImportScript = static () => throw new IOException("scripted");
                break;
            default:
                host.Tracking.Answer = ToeReasons.EnvironmentConntrack;
                break;
        }

        Assert.False((await host.MoveAsync(There)).IsNone);

        Assert.Null(host.Subject.Placement.AdapterId);
        Assert.DoesNotContain("activate", _adapter.Steps);
        await host.Peer.SendAsync(new byte[] { 9 }, SocketFlags.None, None);
        Assert.Equal(1, await receiving.WaitAsync(TimeSpan.FromSeconds(30), None));
        await host.TalkAsync();
        hung?.TrySetResult();
        await StackBench.UntilAsync(() => _adapter.Places == 0);
    }

    [Fact, Trait("Requirement", "TOE-CARR-007")]
    public async Task FailedActivate_EndsTheConnectionWithItsReason()
    {
        await using var host = await HostConnection.OpenAsync(_adapter);
        await host.TalkAsync();
        var receiving = host.Subject.ReceiveAsync(new byte[16], None).AsTask();
        _adapter.ActivateScript = static () => throw new IOException("scripted");

        Assert.True((await host.MoveAsync(There)).Is(ToeReasons.InternalProviderException));

        var lost = await Assert.ThrowsAsync<ToeConnectionLostException>(() => receiving.WaitAsync(TimeSpan.FromSeconds(30), None));
        Assert.True(lost.Reason.Is(ToeReasons.InternalProviderException));
    }

    public static TheoryData<string> Obstacles => ["freeze throws", "freeze hangs", "state throws", "state is nonsense", "tuple in use", "tracking refuses"];

    [Theory, Trait("Requirement", "TOE-CARR-007")]
    [MemberData(nameof(Obstacles))]
    public async Task AnyFailureBeforeTheKernelRunsIt_LeavesTheConnectionOnTheAdapter(string obstacle)
    {
        await using var host = await HostConnection.OpenAsync(_adapter);
        await host.TalkAsync();
        await host.QuietAsync();
        Assert.True((await host.MoveAsync(There)).IsNone);
        host.Bench.AllowsLeaks = obstacle == "freeze hangs";
        TaskCompletionSource? hung = null;
        using var other = StackBench.HostServer();
        await using var busy = await host.Bench.ConnectAsync(other.LocalEndpoint, ToeMode.Forbid);
        switch (obstacle)
        {
            case "freeze throws":
                _adapter.FreezeScript = static call => call.Throws(static () => new IOException("scripted"));
                break;
            case "freeze hangs":
                _adapter.FreezeScript = call => hung = call.Hangs();
                break;
            case "state throws":
                _adapter.Exporting = static _ => throw new IOException("scripted");
                break;
            case "state is nonsense":
                _adapter.Exporting = static state => state with { MaximumSegmentSize = -1 };
                break;
            case "tuple in use":
                _adapter.Exporting = state => state with { Tuple = new TcpTuple(busy.LocalEndPoint, busy.RemoteEndPoint) };
                break;
            default:
                host.Tracking.Answer = ToeReasons.EnvironmentConntrack.With("scripted");
                break;
        }

        var refusal = await host.MoveAsync(null);

        Assert.False(refusal.IsNone);
        Assert.Equal(obstacle == "tracking refuses", refusal.Is(ToeReasons.EnvironmentConntrack));
        Assert.Equal(There, host.Subject.Placement.AdapterId);
        (_adapter.FreezeScript, _adapter.Exporting, host.Tracking.Answer) = (null, null, ToeReason.None);
        hung?.TrySetResult();
        if (obstacle is "freeze hangs" or "state is nonsense" or "tuple in use" or "state throws")
            await StackBench.UntilAsync(() => _adapter.Steps.Contains("resume") || obstacle == "state throws");
        await host.Bench.RunUntilAsync(() => host.Subject.MoveAsync(null, None).AsTask() is var again && again.Wait(TimeSpan.FromSeconds(30)) && again.Result.IsNone);
        await host.TalkAsync();
    }

    [Fact]
    public async Task EnvironmentConntrack_when_the_entry_cannot_be_prepared()
    {
        await using var host = await HostConnection.OpenAsync(_adapter);
        host.Tracking.Answer = ToeReasons.EnvironmentConntrack.With("scripted");

        Assert.True((await host.MoveAsync(There)).Is(ToeReasons.EnvironmentConntrack));

        await StackBench.UntilAsync(() => _adapter.Places == 0);
        Assert.DoesNotContain("import", _adapter.Steps);
        await host.TalkAsync();
    }

    [Theory]
    [InlineData(AddressModel.Own)]
    [InlineData(AddressModel.Fabric)]
    public async Task AddressThatTheHostDoesNotHave_IsRefusedBeforeAnythingIsFrozen(AddressModel addresses)
    {
        _adapter.Change(status => status with { Capabilities = status.Capabilities with { Addresses = addresses } });
        await using var bench = StackBench.Create(_adapter);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);

        var refusal = await bench.RunAsync(connection.MoveAsync(null, None).AsTask());

        Assert.True(refusal.Is(ToeReasons.CapabilityMove), refusal.ToString());
        Assert.Contains(There, refusal.Text, StringComparison.Ordinal);
        Assert.Empty(_adapter.Steps);
    }

    [Theory]
    [InlineData(AddressModel.Own)]
    [InlineData(AddressModel.Fabric)]
    public async Task HostsAddress_IsNotMovedToAnAdapterThatHasOthers(AddressModel addresses)
    {
        _adapter.Change(status => status with { Capabilities = status.Capabilities with { Addresses = addresses } });
        await using var host = await HostConnection.OpenAsync(_adapter);

        Assert.True((await host.MoveAsync(There)).Is(ToeReasons.CapabilityMove));

        Assert.Empty(_adapter.Steps);
        await host.TalkAsync();
    }

    [Fact]
    public async Task HalfClosedConnection_GoesThereAndBack()
    {
        await using var host = await HostConnection.OpenAsync(_adapter);
        await host.TalkAsync();
        await host.Subject.CompleteSendingAsync(None);
        Assert.Equal(0, await host.Peer.ReceiveAsync(new byte[1], SocketFlags.None, None));
        await StackBench.UntilAsync(() => host.Subject.GetInfo().State == System.Net.NetworkInformation.TcpState.FinWait2);

        Assert.Equal(ToeReason.None, await host.MoveAsync(There));
        Assert.Equal(ToeReason.None, await host.MoveAsync(null));

        await host.Peer.SendAsync(new byte[] { 1, 2, 3 }, SocketFlags.None, None);
        Assert.Equal([1, 2, 3], await host.SubjectReceivesAsync(3));
        await Assert.ThrowsAsync<SocketException>(() => host.Subject.SendAsync(new byte[1], None).AsTask());
        host.Peer.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await host.Subject.ReceiveAsync(new byte[1], None)); // An end, and no error behind it.
    }

    [Fact, Trait("Requirement", "TOE-CARR-008")]
    public async Task MandatoryUpload_GoesToTheHost_WithItsReason()
    {
        await using var host = await HostConnection.OpenAsync(_adapter);
        await host.TalkAsync();
        await host.QuietAsync();
        Assert.True((await host.MoveAsync(There)).IsNone);

        _adapter.Sockets.Single().Raise(static events => events.OnUploadWanted(ToeReasons.HealthLinkDown, mandatory: true));

        await StackBench.UntilAsync(() => host.Subject.Placement.AdapterId is null);
        Assert.True(host.Subject.Placement.Reason.Is(ToeReasons.HealthLinkDown));
        await host.TalkAsync();
    }

    [Fact, Trait("Requirement", "TOE-PLAC-010")]
    public async Task OffloadSoon_TakesTheHostsConnection()
    {
        var established = new ScriptedMovingAdapter("two", new ConcurrentDictionary<(IPEndPoint, IPEndPoint), ScriptedWire>(), OffloadModel.EstablishedState) { TakesFromHost = true };
        await using var host = await HostConnection.OpenAsync(established);
        using var server = StackBench.HostServer();

        await using var soon = await host.Bench.ConnectAsync(server.LocalEndpoint);
        await StackBench.UntilAsync(() => soon.Placement.AdapterId == "scripted:two");
        await using var required = await host.Bench.ConnectAsync(server.LocalEndpoint, ToeMode.Require);

        Assert.Equal("scripted:two", required.Placement.AdapterId);
    }

    [Fact]
    public async Task ConnectionThatEndsOnTheAdapter_IsToldToTheTracking()
    {
        await using var host = await HostConnection.OpenAsync(_adapter);
        await host.TalkAsync();
        await host.QuietAsync();
        var tuple = new TcpTuple(host.Subject.LocalEndPoint, host.Subject.RemoteEndPoint);
        Assert.True((await host.MoveAsync(There)).IsNone);
        Assert.Empty(host.Tracking.Ended);

        await host.Bench.RunAsync(host.Subject.DisposeAsync().AsTask());

        Assert.Equal([tuple], host.Tracking.Ended);
    }

    [Theory, Trait("Requirement", "TOE-TIME-004")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task CancelledCalls_WhileParked_LoseNoByte(bool moves)
    {
        await using var host = await HostConnection.OpenAsync(_adapter);
        await host.TalkAsync();
        using var cancel = new CancellationTokenSource();
        var receiving = host.Subject.ReceiveAsync(new byte[16], cancel.Token).AsTask();
        var up = RandomNumberGenerator.GetBytes(32 << 20);
        var sending = host.Subject.SendAsync(up, cancel.Token).AsTask();
        await WindowFullAsync(host.Peer);
        await host.QuietAsync();
        using var inside = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        _adapter.ImportScript = () =>
        {
            inside.Set();
            leave.Wait(None);
            return moves ? ToeReason.None : ToeReasons.ResourceMemory;
        };
        var moving = host.Subject.MoveAsync(There, None).AsTask();
        await Task.Run(() => inside.Wait(None), None);

        await cancel.CancelAsync();

        Assert.Equal(cancel.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving)).CancellationToken);
        Assert.Equal(cancel.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending)).CancellationToken);
        leave.Set();
        Assert.Equal(moves, (await moving).IsNone);
        if (moves)
            Assert.True((await host.MoveAsync(null)).IsNone);
        var behind = host.Subject.SendAsync("behind"u8.ToArray(), None).AsTask();
        var completing = Task.Run(async () =>
        {
            await behind;
            await host.Subject.CompleteSendingAsync(None);
        }, None);
        var got = await ReadToEndAsync(host.Peer);
        await completing;
        Assert.Equal("behind"u8.ToArray(), got[^6..]);
        Assert.True(got.AsSpan(0, got.Length - 6).SequenceEqual(up.AsSpan(0, got.Length - 6)), "Not a prefix.");
        await host.Peer.SendAsync(new byte[] { 5 }, SocketFlags.None, None);
        Assert.Equal([5], await host.SubjectReceivesAsync(1));
    }

    [Fact]
    public async Task CallersTokens_EndTheirOwnCalls_AndLaterMovesStillCountRight()
    {
        await using var host = await HostConnection.OpenAsync(_adapter);
        _adapter.ImportScript = static () => ToeReasons.ResourceMemory;
        var up = RandomNumberGenerator.GetBytes(32 << 20);
        using (var cancel = new CancellationTokenSource())
        {
            var cancelled = host.Subject.SendAsync(up, cancel.Token).AsTask();
            Assert.False(cancelled.IsCompleted);
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        }

        var second = RandomNumberGenerator.GetBytes(32 << 20);
        var sending = Task.Run(async () =>
        {
            await host.Subject.SendAsync(second, None);
            await host.Subject.CompleteSendingAsync(None);
        }, None);
        long heard = 0;
        var reading = Task.Run(() => ReadToEndAsync(host.Peer, count => Volatile.Write(ref heard, count)), None);
        do
        {
            var before = Volatile.Read(ref heard);
            Assert.True((await host.MoveAsync(There)).Is(ToeReasons.ResourceMemory));
            await StackBench.UntilAsync(() => reading.IsCompleted || Volatile.Read(ref heard) > before);
        }
        while (!sending.IsCompleted);

        var got = await reading;
        await sending;
        var first = got.Length - second.Length;
        Assert.InRange(first, 1, up.Length);
        Assert.True(got.AsSpan(0, first).SequenceEqual(up.AsSpan(0, first)) && got.AsSpan(first).SequenceEqual(second), "The peer got something else.");
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task ClosingInTheMiddle_EndsTheParkedCalls_AndThePeerHearsOfIt(bool abort, bool moves)
    {
        await using var host = await HostConnection.OpenAsync(_adapter);
        await host.TalkAsync();
        await host.QuietAsync();
        var receiving = host.Subject.ReceiveAsync(new byte[16], None).AsTask();
        using var inside = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        _adapter.ImportScript = () =>
        {
            inside.Set();
            leave.Wait(None);
            return moves ? ToeReason.None : ToeReasons.ResourceMemory;
        };
        var moving = host.Subject.MoveAsync(There, None).AsTask();
        await Task.Run(() => inside.Wait(None), None);

        if (abort)
            host.Subject.Abort();
        var disposing = host.Subject.DisposeAsync().AsTask();

        var ended = await Assert.ThrowsAsync<SocketException>(() => receiving.WaitAsync(TimeSpan.FromSeconds(30), None));
        Assert.Equal(SocketError.OperationAborted, ended.SocketErrorCode);
        leave.Set();
        await host.Bench.RunAsync(moving);
        await host.Bench.RunAsync(disposing);
        if (moves)
        {
            Assert.Equal(abort, _adapter.Sockets.Single().IsAborted);
            return;
        }

        if (abort)
            Assert.Equal(SocketError.ConnectionReset, (await Assert.ThrowsAsync<SocketException>(() => host.Peer.ReceiveAsync(new byte[1], SocketFlags.None, None).AsTask())).SocketErrorCode);
        else
            Assert.Equal(0, await host.Peer.ReceiveAsync(new byte[1], SocketFlags.None, None));
    }

    [Fact]
    public async Task ConnectionThatThePeerReset_IsNotMoved()
    {
        await using var host = await HostConnection.OpenAsync(_adapter);
        host.Peer.LingerState = new LingerOption(enable: true, seconds: 0);
        host.Peer.Dispose();
        await StackBench.UntilAsync(() => host.Subject.GetInfo().State == System.Net.NetworkInformation.TcpState.Closed);

        Assert.True((await host.MoveAsync(There)).Is(ToeReasons.CapabilityMove));

        Assert.Equal(SocketError.ConnectionReset, (await Assert.ThrowsAsync<SocketException>(() => host.Subject.ReceiveAsync(new byte[1], None).AsTask())).SocketErrorCode);
    }

    private static void AssertSame(byte[] expected, byte[] actual) => Assert.True(expected.AsSpan().SequenceEqual(actual), "The bytes are others.");

    /// <summary>The peer's buffers are full: its kernel announces no more room.</summary>
    private static async Task WindowFullAsync(Socket peer)
    {
        var before = -1;
        var same = 0;
        await StackBench.UntilAsync(() =>
        {
            var now = peer.Available;
            same = now == before ? same + 1 : 0;
            before = now;
            return now > 0 && same > 100;
        });
    }

    private static async Task<byte[]> ReadToEndAsync(Socket socket, Action<long>? heard = null)
    {
        using var all = new MemoryStream();
        var buffer = new byte[1 << 18];
        while (true)
        {
            var more = await socket.ReceiveAsync(buffer, SocketFlags.None, None).AsTask().WaitAsync(TimeSpan.FromSeconds(30), None);
            if (more == 0)
                return all.ToArray();
            all.Write(buffer, 0, more);
            heard?.Invoke(all.Length);
        }
    }
}
