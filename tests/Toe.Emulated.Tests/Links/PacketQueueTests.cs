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
            var buffer = new byte[700];
            byte mark = 0;
            foreach (var step in steps)
            {
                if (step < 0)
                {
                    Assert.Equal(model.TryDequeue(out var expected), queue.TryTake(buffer, out var taken));
                    Assert.Equal(expected ?? [], buffer.AsSpan(0, taken.Length).ToArray());
                    used -= expected is null ? 0 : expected.Length + 4;
                    continue;
                }

                var packet = new byte[step];
                packet.AsSpan().Fill(mark++);
                var fits = used + step + 4 <= limit;
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
        Assert.Equal(new ReceivedPacket(3, ChecksumIsVerified: false), taken);
    }
}
