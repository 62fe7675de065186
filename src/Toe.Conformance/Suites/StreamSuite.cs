namespace Toe.Conformance.Suites;

/// <summary>A connection is two streams of bytes.</summary>
internal sealed class StreamSuite : Suite
{
    [Requirement("TOE-STRM-001", "Bytes come out on the other side as they went in, both ways.", Source = "IToeAdapterSocket.TrySend", Covers = ["IToeAdapterSocket.TryReceive"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Bytes_GoBothWays()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        await ours.SendAsync("to the peer"u8.ToArray());
        Check.Text("to the peer", await theirs.ReadAsync(11, Stop));
        await theirs.SendAsync("to the adapter"u8.ToArray(), Stop);
        Check.Text("to the adapter", await ours.ReadAsync(14));
    }

    [Requirement("TOE-STRM-002", "Where nothing has arrived a receive would block, and gives no bytes.", Source = "IoStatus.WouldBlock", Covers = ["IToeAdapterSocket.TryReceive"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Nothing_WouldBlock()
    {
        var (ours, _) = await Bench.ConnectAsync();
        Check.Equal(IoStatus.WouldBlock, ours.Polled.TryReceive(new byte[16], out var bytes));
        Check.Equal(0, bytes);
    }

    [Requirement("TOE-STRM-003", "A receive into no room says whether something is there, and takes nothing.", Source = "IToeAdapterSocket.TryReceive", Covers = ["IoStatus.Done"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task NoRoom_TakesNothing()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        Check.Equal(IoStatus.WouldBlock, ours.Polled.TryReceive([], out _));
        await theirs.SendAsync(new byte[] { 1, 2, 3 }, Stop);
        await ours.ReadyAsync(Readiness.Receive);
        Check.Equal(IoStatus.Done, ours.Polled.TryReceive([], out var bytes));
        Check.Equal(0, bytes);
        Check.Bytes([1, 2, 3], await ours.ReadAsync(3));
    }

    [Requirement("TOE-STRM-004", "A receive gives at most what there is room for, and leaves the rest.", Source = "IToeAdapterSocket.TryReceive", Needs = AdapterFeatures.ActiveOpen)]
    public async Task SmallRoom_LeavesTheRest()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        await theirs.SendAsync(new byte[] { 1, 2, 3, 4, 5 }, Stop);
        await ours.ReadyAsync(Readiness.Receive);
        var some = new byte[2];
        var (status, bytes) = await ours.ReceiveAsync(some);
        Check.Equal(IoStatus.Done, status);
        Check.That(bytes is 1 or 2, $"{bytes} bytes were given into room for 2");
        Check.Bytes(new byte[] { 1, 2, 3, 4, 5 }[bytes..], await ours.ReadAsync(5 - bytes));
    }

    [Requirement("TOE-STRM-005", "The end of the stream comes behind the last byte, and again at each further receive.", Source = "IoStatus.EndOfStream", Covers = ["IToeAdapterSocket.TryReceive"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task End_ComesLast_AndStays()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        await theirs.SendAsync("last words"u8.ToArray(), Stop);
        await theirs.CompleteSendingAsync(Stop);
        Check.Text("last words", await ours.ReadToEndAsync());
        for (var i = 0; i < 3; i++)
            Check.Equal((IoStatus.EndOfStream, 0), await ours.ReceiveAsync(new byte[1]));
    }

    [Requirement("TOE-STRM-006", "Behind the peer's end this side can still send.", Source = "RFC 9293 §3.6", Covers = ["IToeAdapterSocket.TrySend"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task HalfClosedByThePeer_StillSends()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        await theirs.CompleteSendingAsync(Stop);
        await ours.ReadToEndAsync();
        await ours.SendAsync("still here"u8.ToArray());
        Check.Text("still here", await theirs.ReadAsync(10, Stop));
    }

    [Requirement("TOE-STRM-007", "Behind its own end this side can still receive.", Source = "RFC 9293 §3.6", Covers = ["IToeAdapterSocket.TryCompleteSending"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task HalfClosedByUs_StillReceives()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        await ours.CompleteSendingAsync();
        Check.Equal(0, (await theirs.ReadToEndAsync(Stop)).Length);
        await theirs.SendAsync("still there"u8.ToArray(), Stop);
        Check.Text("still there", await ours.ReadAsync(11));
    }

    [Requirement("TOE-STRM-008", "Completing the stream twice is the same as once.", Source = "IToeAdapterSocket.TryCompleteSending", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Completing_MayRepeat()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        await ours.SendAsync("x"u8.ToArray());
        await ours.CompleteSendingAsync();
        Check.Equal(IoStatus.Done, ours.Polled.TryCompleteSending());
        Check.Text("x", await theirs.ReadToEndAsync(Stop));
    }

    [Requirement("TOE-STRM-009", "The end of the stream comes behind everything that was sent before it.", Source = "IToeAdapterSocket.TryCompleteSending", Needs = AdapterFeatures.ActiveOpen)]
    public async Task Completing_LosesNothing()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var bytes = new byte[300_000];
        Bench.Random.NextBytes(bytes);
        var reading = theirs.ReadToEndAsync(Stop);
        await ours.SendAsync(bytes);
        await ours.CompleteSendingAsync();
        Check.Bytes(bytes, await reading);
    }

    [Requirement("TOE-STRM-010", "What was given to a send is the adapter's copy: the caller's memory is free at once.", Source = "IToeAdapterSocket.TrySend", Needs = AdapterFeatures.ActiveOpen)]
    public async Task SentMemory_IsFreeAtOnce()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var (buffer, expected) = (new byte[1000], new byte[20_000]);
        for (var i = 0; i < 20; i++)
        {
            buffer.AsSpan().Fill((byte)i);
            expected.AsSpan(i * 1000, 1000).Fill((byte)i);
            await ours.SendAsync(buffer);
            buffer.AsSpan().Fill(0xEE);
        }

        Check.Bytes(expected, await theirs.ReadAsync(expected.Length, Stop));
    }

    [Requirement("TOE-STRM-011", "A send of nothing changes nothing.", Source = "IToeAdapterSocket.TrySend", Needs = AdapterFeatures.ActiveOpen)]
    public async Task SendingNothing_ChangesNothing()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        Check.That(ours.Polled.TrySend([], out var bytes) is IoStatus.Done or IoStatus.WouldBlock, "it failed");
        Check.Equal(0, bytes);
        await ours.SendAsync("x"u8.ToArray());
        Check.Text("x", await theirs.ReadAsync(1, Stop));
    }

    [Requirement("TOE-STRM-012", "Both directions run at the same time, and neither waits for the other.", Source = "IToeAdapterSocket.TrySend", Covers = ["IToeAdapterSocket.TryReceive"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Directions_AreIndependent()
    {
        const int Size = 2 << 20;
        var (ours, theirs) = await Bench.ConnectAsync();
        var (up, down) = (new byte[Size], new byte[Size]);
        Bench.Random.NextBytes(up);
        Bench.Random.NextBytes(down);
        var atPeer = theirs.ReadAsync(Size, Stop);
        var atUs = ours.ReadAsync(Size);
        await Task.WhenAll(new[] { ours.SendAsync(up), theirs.SendAsync(down, Stop).AsTask() });
        Check.Bytes(up, await atPeer);
        Check.Bytes(down, await atUs);
    }

    [Requirement("TOE-STRM-013", "An accepted connection is the same two streams.", Source = "IAdapterListenerEvents.OnAccepted", Needs = AdapterFeatures.PassiveOpen)]
    public async Task Accepted_GoesBothWays()
    {
        var (ours, theirs) = await Bench.AcceptAsync();
        await theirs.SendAsync("to the adapter"u8.ToArray(), Stop);
        Check.Text("to the adapter", await ours.ReadAsync(14));
        await ours.SendAsync("to the peer"u8.ToArray());
        Check.Text("to the peer", await theirs.ReadAsync(11, Stop));
        await ours.CompleteSendingAsync();
        Check.Equal(0, (await theirs.ReadToEndAsync(Stop)).Length);
    }

    [Requirement("TOE-STRM-014", "Data calls never throw, on a connection that has ended neither.", Source = "IToeAdapterSocket.TryReceive", Covers = ["IToeAdapterSocket.TrySend", "IToeAdapterSocket.TryCompleteSending", "IoStatus.Failed"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task DataCalls_NeverThrow()
    {
        var (ours, _) = await Bench.ConnectAsync();
        var socket = ours.Polled;
        socket.Abort();
        Check.That(socket.TryReceive(new byte[1], out _) != IoStatus.Done, "an aborted connection gives bytes");
        socket.TrySend(new byte[1], out _);
        socket.TryCompleteSending();
        socket.Arm(Readiness.Receive | Readiness.Send);
        await socket.DisposeAsync();
        Check.That(socket.TryReceive(new byte[1], out _) != IoStatus.Done, "a disposed connection gives bytes");
        socket.TrySend(new byte[1], out _);
        socket.TryCompleteSending();
    }

    [Requirement("TOE-STRM-015", "Hundreds of questions and answers keep in step.", Source = "IToeAdapterSocket.TrySend", Covers = ["IToeAdapterSocket.TryReceive"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Questions_AreAnswered()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        for (var i = 0; i < 300; i++)
        {
            await ours.SendAsync(new[] { (byte)i, (byte)(i >> 8) });
            Check.Bytes([(byte)i, (byte)(i >> 8)], await theirs.ReadAsync(2, Stop));
            await theirs.SendAsync(new[] { (byte)~i }, Stop);
            Check.Bytes([(byte)~i], await ours.ReadAsync(1));
        }
    }

    [Requirement("TOE-STRM-016", "Both sides may end their streams at the same time, and each reads the other's to its end.", Source = "RFC 9293 §3.6", Covers = ["IToeAdapterSocket.TryCompleteSending"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task Ends_MayMeet()
    {
        for (var i = 0; i < 10; i++)
        {
            var (ours, theirs) = await Bench.ConnectAsync();
            await Task.WhenAll(
                Task.Run(async () => { await ours.SendAsync("from us"u8.ToArray()); await ours.CompleteSendingAsync(); }),
                Task.Run(async () => { await theirs.SendAsync("from them"u8.ToArray(), Stop); await theirs.CompleteSendingAsync(Stop); }));
            Check.Text("from them", await ours.ReadToEndAsync());
            Check.Text("from us", await theirs.ReadToEndAsync(Stop));
            Check.Equal(0, ours.Events.Closed.Count);
        }
    }

    [Requirement("TOE-STRM-017", "A stream that ends without a byte is an empty stream.", Source = "IoStatus.EndOfStream", Covers = ["IToeAdapterSocket.TryCompleteSending"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task EmptyStreams_AreEmpty()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        await ours.CompleteSendingAsync();
        Check.Equal(0, (await theirs.ReadToEndAsync(Stop)).Length);
        await theirs.CompleteSendingAsync(Stop);
        Check.Equal(0, (await ours.ReadToEndAsync()).Length);
    }
}
