using System.Net.Sockets;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Connections;

/// <summary>Adapters' events come from anywhere, too often, for nothing and late: every byte still arrives once, and every wait ends.</summary>
public sealed class CarrierRaceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, InlineData(false), InlineData(true), Trait("Requirement", "TOE-FALL-009")]
    public async Task SpuriousEventsFromManyThreads_LoseAndRepeatNothing(bool inline)
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        for (var round = 0; round < 8; round++)
        {
            var adapter = new ScriptedAdapter("noisy");
            await using var bench = StackBench.Configured(new() { ["Toe:PreferInlineScheduling"] = inline.ToString() }, adapter);
            await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
            var socket = adapter.Sockets.Single();
            var peer = adapter.Peers.Take(Token);
            using var stop = new CancellationTokenSource();
            var noise = Enumerable.Range(0, 3).Select(thread => StartNoise(socket, stop, seed + round + (thread * 1000))).ToArray();
            const int Total = 60_000;

            var sums = await ConnectionPair.Soon(Task.WhenAll(
                SendAsync(connection, Total, new Random(seed + round)), DrainAsync(peer, Total),
                FeedAsync(peer, Total, new Random(seed - round)), ReceiveAsync(connection, new Random(seed + (7 * round)))));

            await stop.CancelAsync();
            await Task.Run(() => Array.ForEach(noise, thread => thread.Join()), Token); // This may be one of those threads.
            Assert.Equal((sums[0], sums[2]), (sums[1], sums[3]));
        }
    }

    [Theory]
    [InlineData("closed")]
    [InlineData("reset")]
    [InlineData("finished")]
    [InlineData("failed")]
    [InlineData("aborted")]
    [InlineData("disposed")]
    public async Task EndAgainstTheBeginningOfAWait_NeverLeavesItWaiting(string end)
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 60; round++)
        {
            var adapter = new ScriptedAdapter("ends");
            await using var bench = StackBench.Create(adapter);
            await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
            var socket = adapter.Sockets.Single();
            var peer = adapter.Peers.Take(Token);
            using var start = new Barrier(2);
            var (early, late) = (random.Next(300), random.Next(300));
            var ender = new Thread(() =>
            {
                start.SignalAndWait(Token);
                Thread.SpinWait(early);
                switch (end)
                {
                    case "closed":
                        socket.Events.OnClosed(SocketError.ConnectionReset, ToeReason.None);
                        break;
                    case "reset":
                        peer.Reset();
                        break;
                    case "finished":
                        peer.Finish();
                        break;
                    case "failed":
                        adapter.Announce(AdapterHealth.Failed);
                        break;
                    case "aborted":
                        connection.Abort();
                        break;
                    default:
                        connection.DisposeAsync().AsTask().Wait(Token);
                        break;
                }
            })
            { IsBackground = true };
            ender.Start();
            start.SignalAndWait(Token);
            Thread.SpinWait(late);

            var ended = await Record.ExceptionAsync(() => ConnectionPair.Soon(connection.ReceiveAsync(new byte[4], Token).AsTask()));

            Assert.True(end switch
            {
                "finished" => ended is null,
                "failed" => ended is ToeConnectionLostException,
                "aborted" or "disposed" => ended is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted },
                _ => ended is SocketException { SocketErrorCode: SocketError.ConnectionReset },
            }, $"{end}: {ended}");
            ender.Join();
        }
    }

    [Fact]
    public async Task BytesThatComeWithTheEnd_AreReceivedBeforeIt()
    {
        var adapter = new ScriptedAdapter("ends");
        await using var bench = StackBench.Create(adapter);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var socket = adapter.Sockets.Single();
        var tries = 0;
        socket.Receiving = (Span<byte> buffer, out int bytes) =>
        {
            bytes = 0;
            switch (tries++)
            {
                case 0: // It found nothing; the last bytes and the end come before it has answered.
                    socket.Events.OnClosed(SocketError.ConnectionReset, ToeReason.None);
                    return IoStatus.WouldBlock;
                case 1:
                    (buffer[0], bytes) = (42, 1);
                    return IoStatus.Done;
                default:
                    return IoStatus.Reset;
            }
        };

        var received = new byte[4];
        Assert.Equal(1, await ConnectionPair.Soon(connection.ReceiveAsync(received, Token).AsTask()));
        Assert.Equal(42, received[0]);
        var ended = await Assert.ThrowsAnyAsync<SocketException>(() => ConnectionPair.Soon(connection.ReceiveAsync(received, Token).AsTask()));
        Assert.Equal(SocketError.ConnectionReset, ended.SocketErrorCode);
    }

    [Fact]
    public async Task EndBetweenTheLastTryAndTheWait_IsNotMissed()
    {
        var adapter = new ScriptedAdapter("ends");
        await using var bench = StackBench.Create(adapter);
        for (var round = 0; round < 3000; round++)
        {
            var connection = await bench.Stack.ConnectAsync(new ToeConnectRequest(StackBench.Elsewhere), Token);
            var socket = adapter.Sockets.Last();
            var ready = 0;
            var delay = round % 60;
            var ender = Task.Run(
                () =>
                {
                    Meet(ref ready);
                    Thread.SpinWait(delay);
                    socket.Events.OnClosed(SocketError.ConnectionReset, ToeReason.None);
                }, Token);
            Meet(ref ready);
            var receiving = connection.ReceiveAsync(new byte[4], Token).AsTask();

            await Assert.ThrowsAsync<SocketException>(() => ConnectionPair.Soon(receiving));
            await ender;
            await connection.DisposeAsync();
        }

        static void Meet(ref int ready)
        {
            Interlocked.Increment(ref ready);
            while (Volatile.Read(ref ready) < 2)
                Thread.SpinWait(1);
        }
    }

    [Fact, Trait("Requirement", "TOE-FALL-009")]
    public async Task EventsAfterTheEnd_AreHeardByNobody()
    {
        var adapter = new ScriptedAdapter("late");
        await using var bench = StackBench.Create(adapter);
        var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var socket = adapter.Sockets.Single();
        await connection.DisposeAsync();

        for (var i = 0; i < 3; i++)
        {
            socket.RaiseAnyway(events => events.OnReady(Readiness.Receive | Readiness.Send));
            socket.RaiseAnyway(events => events.OnClosed(SocketError.ConnectionReset, ToeReasons.HealthFailed));
            socket.RaiseAnyway(events => events.OnUploadWanted(ToeReasons.QualityDropRate, mandatory: true));
        }

        await adapter.Thread.DrainAsync();
        Assert.Empty(adapter.Thread.Escaped);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => connection.ReceiveAsync(new byte[1], Token).AsTask());
    }

    [Theory, InlineData(false), InlineData(true), Trait("Requirement", "TOE-FALL-010")]
    public async Task UserCode_RunsOnTheAdaptersThread_OnlyWhenAskedTo(bool inline)
    {
        var adapter = new ScriptedAdapter("thread");
        await using var bench = StackBench.Configured(new() { ["Toe:PreferInlineScheduling"] = inline.ToString() }, adapter);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        var peer = adapter.Peers.Take(Token);
        var ran = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var receiving = connection.ReceiveAsync(new byte[4], Token);
        OnCompleted(receiving, () => ran.SetResult(Thread.CurrentThread.Name));

        await peer.SendAsync(new byte[] { 1 });

        Assert.Equal(inline, await ConnectionPair.Soon(ran.Task) == "scripted adapter");
        Assert.Equal(1, await receiving);
    }

    private static Thread StartNoise(ScriptedSocket socket, CancellationTokenSource stop, int seed)
    {
        var thread = new Thread(() =>
        {
            var random = new Random(seed);
            while (!stop.IsCancellationRequested)
            {
                socket.Events.OnReady((Readiness)random.Next(4));
                Thread.SpinWait(random.Next(2000));
            }
        })
        { IsBackground = true };
        thread.Start();
        return thread;
    }

    private static Task<long> SendAsync(ToeConnection connection, int total, Random random) => Task.Run(async () =>
    {
        var sum = 0L;
        for (var sent = 0; sent < total;)
        {
            var part = new byte[Math.Min(total - sent, random.Next(1, 6000))];
            random.NextBytes(part);
            sum = Sum(sum, part);
            await connection.SendAsync(part, Token);
            sent += part.Length;
        }

        return sum;
    }, Token);

    private static Task<long> DrainAsync(ScriptedPeer peer, int total) => Task.Run(async () => Sum(0, await peer.ReceiveAsync(total)), Token);

    private static Task<long> FeedAsync(ScriptedPeer peer, int total, Random random) => Task.Run(async () =>
    {
        var sum = 0L;
        for (var sent = 0; sent < total;)
        {
            var part = new byte[Math.Min(total - sent, random.Next(1, 3000))];
            random.NextBytes(part);
            sum = Sum(sum, part);
            await peer.SendAsync(part);
            sent += part.Length;
        }

        peer.Finish();
        return sum;
    }, Token);

    private static Task<long> ReceiveAsync(ToeConnection connection, Random random) => Task.Run(async () =>
    {
        var sum = 0L;
        while (true)
        {
            var buffer = new byte[random.Next(1, 2000)];
            using var cancellation = new CancellationTokenSource();
            if (random.Next(4) == 0)
                cancellation.CancelAfter(TimeSpan.FromMilliseconds(1));
            try
            {
                var received = await connection.ReceiveAsync(buffer, cancellation.Token);
                if (received == 0)
                    return sum;
                sum = Sum(sum, buffer.AsSpan(0, received));
            }
            catch (OperationCanceledException)
            {
                // Nothing is lost by it.
            }
        }
    }, Token);

    private static long Sum(long sum, ReadOnlySpan<byte> bytes)
    {
        foreach (var one in bytes)
            sum = unchecked((sum * 31) + one + 1);
        return sum;
    }

    private static void OnCompleted(ValueTask<int> receiving, Action action) => receiving.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(action);
}
