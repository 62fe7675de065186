using System.Net.NetworkInformation;
using System.Net.Sockets;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Connections;

/// <summary>Rule 4: what cannot be moved ends at once with its reason, never by hanging.</summary>
public sealed class LostConnectionTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory, Trait("Requirement", "TOE-CARR-005")]
    [InlineData(AdapterHealth.Failed)]
    [InlineData(AdapterHealth.Removed)]
    public async Task DeadAdapter_EndsPendingAndLaterCalls_WithReasonAndAcknowledgedBytes(AdapterHealth health)
    {
        var adapter = new ScriptedAdapter("dies");
        await using var bench = StackBench.Create(adapter);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var socket = adapter.Sockets.Single();
        socket.Info = static () => new AdapterSocketInfo(TcpState.Established, OffloadConfidence.Confirmed) { BytesAcknowledged = 1234 };
        var receiving = connection.ReceiveAsync(new byte[1], None).AsTask();
        var sending = connection.SendAsync(new byte[100_000], None).AsTask(); // More than the wire holds.
        Assert.False(sending.IsCompleted);

        adapter.Announce(health, ToeReasons.HealthFailed.With("scripted"));

        foreach (var pending in new Task[] { receiving, sending })
        {
            var lost = await Assert.ThrowsAsync<ToeConnectionLostException>(() => pending.WaitAsync(TimeSpan.FromSeconds(30), None));
            Assert.True(lost.Reason.Is(health == AdapterHealth.Removed ? ToeReasons.HealthRemoved : ToeReasons.HealthFailed));
            Assert.Equal(1234, lost.BytesAcknowledged);
            Assert.Equal(SocketError.ConnectionAborted, lost.SocketErrorCode);
        }

        await Assert.ThrowsAsync<ToeConnectionLostException>(() => connection.ReceiveAsync(new byte[1], None).AsTask());
        await Assert.ThrowsAsync<ToeConnectionLostException>(() => connection.SendAsync(new byte[1], None).AsTask());
        var wrapped = await Assert.ThrowsAsync<IOException>(() => connection.AsStream().ReadAsync(new byte[1], None).AsTask());
        Assert.IsType<ToeConnectionLostException>(wrapped.InnerException);
    }

    [Fact]
    public async Task CardThatCannotTellAcknowledgedBytes_LeavesThemOpen()
    {
        var adapter = new ScriptedAdapter("mute");
        await using var bench = StackBench.Create(adapter);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        adapter.Sockets.Single().Info = static () => throw new IOException("the card is gone");

        adapter.Announce(AdapterHealth.Failed);

        var lost = await Assert.ThrowsAsync<ToeConnectionLostException>(() => connection.ReceiveAsync(new byte[1], None).AsTask().WaitAsync(TimeSpan.FromSeconds(30), None));
        Assert.Null(lost.BytesAcknowledged);
    }

    [Fact]
    public async Task QualityStalled_where_a_modules_socket_takes_nothing_more()
    {
        var module = new ScriptedKernelAdapter("t4_tom", canKeepOff: true) { SendDeadline = TimeSpan.FromMinutes(5) };
        // A reading of its health is rare, and not late either, however fast the clock runs.
        await using var bench = StackBench.Configured(new() { ["Toe:ControlDeadline"] = "00:10:00", ["Toe:RefreshInterval"] = "01:00:00" }, module);
        using var server = StackBench.HostServer();
        await using var connection = await bench.ConnectAsync(server.LocalEndpoint);
        using var silent = await server.AcceptTcpClientAsync(TestContext.Current.CancellationToken); // It never reads.
        var sending = connection.SendAsync(new byte[64 << 20], None).AsTask();
        var receiving = connection.ReceiveAsync(new byte[1], None).AsTask();

        await StackBench.UntilAsync(() =>
        {
            bench.Time.Advance(TimeSpan.FromMinutes(1)); // The deadline counts from the last piece that moved.
            return sending.IsCompleted;
        });

        foreach (var pending in new Task[] { sending, receiving })
        {
            var lost = await Assert.ThrowsAsync<ToeConnectionLostException>(() => pending.WaitAsync(TimeSpan.FromSeconds(30), None));
            Assert.True(lost.Reason.Is(ToeReasons.QualityStalled));
        }
    }

    [Fact]
    public async Task MandatoryUploadThatCannotBe_EndsTheConnectionWithItsReason()
    {
        var adapter = new ScriptedAdapter("full");
        await using var bench = StackBench.Create(adapter);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var receiving = connection.ReceiveAsync(new byte[1], None).AsTask();

        adapter.Sockets.Single().Raise(events => events.OnUploadWanted(ToeReasons.QualityDropRate, mandatory: true));

        var lost = await Assert.ThrowsAsync<ToeConnectionLostException>(() => receiving.WaitAsync(TimeSpan.FromSeconds(30), None));
        Assert.True(lost.Reason.Is(ToeReasons.QualityDropRate));
        // Whoever waits hears of it first; the log follows.
        await StackBench.UntilAsync(() => bench.Log.Of(1013).Count > 0 && bench.Log.Of(1011).Count > 0);
        Assert.Single(bench.Log.Of(1013));
        Assert.Single(bench.Log.Of(1011));
    }

    [Fact]
    public async Task UploadThatIsOnlyWanted_LeavesTheConnectionRunning()
    {
        var adapter = new ScriptedAdapter("asks");
        await using var bench = StackBench.Create(adapter);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var peer = adapter.Peers.Take(None);

        adapter.Sockets.Single().Raise(events => events.OnUploadWanted(ToeReasons.QualityLowActivity, mandatory: false));
        await adapter.Thread.DrainAsync();
        await StackBench.UntilAsync(() => bench.Log.Of(1013).Count == 1);

        await connection.SendAsync(new byte[] { 7 }, None);
        Assert.Equal([7], await peer.ReceiveAsync(1));
    }

    [Fact]
    public async Task PeersReset_IsASocketExceptionAndNoLoss()
    {
        var adapter = new ScriptedAdapter("well");
        await using var bench = StackBench.Create(adapter);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var receiving = connection.ReceiveAsync(new byte[1], None).AsTask();

        adapter.Peers.Take(None).Reset();

        var reset = await Assert.ThrowsAsync<SocketException>(() => receiving);
        Assert.Equal((typeof(SocketException), SocketError.ConnectionReset), (reset.GetType(), reset.SocketErrorCode));
        Assert.Empty(bench.Log.Of(1011));
    }

    [Theory, Trait("Requirement", "TOE-FALL-008")]
    [InlineData(IoStatus.Done, 0)]
    [InlineData(IoStatus.Done, 17)]
    [InlineData(IoStatus.Done, -1)]
    [InlineData(IoStatus.WouldBlock, 3)]
    [InlineData((IoStatus)99, 0)]
    public async Task ReceiveThatBreaksTheContract_EndsTheConnection_AndCountsAsAFault(IoStatus status, int bytes)
    {
        var adapter = new ScriptedAdapter("wrong");
        await using var bench = StackBench.Create(adapter);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        adapter.Sockets.Single().Receiving = (Span<byte> _, out int reported) =>
        {
            reported = bytes;
            return status;
        };

        var lost = await Assert.ThrowsAsync<ToeConnectionLostException>(() => connection.ReceiveAsync(new byte[16], None).AsTask());

        Assert.True(lost.Reason.Is(ToeReasons.InternalContractViolation), lost.Reason.ToString());
        Assert.Single(bench.Log.Of(1001));
    }

    [Theory, Trait("Requirement", "TOE-FALL-008")]
    [InlineData(IoStatus.Done, 0)]
    [InlineData(IoStatus.Done, 17)]
    [InlineData(IoStatus.Done, -1)]
    [InlineData(IoStatus.EndOfStream, 0)]
    public async Task SendThatBreaksTheContract_EndsTheConnection_AndCountsAsAFault(IoStatus status, int bytes)
    {
        var adapter = new ScriptedAdapter("wrong");
        await using var bench = StackBench.Create(adapter);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        adapter.Sockets.Single().Sending = (ReadOnlySpan<byte> _, out int reported) =>
        {
            reported = bytes;
            return status;
        };

        var lost = await Assert.ThrowsAsync<ToeConnectionLostException>(() => connection.SendAsync(new byte[16], None).AsTask());

        Assert.True(lost.Reason.Is(ToeReasons.InternalContractViolation), lost.Reason.ToString());
    }

    [Fact]
    public async Task DataCallThatThrows_EndsTheConnectionWithTheProvidersWords()
    {
        var adapter = new ScriptedAdapter("throws");
        await using var bench = StackBench.Create(adapter);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        adapter.Sockets.Single().Receiving = (Span<byte> _, out int _) => throw new InvalidTimeZoneException("scripted");

        var lost = await Assert.ThrowsAsync<ToeConnectionLostException>(() => connection.ReceiveAsync(new byte[16], None).AsTask());

        Assert.True(lost.Reason.Is(ToeReasons.InternalProviderException));
        Assert.Contains("scripted", lost.Reason.Text, StringComparison.Ordinal);
    }

    [Fact, Trait("Requirement", "TOE-FALL-009")]
    public async Task ReadinessAnnouncedTooOftenOrForNothing_CostsNothing()
    {
        var adapter = new ScriptedAdapter("noisy");
        await using var bench = StackBench.Create(adapter);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var socket = adapter.Sockets.Single();
        var peer = adapter.Peers.Take(None);
        var receiving = connection.ReceiveAsync(new byte[8], None).AsTask();

        for (var i = 0; i < 100; i++)
            socket.Raise(events => events.OnReady(Readiness.Receive | Readiness.Send));
        await adapter.Thread.DrainAsync();
        Assert.False(receiving.IsCompleted);
        await peer.SendAsync(new byte[] { 1, 2, 3 });

        Assert.Equal(3, await receiving);
    }

    [Fact]
    public async Task DataBeforeTheEnd_IsReadBeforeTheEndIsTold()
    {
        var adapter = new ScriptedAdapter("ends");
        await using var bench = StackBench.Create(adapter);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var peer = adapter.Peers.Take(None);
        await peer.SendAsync(new byte[] { 1, 2, 3 });
        adapter.Sockets.Single().Raise(events => events.OnClosed(SocketError.ConnectionReset, ToeReason.None));
        await adapter.Thread.DrainAsync();

        Assert.Equal(3, await connection.ReceiveAsync(new byte[8], None));
        var reset = await Assert.ThrowsAsync<SocketException>(() => connection.ReceiveAsync(new byte[8], None).AsTask());
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
    }
}
