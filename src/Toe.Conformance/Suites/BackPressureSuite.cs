namespace Toe.Conformance.Suites;

/// <summary>Buffers are finite on both sides, and one slow connection holds nobody else up.</summary>
internal sealed class BackPressureSuite : Suite
{
    private const int Bound = 256 << 20;

    [Requirement("TOE-BACK-001", "A peer that does not read makes sends block at some time: buffers are finite.", Source = "IoStatus.WouldBlock", Covers = ["IToeAdapterSocket.TrySend"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task SlowPeer_BlocksSends()
    {
        var (ours, _) = await Bench.ConnectAsync();
        await FillAsync(ours);
    }

    [Requirement("TOE-BACK-002", "When the peer reads again, sending goes on, and every byte arrives.", Source = "IToeAdapterSocket.TrySend", Covers = ["IToeAdapterSocket.Arm"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task PeerThatReadsAgain_GetsEverything()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        var filled = await FillAsync(ours);
        var reading = theirs.ReadToEndAsync(Stop);
        await ours.SendAsync("behind it"u8.ToArray());
        await ours.CompleteSendingAsync();
        var all = await reading;
        Check.Equal(filled + 9, all.Length);
        Check.Text("behind it", all[filled..]);
    }

    [Requirement("TOE-BACK-003", "An application that does not read makes the peer stop: what the adapter holds for it is bounded.", Source = "RFC 9293 §3.8.6", Covers = ["IToeAdapterSocket.TryReceive"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task SlowApplication_StopsThePeer()
    {
        var (ours, theirs) = await Bench.ConnectAsync();
        _ = ours.Polled;
        var block = new byte[1 << 20];
        var sent = 0L;
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var sending = SendAsync();
        for (var (before, quiet) = (-1L, 0); quiet < 20; quiet = before == Volatile.Read(ref sent) ? quiet + 1 : 0)
        {
            before = Volatile.Read(ref sent);
            Check.That(before < Bound, $"the adapter took {before} bytes that nobody read");
            await Bench.PassAsync(TimeSpan.FromMilliseconds(10));
        }

        theirs.Reset();
        await stopped.CancelAsync();
        await sending;

        async Task SendAsync()
        {
            try
            {
                while (!stopped.IsCancellationRequested)
                {
                    await theirs.SendAsync(block, stopped.Token);
                    Interlocked.Add(ref sent, block.Length);
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or System.Net.Sockets.SocketException or ObjectDisposedException)
            {
                // It was stopped.
            }
        }
    }

    [Requirement("TOE-BACK-004", "A connection whose peer does not read holds no other connection up.", Source = "IToeAdapterSocket.TrySend", Needs = AdapterFeatures.ActiveOpen)]
    public async Task StuckConnection_HoldsNobodyUp()
    {
        var (stuck, _) = await Bench.ConnectAsync();
        await FillAsync(stuck);
        var (ours, theirs) = await Bench.ConnectAsync();
        for (var i = 0; i < 100; i++)
        {
            await ours.SendAsync(new byte[] { (byte)i });
            Check.Bytes([(byte)i], await theirs.ReadAsync(1, Stop));
        }
    }

    [Requirement("TOE-BACK-005", "A send that would block takes nothing.", Source = "IoStatus.WouldBlock", Covers = ["IToeAdapterSocket.TrySend"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task BlockedSend_TakesNothing()
    {
        var (ours, _) = await Bench.ConnectAsync();
        await FillAsync(ours);
        for (var i = 0; i < 10; i++)
        {
            if (ours.Polled.TrySend(new byte[1000], out var bytes) == IoStatus.WouldBlock)
                Check.Equal(0, bytes);
        }
    }

    [Requirement("TOE-BACK-006", "An application that reads again gets everything that waited.", Source = "RFC 9293 §3.8.6", Covers = ["IToeAdapterSocket.TryReceive"], Needs = AdapterFeatures.ActiveOpen)]
    public async Task ApplicationThatReadsAgain_GetsEverything()
    {
        const int Size = 12 << 20;
        var (ours, theirs) = await Bench.ConnectAsync();
        var bytes = new byte[Size];
        Bench.Random.NextBytes(bytes);
        var sending = theirs.SendAsync(bytes, Stop).AsTask();
        await Bench.PassAsync(TimeSpan.FromMilliseconds(100));
        Check.Bytes(bytes, await ours.ReadAsync(Size));
        await sending;
    }

    [Requirement("TOE-BACK-007", "Connections that send at once share what there is: none gets less than a twentieth of its share.", Source = "IToeAdapterSocket.TrySend", Level = RequirementLevel.Should, Needs = AdapterFeatures.ActiveOpen)]
    public async Task Connections_ShareFairly()
    {
        const int Count = 4;
        var received = new long[Count];
        using var isOver = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var running = new List<Task>();
        for (var i = 0; i < Count; i++)
        {
            var ((ours, theirs), index) = (await Bench.ConnectAsync(), i);
            running.Add(Task.Run(() => SendAsync(ours)));
            running.Add(Task.Run(() => ReceiveAsync(theirs, index)));
        }

        await Bench.UntilAsync(() => received.All(static one => one > 0), "one of four connections passes nothing");
        var before = received.ToArray();
        await Bench.PassAsync(TimeSpan.FromMilliseconds(300));
        var passed = received.Zip(before, static (now, then) => now - then).ToArray();
        await isOver.CancelAsync();
        await Task.WhenAll(running);
        Check.That(passed.Sum() > 0 && passed.Min() >= passed.Sum() / Count / 20, $"in the same time {string.Join(", ", passed)} bytes passed");

        async Task SendAsync(TestedSocket ours)
        {
            var block = new byte[16 << 10];
            while (!isOver.IsCancellationRequested)
                await ours.SendAsync(block);
            ours.Raw.Abort();
        }

        async Task ReceiveAsync(IPeerConnection theirs, int index)
        {
            var buffer = new byte[64 << 10];
            try
            {
                while (await theirs.ReceiveAsync(buffer, Stop) is > 0 and var bytes)
                    Interlocked.Add(ref received[index], bytes);
            }
            catch (System.Net.Sockets.SocketException) when (isOver.IsCancellationRequested)
            {
                // Reset, at the end.
            }
        }
    }

    /// <summary>Sends until nothing more is taken, also after a while.</summary>
    /// <returns>How many bytes were taken.</returns>
    internal static async Task<int> FillAsync(TestedSocket ours)
    {
        const int Quiet = 20;
        var (block, total) = (new byte[64 * 1024], 0);
        for (var blocked = 0; blocked < Quiet;)
        {
            var status = ours.Polled.TrySend(block, out var bytes);
            Check.That(status is IoStatus.Done or IoStatus.WouldBlock, $"behind {total} bytes a send answers {status}");
            total += bytes;
            Check.That(total < Bound, $"{total} bytes were taken, and the peer reads nothing");
            blocked = bytes > 0 ? 0 : blocked + 1;
            if (bytes == 0)
                await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System); // Whatever the provider's clock: the peer's TCP is another.
        }

        return total;
    }
}
