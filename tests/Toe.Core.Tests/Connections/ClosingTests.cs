using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Toe.Core.Tests.Connections;

/// <summary>Dispose sends FIN, or RST over unread data; Abort sends RST; calls under way fail first, and nothing hangs.</summary>
public sealed class ClosingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(Carriers)), Trait("Requirement", "TOE-CARR-003")]
    public async Task Dispose_SendsFinBehindWhatWasSent(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var size = kind is CarrierKind.Scripted or CarrierKind.ScriptedAccepted ? 4096 : 300_000; // What fits without a reader.
        await ConnectionPair.Soon(pair.Subject.SendAsync(new byte[size], Token));

        await ConnectionPair.Soon(pair.Subject.DisposeAsync()); // Does not wait for the reader: lingers in the background.

        Assert.Equal(size, (await ConnectionPair.ReadToEndAsync(pair.Peer)).Length);
    }

    [Theory, ClassData(typeof(Carriers)), Trait("Requirement", "TOE-CARR-003")]
    public async Task DisposeOverUnreadData_SendsRst(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        await pair.Peer.SendAsync(new byte[100], Token);
        await ConnectionPair.Soon(pair.Subject.ReceiveAsync(Memory<byte>.Empty, Token));

        await ConnectionPair.Soon(pair.Subject.DisposeAsync());

        await AssertResetAsync(pair.Peer);
    }

    [Theory, ClassData(typeof(Carriers)), Trait("Requirement", "TOE-CARR-003")]
    public async Task Abort_SendsRst(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var atThePeer = pair.PeerStream.ReadAsync(new byte[4], Token).AsTask();

        pair.Subject.Abort();
        pair.Subject.Abort();

        var thrown = await Assert.ThrowsAsync<IOException>(() => ConnectionPair.Soon(atThePeer));
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(thrown.InnerException).SocketErrorCode);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pair.Subject.ReceiveAsync(new byte[1], Token).AsTask());
        await ConnectionPair.Soon(pair.Subject.DisposeAsync());
        Assert.DoesNotContain(pair.Subject, pair.Stack.Connections);
    }

    [Theory, ClassData(typeof(Carriers)), Trait("Requirement", "TOE-CARR-004")]
    public async Task ResetByThePeer_IsASocketException_WrappedByTheStream(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var reading = pair.Subject.ReceiveAsync(new byte[4], Token).AsTask();

        pair.Peer.Abort();

        var reset = await Assert.ThrowsAsync<SocketException>(() => ConnectionPair.Soon(reading));
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        var write = await Assert.ThrowsAsync<IOException>(() => pair.Stream.WriteAsync(new byte[1], Token).AsTask());
        Assert.IsType<SocketException>(write.InnerException, exactMatch: false);
        Assert.Throws<IOException>(() => pair.Stream.Write([1], 0, 1));
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task ResetByThePeer_EndsAWriteThatWaits(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var writing = pair.Subject.SendAsync(ConnectionPair.TooMuch, Token).AsTask();
        Assert.False(writing.IsCompleted);

        pair.Peer.Abort();

        var reset = await Assert.ThrowsAsync<SocketException>(() => ConnectionPair.Soon(writing));
        Assert.Contains(reset.SocketErrorCode, new[] { SocketError.ConnectionReset, SocketError.Shutdown }); // EPIPE, when the reset came before the write saw it.
    }

    [Theory, ClassData(typeof(Carriers)), Trait("Requirement", "TOE-CARR-004")]
    public async Task ResetUnderBothDirections_IsNeverTakenForTheEndOfTheStream(CarrierKind kind)
    {
        for (var round = 0; round < 20; round++)
        {
            await using var pair = await ConnectionPair.OpenAsync(kind);
            var reading = pair.Subject.ReceiveAsync(new byte[4], Token).AsTask();
            var writing = pair.Subject.SendAsync(ConnectionPair.TooMuch, Token).AsTask();

            pair.Peer.Abort();

            await Assert.ThrowsAsync<SocketException>(() => ConnectionPair.Soon(reading));
            await Assert.ThrowsAsync<SocketException>(() => ConnectionPair.Soon(writing));
            await Assert.ThrowsAsync<SocketException>(() => ConnectionPair.Soon(pair.Subject.ReceiveAsync(new byte[4], Token)));
        }
    }

    [Theory, ClassData(typeof(TcpCarriers))]
    public async Task WritingToAClosedPeer_EndsInAReset(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        await pair.Peer.DisposeAsync();

        var thrown = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (true) // The first goes out unanswered; the reset comes back at its own time.
                await ConnectionPair.Soon(pair.Subject.SendAsync(new byte[1], Token));
        });

        Assert.Contains(thrown.SocketErrorCode, new[] { SocketError.ConnectionReset, SocketError.Shutdown });
    }

    [Theory, ClassData(typeof(Carriers)), Trait("Requirement", "TOE-CARR-003")]
    public async Task Dispose_FailsCallsThatWait(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var reading = pair.Stream.ReadAsync(new byte[4], Token).AsTask();
        var writing = pair.Stream.WriteAsync(ConnectionPair.TooMuch, Token).AsTask();
        Assert.False(reading.IsCompleted || writing.IsCompleted);

        await ConnectionPair.Soon(pair.Subject.DisposeAsync());

        foreach (var call in new Task[] { reading, writing })
        {
            var thrown = await Assert.ThrowsAsync<IOException>(() => call.WaitAsync(TimeSpan.FromSeconds(30), Token)); // Failed before the close; its task may hear of it a moment later.
            Assert.Equal(SocketError.OperationAborted, Assert.IsType<SocketException>(thrown.InnerException).SocketErrorCode);
        }
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task DisposeUnderARead_StillSendsFin(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var reading = pair.Subject.ReceiveAsync(new byte[4], Token).AsTask();
        await pair.Subject.SendAsync(new byte[] { 1, 2 }, Token);

        await ConnectionPair.Soon(pair.Subject.DisposeAsync());

        await Assert.ThrowsAsync<SocketException>(() => reading);
        Assert.Equal([1, 2], await ConnectionPair.ReadToEndAsync(pair.Peer));
    }

    [Theory, ClassData(typeof(Carriers)), Trait("Requirement", "TOE-CARR-003")]
    public async Task Abort_FailsCallsThatWait(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        var reading = pair.Subject.ReceiveAsync(new byte[4], Token).AsTask();
        var writing = pair.Subject.SendAsync(ConnectionPair.TooMuch, Token).AsTask();

        await Task.Run(pair.Subject.Abort, Token);

        foreach (var call in new Task[] { reading, writing })
        {
            var thrown = await Assert.ThrowsAsync<SocketException>(() => ConnectionPair.Soon(call));
            Assert.Equal((typeof(SocketException), SocketError.OperationAborted), (thrown.GetType(), thrown.SocketErrorCode));
        }

        await ConnectionPair.Soon(pair.Subject.DisposeAsync());
        await AssertResetAsync(pair.Peer);
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task ManyClosers_AllReturn(CarrierKind kind)
    {
        for (var round = 0; round < 10; round++)
        {
            await using var pair = await ConnectionPair.OpenAsync(kind);
            var reading = pair.Subject.ReceiveAsync(new byte[4], Token).AsTask();
            using var start = new Barrier(4);
            var closers = new Action[]
            {
                () => pair.Subject.DisposeAsync().AsTask().Wait(Token),
                () => pair.Stream.Dispose(),
                round % 2 == 0 ? pair.Subject.Abort : () => pair.Stream.DisposeAsync().AsTask().Wait(Token),
                () => pair.Subject.DisposeAsync().AsTask().Wait(Token),
            };
            await ConnectionPair.Soon(Task.WhenAll(closers.Select(close => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait(Token);
                    close();
                }, Token, TaskCreationOptions.LongRunning, TaskScheduler.Default))));

            await Assert.ThrowsAnyAsync<Exception>(() => ConnectionPair.Soon(reading));
            Assert.DoesNotContain(pair.Subject, pair.Stack.Connections);
        }
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task ClosingAmidTraffic_NeitherHangsNorLeaksAnotherError(CarrierKind kind)
    {
        for (var round = 0; round < 20; round++)
        {
            await using var pair = await ConnectionPair.OpenAsync(kind);
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var traffic = new[] { SendForeverAsync(pair.Subject), ReceiveForeverAsync(pair.Subject), SendForeverAsync(pair.Peer), ReceiveForeverAsync(pair.Peer) };
            await ConnectionPair.Soon(started.Task);
            if (round % 2 == 0)
                pair.Subject.Abort();
            await ConnectionPair.Soon(pair.Subject.DisposeAsync());
            await ConnectionPair.Soon(pair.Peer.DisposeAsync());

            foreach (var end in traffic)
                Assert.True(await ConnectionPair.Soon(end) is SocketException or ObjectDisposedException or null);

            async Task<Exception?> SendForeverAsync(ToeConnection connection)
            {
                await Task.Yield();
                return await Record.ExceptionAsync(async () =>
                {
                    while (true)
                    {
                        await connection.SendAsync(new byte[1500], Token);
                        started.TrySetResult();
                    }
                });
            }

            async Task<Exception?> ReceiveForeverAsync(ToeConnection connection)
            {
                await Task.Yield();
                return await Record.ExceptionAsync(async () =>
                {
                    var buffer = new byte[4000];
                    while (await connection.ReceiveAsync(buffer, Token) > 0)
                    {
                    }
                });
            }
        }
    }

    [Theory, ClassData(typeof(Carriers))]
    public async Task Info_FollowsTheConnection(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        await pair.Subject.SendAsync(new byte[10], Token);
        await pair.Peer.SendAsync(new byte[20], Token);
        Assert.Equal(20, await pair.Stream.ReadAtLeastAsync(new byte[20], 20, cancellationToken: Token));

        var info = pair.Subject.GetInfo();

        Assert.Equal((10, 20, TcpState.Established), (info.BytesSent, info.BytesReceived, info.State));
        Assert.Equal((pair.Subject.Id, pair.Peer.LocalEndPoint, pair.Peer.RemoteEndPoint), (info.Id, info.Remote, info.Local));
        Assert.NotEqual(pair.Subject.Id, pair.Peer.Id);
        Assert.Equal(pair.Subject.Placement, info.Placement);
        await pair.Subject.DisposeAsync();
        Assert.Equal((TcpState.Closed, 10, 20), (pair.Subject.GetInfo().State, pair.Subject.GetInfo().BytesSent, pair.Subject.GetInfo().BytesReceived));
        Assert.Equal(info.Local, pair.Subject.LocalEndPoint);
    }

    [Theory, InlineData(CarrierKind.Host), InlineData(CarrierKind.HostAccepted), InlineData(CarrierKind.Fabric), InlineData(CarrierKind.FabricAccepted)]
    public async Task Info_TellsTheTcpState(CarrierKind kind)
    {
        await using var pair = await ConnectionPair.OpenAsync(kind);
        await pair.Subject.CompleteSendingAsync(Token);
        Assert.Equal(0, await ConnectionPair.Soon(pair.Peer.ReceiveAsync(new byte[1], Token)));
        Assert.Equal(TcpState.CloseWait, pair.Peer.GetInfo().State);
        await Scripted.StackBench.UntilAsync(() => pair.Subject.GetInfo().State == TcpState.FinWait2);
        await pair.Peer.SendAsync(new byte[100_000], Token);
        await pair.Stream.ReadExactlyAsync(new byte[100_000], Token);
        await Scripted.StackBench.UntilAsync(() => pair.Peer.GetInfo() is { RoundTripTime: { } time, Retransmits: >= 0 } && time > TimeSpan.Zero);
        await pair.Peer.CompleteSendingAsync(Token);
        Assert.Equal(0, await ConnectionPair.Soon(pair.Subject.ReceiveAsync(new byte[1], Token)));
        Assert.Contains(pair.Subject.GetInfo().State, new[] { TcpState.TimeWait, TcpState.Closed }); // The kernel keeps TIME-WAIT apart from the socket.
    }

    private static async Task AssertResetAsync(ToeConnection connection)
    {
        var thrown = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (await ConnectionPair.Soon(connection.ReceiveAsync(new byte[64 * 1024], Token)) > 0)
            {
                // What arrived before the reset may still be read.
            }
        });
        Assert.Equal(SocketError.ConnectionReset, thrown.SocketErrorCode);
    }
}
