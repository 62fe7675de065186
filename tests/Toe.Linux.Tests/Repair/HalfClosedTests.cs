using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace Toe.Linux.Tests.Repair;

/// <summary>Connections with a FIN on its way, or come: out of the kernel and into it again.</summary>
[SupportedOSPlatform("linux")]
public sealed class HalfClosedTests
{
    public static TheoryData<bool, int> Sizes => new() { { false, 0 }, { true, 0 }, { false, 3000 }, { true, 3000 }, { false, 1 << 20 }, { true, 1 << 20 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Fin_wait_1_sends_the_fin_again(bool six, int unacknowledged)
    {
        await using var pair = await KernelPair.OpenAsync(six);
        await pair.TalkAsync();
        var bytes = await CloseDeafAsync(pair, unacknowledged);
        Assert.Equal(TcpState.FinWait1, KernelPair.StateOf(pair.Subject));

        var state = await MoveUnblockedAsync(pair);

        Assert.Equal(TcpState.FinWait1, state.State);
        Assert.True(state.SendQueue.Span.SequenceEqual(bytes), "The send queue is another.");
        Assert.Equal(bytes, await KernelPair.ReceiveAsync(pair.Peer, bytes.Length));
        await KernelPair.ReceiveEndAsync(pair.Peer);
        await KernelPair.UntilAsync(pair.Subject, TcpState.FinWait2);
        await PeerEndsAsync(pair);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fin_wait_2_becomes_itself_again(bool six)
    {
        await using var pair = await KernelPair.OpenAsync(six);
        await pair.TalkAsync();
        pair.Subject.Shutdown(SocketShutdown.Send);
        await KernelPair.UntilAsync(pair.Subject, TcpState.FinWait2);
        await KernelPair.ReceiveEndAsync(pair.Peer);

        var state = await pair.MoveAsync();

        Assert.Equal((TcpState.FinWait2, 0, state.SendNext), (state.State, state.SendQueue.Length, state.SendUnacknowledged));
        await KernelPair.UntilAsync(pair.Subject, TcpState.FinWait2);
        await PeerEndsAsync(pair);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Close_wait_waits_for_the_fin_that_is_handed_on(bool six)
    {
        await using var pair = await KernelPair.OpenAsync(six);
        await pair.Peer.SendAsync(new byte[] { 4, 5, 6 });
        pair.Peer.Shutdown(SocketShutdown.Send);
        await KernelPair.UntilAsync(pair.Subject, TcpState.CloseWait);
        await KernelPair.UntilAsync(pair.Peer, TcpState.FinWait2); // Before, it may send the FIN again by itself.

        var state = await pair.MoveAsync();

        Assert.Equal((TcpState.CloseWait, 3), (state.State, state.ReceiveQueue.Length));
        Assert.Equal(TcpState.Established, KernelPair.StateOf(pair.Subject));
        await PeerSegment.SendFinAsync(pair.There, state);
        Assert.Equal([4, 5, 6], await KernelPair.ReceiveAsync(pair.Subject, 3));
        await KernelPair.ReceiveEndAsync(pair.Subject);
        Assert.Equal(TcpState.CloseWait, KernelPair.StateOf(pair.Subject));
        await pair.Subject.SendAsync(new byte[] { 9 });
        Assert.Equal([9], await KernelPair.ReceiveAsync(pair.Peer, 1));
        pair.Subject.Shutdown(SocketShutdown.Send);
        await KernelPair.ReceiveEndAsync(pair.Peer);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Closing_ends_on_both_sides(bool six, int unacknowledged)
    {
        await using var pair = await KernelPair.OpenAsync(six);
        await pair.TalkAsync();
        var bytes = RandomNumberGenerator.GetBytes(unacknowledged);
        await pair.MuteAsync();
        await pair.Subject.SendAsync(bytes);
        pair.Subject.Shutdown(SocketShutdown.Send);
        pair.Peer.Shutdown(SocketShutdown.Send);
        await KernelPair.UntilAsync(pair.Subject, TcpState.Closing);
        await pair.DeafenAsync(); // The peer's FIN comes again and again, since nobody has acknowledged it, and must not meet a kernel without the socket.

        var state = await MoveUnblockedAsync(pair);

        Assert.Equal(TcpState.Closing, state.State);
        Assert.True(state.SendQueue.Span.SequenceEqual(bytes), "The send queue is another.");
        Assert.Equal(bytes, await KernelPair.ReceiveAsync(pair.Peer, bytes.Length));
        await KernelPair.ReceiveEndAsync(pair.Peer);
        await KernelPair.ReceiveEndAsync(pair.Subject);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Last_ack_sends_the_fin_again(bool six, int unacknowledged)
    {
        await using var pair = await KernelPair.OpenAsync(six);
        await pair.TalkAsync();
        pair.Peer.Shutdown(SocketShutdown.Send);
        await KernelPair.UntilAsync(pair.Subject, TcpState.CloseWait);
        var bytes = await CloseDeafAsync(pair, unacknowledged);
        Assert.Equal(TcpState.LastAck, KernelPair.StateOf(pair.Subject));

        var state = await MoveUnblockedAsync(pair);

        Assert.Equal(TcpState.LastAck, state.State);
        Assert.True(state.SendQueue.Span.SequenceEqual(bytes), "The send queue is another.");
        await PeerSegment.SendFinAsync(pair.There, state);
        Assert.Equal(bytes, await KernelPair.ReceiveAsync(pair.Peer, bytes.Length));
        await KernelPair.ReceiveEndAsync(pair.Peer);
        await KernelPair.ReceiveEndAsync(pair.Subject);
    }

    /// <summary>Sends and closes with every answer lost: nothing is acknowledged, the FIN neither.</summary>
    private static async Task<byte[]> CloseDeafAsync(KernelPair pair, int size)
    {
        var bytes = RandomNumberGenerator.GetBytes(size);
        await pair.DeafenAsync();
        await pair.Subject.SendAsync(bytes);
        pair.Subject.Shutdown(SocketShutdown.Send);
        return bytes;
    }

    private static async Task<TcpConnectionState> MoveUnblockedAsync(KernelPair pair)
    {
        var frozen = pair.Freeze();
        var state = frozen.State;
        frozen.Close();
        using var imported = await pair.ImportAsync(state);
        await pair.UnblockAsync();
        pair.Continue(imported.Activate());
        return state;
    }

    private static async Task PeerEndsAsync(KernelPair pair)
    {
        await pair.Peer.SendAsync(new byte[] { 1, 2 });
        Assert.Equal([1, 2], await KernelPair.ReceiveAsync(pair.Subject, 2));
        pair.Peer.Shutdown(SocketShutdown.Send);
        await KernelPair.ReceiveEndAsync(pair.Subject);
    }
}
