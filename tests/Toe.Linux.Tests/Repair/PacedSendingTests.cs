using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Toe.Linux.Tests.Repair;

/// <summary>A connection that is frozen while the kernel paces what it sends: SND.NXT is what the wire has seen.</summary>
[SupportedOSPlatform("linux")]
public sealed class PacedSendingTests
{
    private const int SocketLevel = 1; // SOL_SOCKET, asm-generic/socket.h
    private const int MaximumPacingRate = 47; // SO_MAX_PACING_RATE, in bytes a second

    [Fact]
    public async Task What_timers_pass_over_in_repair_is_not_sent()
    {
        await using var pair = await KernelPair.OpenAsync(six: false);
        pair.Subject.SetRawSocketOption(SocketLevel, MaximumPacingRate, BitConverter.GetBytes(1_000_000));
        pair.Subject.Blocking = false;
        var before = ReadInfo(pair.Peer).BytesReceived;
        var written = pair.Subject.Send(new byte[1 << 20], SocketFlags.None);
        var frozen = pair.Freeze();
        var repair = new RepairSocket(pair.Subject.SafeHandle);
        await KernelPair.UntilAsync(() => repair.Count(RepairCalls.UnsentBytes, "SIOCOUTQNSD") == 0); // A timer has passed over all.

        frozen.Renew();

        var state = frozen.State;
        var onTheWire = written - (int)(state.SendUnacknowledged + (uint)state.SendQueue.Length - state.SendNext);
        Assert.InRange(onTheWire, 0, written / 2); // More takes half a second.
        await KernelPair.UntilAsync(() => ReadInfo(pair.Peer).BytesReceived - before == (ulong)onTheWire);
        frozen.Close();
        using var imported = await pair.ImportAsync(state);
        var subject = imported.Activate();
        pair.Continue(subject);
        subject.Blocking = true;
        Assert.Equal(new byte[written], await KernelPair.ReceiveAsync(pair.Peer, written));
        await pair.TalkAndCloseAsync();
    }

    private static TcpInfo ReadInfo(Socket socket) => new RepairSocket(socket.SafeHandle).ReadInfo();
}
