using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Toe.Testing;

namespace Toe.Linux.Tests.Repair;

/// <summary>An established connection out of the kernel and into it again, with a peer that knows nothing.</summary>
[SupportedOSPlatform("linux")]
public sealed class MoveThroughKernelTests
{
    private const int Much = 4 << 20;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task A_quiet_connection_goes_on(bool six, bool passive)
    {
        await using var pair = await KernelPair.OpenAsync(six, passive);
        await pair.TalkAsync();

        var state = await pair.MoveAsync();

        Assert.Equal((TcpState.Established, pair.Tuple), (state.State, state.Tuple));
        Assert.Equal((0, 0), (state.SendQueue.Length, state.ReceiveQueue.Length));
        Assert.Equal((pair.Tuple.Local, pair.Tuple.Remote), (pair.Subject.LocalEndPoint, pair.Subject.RemoteEndPoint));
        Assert.True(pair.Subject.Connected);
        await pair.TalkAndCloseAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_handshake_agreed_on_stays(bool six)
    {
        await using var pair = await KernelPair.OpenAsync(six);
        await pair.TalkAsync();

        var before = await pair.MoveAsync();
        var after = await pair.MoveAsync();

        var segment = 1500 - (six ? 60 : 40);
        Assert.Equal((segment, true, true), (before.MaximumSegmentSize, before.Timestamps, before.SelectiveAcknowledgement));
        Assert.NotNull(before.SendWindowScale);
        Assert.Equal((before.MaximumSegmentSize, before.Timestamps, before.SelectiveAcknowledgement), (after.MaximumSegmentSize, after.Timestamps, after.SelectiveAcknowledgement));
        Assert.Equal((before.SendWindowScale, before.ReceiveWindowScale), (after.SendWindowScale, after.ReceiveWindowScale));
        Assert.InRange((int)(after.TimestampValue - before.TimestampValue), 0, 60_000);
        Assert.Equal((before.SendNext, before.ReceiveNext), (after.SendNext, after.ReceiveNext));
        Assert.Equal((uint)segment - 12, new RepairSocket(pair.Subject.SafeHandle).ReadInfo().SegmentSize); // Without the timestamps option, as before.
        await pair.TalkAndCloseAsync();
    }

    [Fact]
    public async Task Queues_that_nobody_reads_do_not_grow_with_every_move()
    {
        const int Moves = 12; // Doubled each time, 64 KiB would be 256 MiB.
        const int Bound = 16 << 20;
        await using var pair = await KernelPair.OpenAsync(six: false);
        await pair.MoveAsync(); // The sizes that the pair asked for stay behind.
        for (var move = 0; move < Moves; move++)
        {
            Fill(pair.Subject);
            Fill(pair.Peer);
            await pair.DeafenAsync(); // The peer has more to say, which must not meet a kernel without the socket.

            var state = await pair.MoveAsync();

            await pair.UnblockAsync();
            Assert.InRange(state.SendQueue.Length, 0, Bound);
            Assert.InRange(state.ReceiveQueue.Length + (long)state.ReceiveWindow, 0, Bound);
        }
    }

    [Theory]
    [InlineData(false, 3000)]
    [InlineData(true, 3000)]
    [InlineData(false, Much)]
    [InlineData(true, Much)]
    public async Task Unread_unacknowledged_and_unsent_bytes_go_along(bool six, int size)
    {
        await using var pair = await KernelPair.OpenAsync(six);
        var (up, down) = (RandomNumberGenerator.GetBytes(size), RandomNumberGenerator.GetBytes(size));
        await pair.Peer.SendAsync(down);
        await KernelPair.UntilAsync(() => pair.Subject.Available == size);
        await pair.DeafenAsync();
        Assert.Equal(size, await pair.Subject.SendAsync(up));

        var frozen = pair.Freeze();
        var state = frozen.State;
        Assert.True(state.ReceiveQueue.Span.SequenceEqual(down), "The receive queue is another.");
        Assert.True(state.SendQueue.Span.SequenceEqual(up), "The send queue is another.");
        var sent = (int)(state.SendNext - state.SendUnacknowledged);
        Assert.InRange(sent, 1, size == Much ? size - 1 : size); // The first window is small.
        frozen.Close();
        using var imported = await pair.ImportAsync(state);
        await pair.UnblockAsync();
        pair.Continue(imported.Activate());

        Assert.Equal(0, new RepairSocket(pair.Subject.SafeHandle).Get(SocketOption.BufferLock)); // The kernel tunes them as before.
        Assert.Equal(size, pair.Subject.Available);
        Assert.Equal(up, await KernelPair.ReceiveAsync(pair.Peer, size));
        Assert.Equal(down, await KernelPair.ReceiveAsync(pair.Subject, size));
        await pair.TalkAndCloseAsync();
    }

    [Fact]
    public async Task Streams_both_ways_are_exact_while_the_connection_moves()
    {
        const int Size = 64 << 20;
        await using var pair = await KernelPair.OpenAsync(six: false);
        var (up, down) = (RandomNumberGenerator.GetBytes(Size), RandomNumberGenerator.GetBytes(Size));
        var peer = Task.Run(async () =>
        {
            var sending = Task.Run(async () => await pair.Peer.SendAsync(down));
            var received = await KernelPair.ReceiveAsync(pair.Peer, Size);
            await sending;
            return received;
        });
        var (sent, got, moves) = (0, new byte[Size], 0);
        for (var received = 0; sent < Size || received < Size;)
        {
            pair.Subject.Blocking = false;
            for (var turn = 0; turn < 200; turn++)
            {
                if (sent < Size)
                    sent += Some(pair.Subject.Send(up.AsSpan(sent, Math.Min(Size - sent, 200_000)), SocketFlags.None, out var error), error);
                if (received < Size)
                    received += Some(pair.Subject.Receive(got.AsSpan(received, Math.Min(Size - received, 100_000)), SocketFlags.None, out var error), error);
            }

            // Without a way to keep what arrives in the gap, nothing may: a segment without its socket is answered with RST.
            await pair.DeafenAsync();
            var frozen = pair.Freeze();
            var state = frozen.State;
            Assert.True(frozen.IsCurrent);
            frozen.Close();
            using var imported = await pair.ImportAsync(state);
            await pair.UnblockAsync();
            pair.Continue(imported.Activate());
            moves++;
        }

        Assert.Equal(up, await peer);
        Assert.Equal(down, got);
        Assert.True(moves > 3, $"{moves} moves");
        await pair.TalkAndCloseAsync();

        static int Some(int count, SocketError error) => error switch
        {
            SocketError.Success => count,
            SocketError.WouldBlock => 0,
            _ => throw new SocketException((int)error),
        };
    }

    [Fact]
    public async Task A_thawed_connection_goes_on_where_it_was()
    {
        await using var pair = await KernelPair.OpenAsync(six: false);
        var reuse = new RepairSocket(pair.Subject.SafeHandle).Get(SocketOption.ReuseAddress);
        for (var round = 0; round < 20; round++)
        {
            var frozen = pair.Freeze();
            await pair.Peer.SendAsync(new byte[] { 1, 2, 3 });
            Assert.Equal(0, pair.Subject.Available);
            frozen.Thaw();
            Assert.Equal([1, 2, 3], await KernelPair.ReceiveAsync(pair.Subject, 3));
            await pair.TalkAsync();
        }

        Assert.Equal(reuse, new RepairSocket(pair.Subject.SafeHandle).Get(SocketOption.ReuseAddress));
        await pair.TalkAndCloseAsync();
    }

    [Fact]
    public async Task A_segment_that_slipped_through_is_seen_and_read()
    {
        await using var pair = await KernelPair.OpenAsync(six: false);
        var frozen = pair.Freeze();
        Assert.True(frozen.IsCurrent);
        new RepairSocket(pair.Subject.SafeHandle).Set(SocketOption.DetachFilter, 0); // As if it had been on another processor.
        await pair.Peer.SendAsync(new byte[] { 7, 8 });
        await KernelPair.UntilAsync(() => !frozen.IsCurrent);

        frozen.Renew();

        Assert.True(frozen.IsCurrent);
        Assert.Equal([7, 8], frozen.State.ReceiveQueue.ToArray());
        frozen.Close();
        using var imported = await pair.ImportAsync(frozen.State);
        pair.Continue(imported.Activate());
        Assert.Equal([7, 8], await KernelPair.ReceiveAsync(pair.Subject, 2));
        await pair.TalkAndCloseAsync();
    }

    [Fact]
    public async Task An_import_that_is_given_up_says_nothing_and_leaves_the_tuple_free()
    {
        await using var pair = await KernelPair.OpenAsync(six: false);
        var frozen = pair.Freeze();
        frozen.Close();
        for (var round = 0; round < 3; round++)
            (await pair.ImportAsync(frozen.State)).Dispose();

        using var imported = await pair.ImportAsync(frozen.State);
        pair.Continue(imported.Activate());

        await pair.TalkAndCloseAsync();
    }

    [Fact]
    public async Task The_listener_of_the_port_can_be_bound_again_beside_an_imported_connection()
    {
        await using var pair = await KernelPair.OpenAsync(six: false, passive: true);
        await pair.TalkAsync();
        await pair.MoveAsync();

        using var listener = await pair.Here.InsideAsync(() =>
        {
            var again = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            again.Bind(pair.Tuple.Local);
            again.Listen();
            return again;
        });

        await pair.TalkAndCloseAsync();
    }

    [Fact]
    public async Task A_connection_of_a_socket_of_both_families_is_an_ipv4_one()
    {
        await using var space = await NetworkNamespace.CreateAsync();
        using var listener = await space.InsideAsync(() =>
        {
            var made = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            made.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            made.Listen();
            return made;
        });
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var both = await space.InsideAsync(() =>
        {
            var made = new Socket(SocketType.Stream, ProtocolType.Tcp);
            made.Connect(new IPEndPoint(IPAddress.Loopback.MapToIPv6(), port));
            return made;
        });
        using var peer = await listener.AcceptAsync(TestContext.Current.CancellationToken);

        Assert.True(TcpRepair.TryFreeze(both, out var frozen).IsNone);
        frozen!.Close();
        using var moved = await space.InsideAsync(() =>
        {
            Assert.True(TcpRepair.TryImport(frozen.State, out var imported).IsNone);
            return imported!.Activate();
        });

        Assert.Equal(new IPEndPoint(IPAddress.Loopback, port), frozen.State.Tuple.Remote);
        moved.Send([1, 2]);
        Assert.Equal([1, 2], await KernelPair.ReceiveAsync(peer, 2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sent_bytes_are_counted_whether_acknowledged_or_not(bool passive)
    {
        await using var pair = await KernelPair.OpenAsync(six: false, passive);
        var start = TcpSendCount.Read(pair.Subject);
        await pair.TalkAsync();
        Assert.Equal(4, TcpSendCount.Read(pair.Subject) - start);
        await pair.DeafenAsync();
        await pair.Subject.SendAsync(new byte[Much]);

        Assert.Equal(4 + Much, TcpSendCount.Read(pair.Subject) - start);

        await pair.UnblockAsync();
        await KernelPair.ReceiveAsync(pair.Peer, Much);
        Assert.Equal(4 + Much, TcpSendCount.Read(pair.Subject) - start);
        await pair.TalkAndCloseAsync();
    }

    [Fact]
    public async Task Options_of_the_socket_are_told()
    {
        await using var pair = await KernelPair.OpenAsync(six: false);
        pair.Subject.NoDelay = true;
        pair.Subject.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
        pair.Subject.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.TypeOfService, 0x10);
        pair.Subject.ReceiveBufferSize = 50_000;
        new RepairSocket(pair.Subject.SafeHandle).Set(SocketOption.UserTimeout, 12_000);

        var state = await pair.MoveAsync();

        Assert.Equal(
            new ToeSocketOptions { NoDelay = true, KeepAlive = true, TrafficClass = 0x10, ReceiveBuffer = 50_000, UserTimeout = TimeSpan.FromSeconds(12) }, state.Options);
        await pair.TalkAndCloseAsync();
    }

    private static void Fill(Socket socket)
    {
        var bytes = new byte[1 << 16];
        socket.Blocking = false;
        SocketError error;
        do
        {
            _ = socket.Send(bytes, SocketFlags.None, out error);
        }
        while (error == SocketError.Success);
        Assert.Equal(SocketError.WouldBlock, error);
    }
}
