using CsCheck;
using Toe.Emulated.Links;

namespace Toe.Emulated.Tests.Links;

public sealed class PacketQueueTests
{
    [Fact]
    public void Is_a_bounded_queue_whatever_the_sizes() =>
        Gen.Int[-1, 700].Array[0, 300].Sample(steps =>
        {
            const int limit = 4000;
            var queue = new PacketQueue(limit);
            var model = new Queue<byte[]>();
            var used = 0;
            var held = 0; // By the packet taken last, which may still be read.
            var buffer = new byte[700];
            byte mark = 0;
            foreach (var step in steps)
            {
                if (step < 0)
                {
                    Assert.Equal(model.TryDequeue(out var expected), queue.TryTake(buffer, out var taken));
                    Assert.Equal(expected ?? [], taken.Bytes);
                    held = expected is null ? 0 : expected.Length + 4;
                    used -= held;
                    continue;
                }

                var packet = new byte[step];
                packet.AsSpan().Fill(mark++);
                var fits = used + held + step + 4 <= limit;
                Assert.Equal(fits, queue.TryAdd(packet));
                if (fits)
                {
                    model.Enqueue(packet);
                    used += step + 4;
                }
            }

            Assert.Equal(model.Count == 0, queue.IsEmpty);
        }, iter: 2000);

    [Fact]
    public void A_short_buffer_leaves_the_packet()
    {
        var queue = new PacketQueue(1000);
        queue.TryAdd([1, 2, 3]);

        Assert.Throws<ArgumentException>(() => queue.TryTake(new byte[2], out _));

        Assert.True(queue.TryTake(new byte[3], out var taken));
        Assert.Equal((ReadOnlySpan<byte>)[1, 2, 3], taken.Bytes);
        Assert.False(taken.ChecksumIsVerified);
    }

    [Fact]
    public void A_packet_that_was_taken_stays_as_it_is_while_others_are_added()
    {
        var queue = new PacketQueue(100_000);
        byte[] first = [.. Enumerable.Repeat((byte)7, 1000)];
        queue.TryAdd(first);

        Assert.True(queue.TryTake(new byte[1000], out var taken));
        while (queue.TryAdd(new byte[900]))
        {
        }

        Assert.Equal(first, taken.Bytes); // The ring has grown, and come round.
    }
}
