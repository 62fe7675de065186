namespace Toe.Core.Tests.Connections;

/// <summary>Cancellation ends the wait and nothing else: no byte is lost and the connection lives on.</summary>
public sealed class CancellationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(Carriers))]
    public async Task CancelledBefore_DoesNothing(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var cancelled = new CancellationToken(canceled: true);
        await pair.Peer.SendAsync(new byte[] { 1, 2 }, Token);
        await ConnectionPair.Soon(pair.Subject.ReceiveAsync(Memory<byte>.Empty, Token));
        foreach (var call in new Func<Task>[]
        {
            () => pair.Stream.ReadAsync(new byte[4], cancelled).AsTask(),
            () => pair.Stream.ReadAsync(new byte[4], 0, 4, cancelled),
            () => pair.Stream.WriteAsync(new byte[4], cancelled).AsTask(),
            () => pair.Stream.WriteAsync(new byte[4], 0, 4, cancelled),
            () => pair.Subject.ReceiveAsync(new byte[4], cancelled).AsTask(),
            () => pair.Subject.ReceiveAsync(Memory<byte>.Empty, cancelled).AsTask(),
            () => pair.Subject.SendAsync(new byte[4], cancelled).AsTask(),
            () => pair.Subject.CompleteSendingAsync(cancelled).AsTask(),
            () => pair.Subject.MoveAsync(null, cancelled).AsTask(),
        })
            Assert.Equal(cancelled, (await Assert.ThrowsAnyAsync<OperationCanceledException>(call)).CancellationToken);

        Assert.Equal(2, await ConnectionPair.Soon(pair.Subject.ReceiveAsync(new byte[4], Token)));
        await pair.Subject.SendAsync(new byte[] { 9 }, Token);
        await pair.Subject.CompleteSendingAsync(Token);
        Assert.Equal([9], await ConnectionPair.ReadToEndAsync(pair.Peer));
    }

    [Theory, ClassData(typeof(Carriers)), Trait("Requirement", "TOE-TIME-004")]
    public async Task CancelledRead_LosesNothing(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var reads = new Func<CancellationToken, Task>[]
        {
            token => pair.Stream.ReadAsync(new byte[4], token).AsTask(),
            token => pair.Stream.ReadAsync(new byte[4], 0, 4, token),
            token => pair.Subject.ReceiveAsync(new byte[4], token).AsTask(),
            token => pair.Subject.ReceiveAsync(Memory<byte>.Empty, token).AsTask(),
        };
        foreach (var read in reads)
        {
            using var cancellation = new CancellationTokenSource();
            var reading = read(cancellation.Token);
            Assert.False(reading.IsCompleted);

            await cancellation.CancelAsync();

            var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ConnectionPair.Soon(reading));
            Assert.Equal(cancellation.Token, thrown.CancellationToken);
            await pair.Peer.SendAsync(new byte[] { 1, 2, 3 }, Token);
            var buffer = new byte[3];
            await pair.Stream.ReadExactlyAsync(buffer, Token);
            Assert.Equal([1, 2, 3], buffer);
        }
    }

    [Theory, ClassData(typeof(Carriers)), Trait("Requirement", "TOE-TIME-004")]
    public async Task CancelledWrite_HasSentAPrefix_AndTheNextFollowsIt(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var much = new byte[ConnectionPair.TooMuch.Length];
        for (var i = 0; i < much.Length; i += 4)
            BitConverter.TryWriteBytes(much.AsSpan(i), i);
        using var cancellation = new CancellationTokenSource();
        var writing = pair.Stream.WriteAsync(much, cancellation.Token).AsTask();
        Assert.False(writing.IsCompleted);

        await cancellation.CancelAsync();

        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ConnectionPair.Soon(writing));
        Assert.Equal(cancellation.Token, thrown.CancellationToken);
        var received = ConnectionPair.ReadToEndAsync(pair.Peer);
        await ConnectionPair.Soon(pair.Stream.WriteAsync("behind"u8.ToArray(), Token));
        await ConnectionPair.Soon(pair.Subject.CompleteSendingAsync(Token));
        var got = await received;
        Assert.Equal("behind"u8.ToArray(), got[^6..]);
        Assert.True(got.AsSpan()[..^6].SequenceEqual(much.AsSpan(0, got.Length - 6)), "Not a prefix.");
        Assert.InRange(got.Length, 7, much.Length);
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task CancellingOneDirection_LeavesTheOtherAlone(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        using var cancellation = new CancellationTokenSource();
        var reading = pair.Subject.ReceiveAsync(new byte[4], Token).AsTask();
        var writing = pair.Subject.SendAsync(ConnectionPair.TooMuch, cancellation.Token).AsTask();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ConnectionPair.Soon(writing));
        Assert.False(reading.IsCompleted);
        await pair.Peer.SendAsync(new byte[] { 1 }, Token);
        Assert.Equal(1, await ConnectionPair.Soon(reading));
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task CancellingLateOrTwice_DoesNothing(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        using var cancellation = new CancellationTokenSource();
        var reading = pair.Subject.ReceiveAsync(new byte[4], cancellation.Token).AsTask();
        await pair.Peer.SendAsync(new byte[] { 1 }, Token);
        Assert.Equal(1, await ConnectionPair.Soon(reading));

        var next = pair.Subject.ReceiveAsync(new byte[4], Token).AsTask();
        await cancellation.CancelAsync();
        await cancellation.CancelAsync();

        Assert.False(next.IsCompleted); // The token of the first call has no say in the second.
        await pair.Peer.SendAsync(new byte[] { 1 }, Token);
        Assert.Equal(1, await ConnectionPair.Soon(next));
    }

    [Theory, ClassData(typeof(Carriers)), Trait("Requirement", "TOE-TIME-004")]
    public async Task CancellationsAmongData_LoseNoByte(CarrierKind kind)
    {
        const int Seed = 20261123;
        const int Total = 200_000;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var sending = Task.Run(async () =>
        {
            var part = new byte[997];
            for (var sent = 0; sent < Total;)
            {
                var length = Math.Min(part.Length, Total - sent);
                for (var i = 0; i < length; i++)
                    part[i] = (byte)((sent + i) * 7);
                await pair.Peer.SendAsync(part.AsMemory(0, length), Token);
                sent += length;
                if (sent % 5 == 0)
                    await Task.Yield();
            }

            await pair.Peer.CompleteSendingAsync(Token);
        }, Token);

        var (got, cancelled) = (0, 0);
        var buffer = new byte[256];
        while (true)
        {
            using var cancellation = new CancellationTokenSource();
            var reading = pair.Subject.ReceiveAsync(buffer.AsMemory(0, random.Next(buffer.Length) + 1), cancellation.Token);
            if (random.Next(3) == 0)
                ThreadPool.QueueUserWorkItem(static source => Cancel(source), cancellation, preferLocal: false);
            try
            {
                var received = await ConnectionPair.Soon(reading);
                if (received == 0)
                    break;
                for (var i = 0; i < received; i++)
                    Assert.Equal((byte)((got + i) * 7), buffer[i]);
                got += received;
            }
            catch (OperationCanceledException) when (!Token.IsCancellationRequested)
            {
                cancelled++;
            }
        }

        await ConnectionPair.Soon(sending);
        Assert.Equal(Total, got);
        TestContext.Current.TestOutputHelper?.WriteLine($"{cancelled} reads cancelled");

        static void Cancel(CancellationTokenSource source)
        {
            try
            {
                source.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The read was faster.
            }
        }
    }
}
