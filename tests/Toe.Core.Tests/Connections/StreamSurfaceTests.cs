using System.Net.Sockets;

namespace Toe.Core.Tests.Connections;

/// <summary>The stream keeps .NET's rules for connected streams: its properties, its checks of arguments, and what it answers once disposed.</summary>
public sealed class StreamSurfaceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(Carriers))]
    public async Task Properties_AreANetworkStreams(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var stream = pair.Stream;

        Assert.Equal((true, true, false, true), (stream.CanRead, stream.CanWrite, stream.CanSeek, stream.CanTimeout));
        Assert.Throws<NotSupportedException>(() => stream.Length);
        Assert.Throws<NotSupportedException>(() => stream.Position);
        Assert.Throws<NotSupportedException>(() => stream.Position = 0);
        Assert.Throws<NotSupportedException>(() => stream.Seek(0, SeekOrigin.Begin));
        Assert.Throws<NotSupportedException>(() => stream.SetLength(1));
        stream.Flush();
        await stream.FlushAsync(Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.FlushAsync(new CancellationToken(canceled: true)));
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task Facades_AreOneInstanceEach(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);

        Assert.Same(pair.Subject.AsStream(), pair.Subject.AsStream());
        Assert.Same(pair.Subject.AsPipe(), pair.Subject.AsPipe());
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task WrongArguments_AreNamed_AndCostNothing(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var stream = pair.Stream;
        Func<byte[], int, int, int> read = stream.Read;
        var buffer = new byte[10];

        foreach (var (bytes, offset, count, name) in new (byte[]?, int, int, string)[]
            { (null, 0, 0, "buffer"), (buffer, -1, 1, "offset"), (buffer, 0, -1, "count"), (buffer, 11, 0, "count"), (buffer, 5, 6, "count"), (buffer, 0, 11, "count"), (buffer, int.MaxValue, 1, "count") })
        {
            var calls = new Action[]
            {
                () => _ = read(bytes!, offset, count),
                () => stream.Write(bytes!, offset, count),
                () => _ = stream.ReadAsync(bytes!, offset, count, Token),
                () => _ = stream.WriteAsync(bytes!, offset, count, Token),
                () => stream.EndRead(stream.BeginRead(bytes!, offset, count, null, null)),
                () => stream.EndWrite(stream.BeginWrite(bytes!, offset, count, null, null)),
            };
            foreach (var call in calls)
                Assert.Equal(name, Assert.ThrowsAny<ArgumentException>(call).ParamName);
        }

        Assert.Throws<ArgumentNullException>(() => stream.CopyTo(null!));
        await Assert.ThrowsAsync<ArgumentNullException>(() => stream.CopyToAsync(null!, Token));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.CopyTo(Stream.Null, 0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => stream.CopyToAsync(Stream.Null, -1, Token));
        Assert.Throws<NotSupportedException>(() => stream.CopyTo(new MemoryStream(buffer, writable: false)));
        var closed = new MemoryStream();
        await closed.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => stream.CopyTo(closed));
        Assert.Throws<ArgumentNullException>(() => stream.EndRead(null!));
        Assert.Throws<ArgumentNullException>(() => stream.EndWrite(null!));
        Assert.ThrowsAny<Exception>(() => stream.EndRead(Task.CompletedTask));

        await pair.PeerStream.WriteAsync(new byte[] { 1 }, Token); // All of it left the connection as it was.
        Assert.Equal(1, await ConnectionPair.Soon(stream.ReadAsync(buffer, Token)));
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task TimeOuts_BoundSynchronousCallsOnly(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var stream = pair.Stream;

        Assert.Equal((Timeout.Infinite, Timeout.Infinite), (stream.ReadTimeout, stream.WriteTimeout));
        foreach (var wrong in new[] { 0, -2, int.MinValue })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => stream.ReadTimeout = wrong);
            Assert.Throws<ArgumentOutOfRangeException>(() => stream.WriteTimeout = wrong);
        }

        (stream.ReadTimeout, stream.WriteTimeout) = (1, 2);
        Assert.Equal((1, 2), (stream.ReadTimeout, stream.WriteTimeout));

        var pending = stream.ReadAsync(new byte[1], Token).AsTask();
        var late = Assert.Throws<IOException>(() => stream.Write(ConnectionPair.TooMuch.Span)); // Ends, though the peer never reads.
        Assert.Equal(SocketError.TimedOut, Assert.IsType<SocketException>(late.InnerException).SocketErrorCode);
        Assert.False(pending.IsCompleted);
        await pair.PeerStream.WriteAsync(new byte[] { 9 }, Token);
        Assert.Equal(1, await ConnectionPair.Soon(pending));

        late = Assert.Throws<IOException>(() => stream.Read(new byte[1], 0, 1));
        Assert.Equal(SocketError.TimedOut, Assert.IsType<SocketException>(late.InnerException).SocketErrorCode);
        late = Assert.Throws<IOException>(() => stream.ReadByte());
        Assert.Equal(SocketError.TimedOut, Assert.IsType<SocketException>(late.InnerException).SocketErrorCode);
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task DisposedStream_AnswersSo_AndDisposesTheConnection(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var stream = pair.Stream;
        Assert.Contains(pair.Subject, pair.Stack.Connections);

        stream.Dispose();
        await stream.DisposeAsync();
        stream.Close();

        Assert.Equal((false, false, false), (stream.CanRead, stream.CanWrite, stream.CanSeek));
        Assert.DoesNotContain(pair.Subject, pair.Stack.Connections);
        foreach (var call in new Func<Task>[]
        {
            () => stream.ReadAsync(new byte[1], Token).AsTask(),
            () => stream.ReadAsync(Memory<byte>.Empty, Token).AsTask(),
            () => stream.ReadAsync(new byte[1], 0, 1, Token),
            () => stream.WriteAsync(new byte[1], Token).AsTask(),
            () => stream.WriteAsync(ReadOnlyMemory<byte>.Empty, Token).AsTask(),
            () => stream.WriteAsync(new byte[1], 0, 1, Token),
            () => Task.Run(() => stream.Read(new byte[1], 0, 1), Token),
            () => Task.Run(() => stream.Read(new byte[1].AsSpan()), Token),
            () => Task.Run(() => stream.ReadByte(), Token),
            () => Task.Run(() => stream.Write([1], 0, 1), Token),
            () => Task.Run(() => stream.Write([1]), Token),
            () => Task.Run(() => stream.WriteByte(1), Token),
            () => Task.Run(() => stream.CopyTo(Stream.Null), Token),
            () => Task.Run(() => stream.CopyToAsync(Stream.Null, Token), Token),
            () => Task.Factory.FromAsync(stream.BeginRead, stream.EndRead, new byte[1], 0, 1, null),
            () => Task.Factory.FromAsync(stream.BeginWrite, stream.EndWrite, new byte[1], 0, 1, null),
            () => pair.Subject.ReceiveAsync(new byte[1], Token).AsTask(),
            () => pair.Subject.SendAsync(new byte[1], Token).AsTask(),
            () => pair.Subject.CompleteSendingAsync(Token).AsTask(),
            () => pair.Subject.MoveAsync(null, Token).AsTask(),
        })
            await Assert.ThrowsAsync<ObjectDisposedException>(call);
    }
}
