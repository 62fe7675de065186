using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Toe.Integration.Tests;

/// <summary>Moves between a host's kernel and the real engine in each state that moves, and with megabytes queued both ways; the peer is an unmodified kernel.</summary>
[SupportedOSPlatform("linux")]
public sealed class MoveInEveryStateTests
{
    private const int Seed = 11;
    private const int Small = 4_096; // A receive buffer.
    private const int Much = 50_000; // More than fits into it, and less than the engine's send buffer holds from the beginning.
    private const int Little = 1_000;
    private const int Moves = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FinWait1_WithItsFinBehindWhatThePeerDoesNotRead()
    {
        await using var probe = await CommandedProbe.StartAsync(Seed, Small);
        await probe.AskAsync($"send {Much}");
        await probe.AskAsync("complete");
        await probe.AskAsync("sent");

        await MoveAsync(probe, "FIN-WAIT-1");

        await ReceiveAllAsync(probe, Much);
        await PeerEndsAsync(probe);
        await EndAsync(probe);
    }

    [Fact]
    public async Task FinWait2_StillReceives()
    {
        await using var probe = await CommandedProbe.StartAsync(Seed, Small);
        await probe.AskAsync($"send {Little}");
        await probe.AskAsync("complete");
        await ReceiveAllAsync(probe, Little);

        await MoveAsync(probe, "FIN-WAIT-2");

        await PeerEndsAsync(probe);
        await EndAsync(probe);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CloseWait_StillSends(bool isRead)
    {
        await using var probe = await CommandedProbe.StartAsync(Seed, Small);
        await probe.SendAsync(Little);
        probe.Peer.Shutdown(SocketShutdown.Send);
        if (isRead)
            await ReadToTheEndAsync(probe);

        await MoveAsync(probe, "CLOSE-WAIT");

        if (!isRead)
            await ReadToTheEndAsync(probe);
        await probe.AskAsync($"send {Much}");
        await probe.AskAsync("complete");
        await ReceiveAllAsync(probe, Much);
        await EndAsync(probe);
    }

    [Fact]
    public async Task LastAck_WithItsFinBehindWhatThePeerDoesNotRead()
    {
        await using var probe = await CommandedProbe.StartAsync(Seed, Small);
        await probe.SendAsync(Little);
        probe.Peer.Shutdown(SocketShutdown.Send);
        await ReadToTheEndAsync(probe);
        await probe.AskAsync($"send {Much}");
        await probe.AskAsync("complete");
        await probe.AskAsync("sent");

        await MoveAsync(probe, "CLOSING"); // The kernel gets the peer's FIN behind our own; both states wait for the same ACK.

        await ReceiveAllAsync(probe, Much);
        await EndAsync(probe);
    }

    [Fact]
    public async Task Closing_WithItsFinBehindWhatThePeerDoesNotRead()
    {
        await using var probe = await CommandedProbe.StartAsync(Seed, Small);
        await probe.AskAsync($"send {Much}");
        await probe.AskAsync("complete");
        await probe.AskAsync("sent");
        await PeerEndsAsync(probe);

        await MoveAsync(probe, "CLOSING");

        await ReceiveAllAsync(probe, Much);
        await EndAsync(probe);
    }

    [Fact]
    public async Task MebibytesEachWay_MoveAlong()
    {
        const int All = 12 << 20;
        const int Queued = 4 << 20; // The engine's buffers hold 5 MiB each.
        await using var probe = await CommandedProbe.StartAsync(Seed);
        await probe.AskAsync($"send {All}");
        var sending = probe.SendAsync(All);
        await probe.MoveAsync();
        await probe.MoveAsync(); // What comes from the kernel has its buffers open.
        await UntilAcknowledgedAsync(probe, Queued + (Queued / 16));

        for (var move = 0; move < Moves; move++)
            Assert.InRange((await probe.MoveAsync()).Queued, 2 * Queued, 2 * All);

        await Task.WhenAll(new[] { probe.ReceiveAsync(All), sending, probe.AskAsync($"receive {All}") });
        Assert.Contains("\"failure\":null", await probe.FinishAsync(), StringComparison.Ordinal);
    }

    private static async Task MoveAsync(CommandedProbe probe, string state)
    {
        for (var move = 0; move < Moves; move++)
        {
            var (isOnHost, _) = await probe.MoveAsync();
            await probe.UntilListedAsync(isOnHost ? state : null);
        }
    }

    /// <summary>Until the program's side has so many bytes of the peer's, which it does not read.</summary>
    private static async Task UntilAcknowledgedAsync(CommandedProbe probe, long bytes)
    {
        const int Tcp = 6, Info = 11, AcknowledgedAt = 120; // IPPROTO_TCP, TCP_INFO, tcpi_bytes_acked: linux/tcp.h
        var started = TimeProvider.System.GetTimestamp();
        var info = new byte[AcknowledgedAt + sizeof(long)];
        do
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "The peer's bytes do not arrive.");
            await Task.Yield();
            probe.Peer.GetRawSocketOption(Tcp, Info, info);
        }
        while (BitConverter.ToInt64(info, AcknowledgedAt) < bytes);
    }

    /// <summary>The program reads what the peer sent, and the end.</summary>
    private static async Task ReadToTheEndAsync(CommandedProbe probe)
    {
        Assert.Equal("received", await probe.AskAsync($"receive {Little}"));
        Assert.Equal("ended", await probe.AskAsync("end"));
    }

    /// <summary>The peer sends and ends its stream, and the program reads both.</summary>
    private static async Task PeerEndsAsync(CommandedProbe probe)
    {
        await probe.SendAsync(Little);
        probe.Peer.Shutdown(SocketShutdown.Send);
        await ReadToTheEndAsync(probe);
    }

    /// <summary>The peer reads the program's stream, and its end.</summary>
    private static async Task ReceiveAllAsync(CommandedProbe probe, int count)
    {
        await probe.ReceiveAsync(count);
        Assert.Equal(0, await probe.Peer.ReceiveAsync(new byte[1], SocketFlags.None, Token).AsTask().WaitAsync(Patience, Token));
    }

    /// <summary>A connection that is over moves no more, and says so.</summary>
    private static async Task EndAsync(CommandedProbe probe)
    {
        await probe.UntilListedAsync(null);
        Assert.StartsWith("refused Capability.Move", await probe.AskAsync("move"), StringComparison.Ordinal);
        Assert.Contains("\"failure\":null", await probe.FinishAsync(), StringComparison.Ordinal);
    }
}
