namespace Toe.Core.Tests.Connections;

/// <summary>What a connected stream of .NET promises about reading and writing, in every overload.</summary>
public sealed class StreamReadWriteTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(Carriers))]
    public async Task EveryOverload_CarriesTheBytes(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var (stream, peer) = (pair.Stream, pair.PeerStream);
        var sends = new Func<byte[], Task>[]
        {
            bytes => stream.WriteAsync(bytes, Token).AsTask(),
            bytes => stream.WriteAsync([0, .. bytes, 0], 1, bytes.Length, Token),
            bytes => Task.Run(() => stream.Write([0, .. bytes, 0], 1, bytes.Length), Token),
            bytes => Task.Run(() => stream.Write(bytes.AsSpan()), Token),
            bytes => Task.Run(() => Array.ForEach(bytes, stream.WriteByte), Token),
            bytes => Task.Factory.FromAsync(stream.BeginWrite, stream.EndWrite, bytes, 0, bytes.Length, null),
            bytes => pair.Subject.SendAsync(bytes, Token).AsTask(),
        };
        var receives = new Func<byte[], Task<int>>[]
        {
            buffer => peer.ReadAsync(buffer, Token).AsTask(),
            buffer => peer.ReadAsync(buffer, 0, buffer.Length, Token),
            buffer => Task.Run(() => peer.Read(buffer, 0, buffer.Length), Token),
            buffer => Task.Run(() => peer.Read(buffer.AsSpan()), Token),
            buffer => Task.Run(() => peer.ReadByte() is >= 0 and var one ? (buffer[0] = (byte)one) * 0 + 1 : 0, Token),
            buffer => Task<int>.Factory.FromAsync(peer.BeginRead, peer.EndRead, buffer, 0, buffer.Length, null),
            buffer => pair.Peer.ReceiveAsync(buffer, Token).AsTask(),
        };
        byte next = 0;
        foreach (var send in sends)
        {
            foreach (var receive in receives)
            {
                byte[] bytes = [next++, next++, next++];
                await ConnectionPair.Soon(send(bytes));
                var got = new List<byte>();
                while (got.Count < bytes.Length)
                {
                    var buffer = new byte[bytes.Length - got.Count];
                    got.AddRange(buffer[..await ConnectionPair.Soon(receive(buffer))]);
                }

                Assert.Equal(bytes, got);
            }
        }
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task ReadOfNothing_WaitsForData_AndTakesNone(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var reads = new Func<Task<int>>[]
        {
            () => pair.Stream.ReadAsync(Memory<byte>.Empty, Token).AsTask(),
            () => pair.Stream.ReadAsync([], 0, 0, Token),
            () => pair.Subject.ReceiveAsync(Memory<byte>.Empty, Token).AsTask(),
            () => Task.Run(() => pair.Stream.Read([], 0, 0), Token),
            () => Task.Run(() => pair.Stream.Read(Span<byte>.Empty), Token),
        };
        foreach (var read in reads)
        {
            var waiting = read();
            Assert.False(waiting.IsCompleted);
            await pair.PeerStream.WriteAsync(new byte[] { 1, 2, 3 }, Token);
            Assert.Equal(0, await ConnectionPair.Soon(waiting));
            Assert.Equal(0, await ConnectionPair.Soon(read())); // Data is there: at once, and still nothing taken.
            var buffer = new byte[3];
            await pair.Stream.ReadExactlyAsync(buffer, Token);
            Assert.Equal([1, 2, 3], buffer);
        }

        var last = reads[0]();
        await pair.Peer.CompleteSendingAsync(Token);
        Assert.Equal(0, await ConnectionPair.Soon(last)); // The end of the stream ends the wait too.
        Assert.Equal(0, await ConnectionPair.Soon(reads[0]()));
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task WriteOfNothing_SendsNothing(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var reading = pair.Peer.ReceiveAsync(new byte[8], Token).AsTask();

        await ConnectionPair.Soon(pair.Stream.WriteAsync(ReadOnlyMemory<byte>.Empty, Token));
        await ConnectionPair.Soon(pair.Stream.WriteAsync([], 0, 0, Token));
        pair.Stream.Write([], 0, 0);
        pair.Stream.Write(ReadOnlySpan<byte>.Empty);
        await ConnectionPair.Soon(pair.Subject.SendAsync(ReadOnlyMemory<byte>.Empty, Token));
        Assert.False(reading.IsCompleted);
        await pair.Stream.WriteAsync(new byte[] { 5 }, Token);

        Assert.Equal(1, await ConnectionPair.Soon(reading));
        Assert.Equal(1, pair.Subject.GetInfo().BytesSent);
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task ReadAndWrite_RunSideBySide(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var reading = pair.Stream.ReadAsync(new byte[4], Token).AsTask();

        await ConnectionPair.Soon(pair.Stream.WriteAsync(new byte[] { 1 }, Token)); // Not held up by the read,
        Assert.Equal(1, await ConnectionPair.Soon(pair.PeerStream.ReadAsync(new byte[4], Token)));
        Assert.False(reading.IsCompleted);
        var writing = pair.Stream.WriteAsync(ConnectionPair.TooMuch, Token).AsTask();
        await pair.PeerStream.WriteAsync(new byte[] { 2 }, Token);

        Assert.Equal(1, await ConnectionPair.Soon(reading)); // nor the read by the write.
        Assert.False(writing.IsCompleted);
        pair.Subject.Abort();
        await Assert.ThrowsAsync<IOException>(() => ConnectionPair.Soon(writing));
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task SecondReadAndSecondWrite_AreRefused_AndTheFirstGoesOn(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var buffer = new byte[4];
        var reading = pair.Stream.ReadAsync(buffer, Token).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(() => pair.Stream.ReadAsync(new byte[4], Token).AsTask());
        await Assert.ThrowsAsync<InvalidOperationException>(() => pair.Subject.ReceiveAsync(Memory<byte>.Empty, Token).AsTask());
        await pair.PeerStream.WriteAsync(new byte[] { 1, 2 }, Token);
        Assert.Equal(2, await ConnectionPair.Soon(reading));
        Assert.Equal([1, 2, 0, 0], buffer);

        var large = ConnectionPair.TooMuch;
        var writing = pair.Stream.WriteAsync(large, Token).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(() => pair.Stream.WriteAsync(new byte[4], Token).AsTask());
        await Assert.ThrowsAsync<InvalidOperationException>(() => pair.Subject.CompleteSendingAsync(Token).AsTask());
        Assert.False(writing.IsCompleted);
        pair.Subject.Abort();
        await Assert.ThrowsAsync<IOException>(() => ConnectionPair.Soon(writing));
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task AsyncCallback_RunsOnce_WithItsState(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var called = new TaskCompletionSource<IAsyncResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var state = new object();

        var result = pair.Stream.BeginRead(new byte[4], 0, 4, ended => called.SetResult(ended), state);
        Assert.Same(state, result.AsyncState);
        Assert.False(result.CompletedSynchronously);
        await pair.PeerStream.WriteAsync(new byte[] { 1 }, Token);

        Assert.Same(result, await ConnectionPair.Soon(called.Task));
        Assert.True(result.AsyncWaitHandle.WaitOne(TimeSpan.FromSeconds(30)));
        Assert.Equal(1, pair.Stream.EndRead(result));
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task Continuations_KeepTheirExecutionContext_AndRunOnThePool(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var local = new AsyncLocal<int>();

        var running = Task.Run(async () =>
        {
            local.Value = 42;
            await pair.Subject.ReceiveAsync(new byte[1], Token);
            return (local.Value, Thread.CurrentThread.IsThreadPoolThread);
        }, Token);
        await pair.PeerStream.WriteAsync(new byte[] { 1 }, Token);

        Assert.Equal((42, true), await ConnectionPair.Soon(running));
    }
}
