using System.Collections.Concurrent;
using System.Security.Cryptography;
using Toe.Emulated.Wire;

namespace Toe.Emulated.Tests.Card;

/// <summary>Captures that begin and end while a card works.</summary>
public sealed class CardCaptureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task EveryPacket_IsShown_WhileTheCaptureRuns_AndNoneAfterwards(int shards)
    {
        await using var bench = await CardBench.CreateAsync(shards: shards);
        var (listener, events) = await bench.ListenAsync();
        var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);
        var (first, second) = (new Receiver(), new Receiver());
        var sent = RandomNumberGenerator.GetBytes(500_000);
        var moving = new MovingSocket(client, clientEvents);
        var peer = new MovingSocket(server.Socket, server.Events);

        await moving.SendAsync(new byte[] { 1 });
        await peer.ReceiveAsync(1);
        await Task.WhenAll(bench.Card.Shards.Loops.Select(static loop => loop.InvokeAsync(static _ => true)));
        var capture = (await bench.Card.StartCaptureAsync(first, Token)).Capture!;
        var other = (await bench.Card.StartCaptureAsync(second, Token)).Capture!;
        await Task.WhenAll(moving.SendAsync(sent), peer.ReceiveAsync(sent.Length));
        await capture.DisposeAsync();
        var seen = first.Packets.Count;
        await moving.SendAsync(sent.AsMemory(0, 1000));
        await peer.ReceiveAsync(1000);
        await other.DisposeAsync();

        Assert.Equal(seen, first.Packets.Count);
        Assert.Equal(sent, PayloadOf(first, isOutbound: true, sent.Length)); // The card is at both ends.
        Assert.Equal(sent, PayloadOf(first, isOutbound: false, sent.Length));
        Assert.True(second.Packets.Count > seen);
        Assert.Equal(first.Packets, second.Packets.Take(seen), static (one, two) => one.IsOutbound == two.IsOutbound && one.Bytes.SequenceEqual(two.Bytes));
    }

    [Fact]
    public async Task ACapture_OutlivesAReset_AndEndsWithTheCard()
    {
        await using var bench = await CardBench.CreateAsync();
        var packets = new Receiver();
        await using var capture = (await bench.Card.StartCaptureAsync(packets, Token)).Capture!;

        await bench.Card.ResetAsync();
        var (listener, events) = await bench.ListenAsync();
        await bench.ConnectAsync(listener, events);
        await bench.Card.DisposeAsync();
        var late = await bench.Card.StartCaptureAsync(packets, Token);

        Assert.NotEmpty(packets.Packets);
        Assert.True(late.Refusal.Is(ToeReasons.HealthRemoved));
    }

    [Fact]
    public async Task NothingIsAllocated_PerPacket()
    {
        const int Packets = 5000;
        const int Bound = Packets * 4; // The smallest object takes 24 bytes.
        await using var bench = await CardBench.CreateAsync();
        var (listener, events) = await bench.ListenAsync();
        var (client, clientEvents, server) = await bench.ConnectAsync(listener, events);
        var counter = new Counter();
        await using var capture = (await bench.Card.StartCaptureAsync(counter, Token)).Capture!;
        var least = long.MaxValue;

        // Code that is not compiled in full yet allocates what it need not; a process that begins with this test comes to that a little later.
        for (var attempt = 0; attempt < 100 && least > Bound; attempt++)
        {
            var counted = counter.Count;
            var before = await AllocatedAsync(bench);
            while (counter.Count - counted < Packets)
            {
                client.TrySend([1], out var sent);
                if (sent == 0)
                    await clientEvents.WaitAsync(client, Readiness.Send);
                server.Socket.TryReceive(new byte[1000], out _);
            }

            least = Math.Min(least, await AllocatedAsync(bench) - before);
        }

        Assert.InRange(least, 0, Bound);
    }

    private static Task<long> AllocatedAsync(CardBench bench) => bench.Card.Shards.Loops[0].InvokeAsync(static _ => GC.GetAllocatedBytesForCurrentThread());

    /// <summary>What packets of one direction carry, put together by their sequence numbers.</summary>
    private static byte[] PayloadOf(Receiver receiver, bool isOutbound, int length)
    {
        var segments = receiver.Packets.Where(packet => packet.IsOutbound == isOutbound).Select(packet =>
        {
            Assert.Equal(ParseResult.Tcp, PacketParser.Parse(packet.Bytes, checksumIsVerified: true, out var segment, out _));
            return (segment.SequenceNumber, Payload: segment.Payload.ToArray());
        }).Where(static segment => segment.Payload.Length > 0).ToList();
        var stream = new byte[length];
        foreach (var (sequence, payload) in segments)
            payload.CopyTo(stream, (int)(sequence - segments[0].SequenceNumber));
        return stream;
    }

    private sealed class Receiver : ICaptureReceiver
    {
        public ConcurrentQueue<(bool IsOutbound, byte[] Bytes)> Packets { get; } = new();

        public int MaximumPacket => int.MaxValue;

        public void Captured(bool isOutbound, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third) => Packets.Enqueue((isOutbound, [.. first, .. second, .. third]));

        public void Lost(long count) => Assert.Fail($"{count} lost");
    }

    private sealed class Counter : ICaptureReceiver
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public int MaximumPacket => int.MaxValue;

        public void Captured(bool isOutbound, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third) => Interlocked.Increment(ref _count);

        public void Lost(long count) => Assert.Fail($"{count} lost");
    }
}
