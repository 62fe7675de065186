using CsCheck;
using Toe.Emulated.Links;

namespace Toe.Emulated.Tests.Links;

public sealed class FaultInjectorTests
{
    [Fact]
    public void Without_faults_packets_pass_at_once_whole_and_in_order()
    {
        using var line = new FaultInjector(LinkFaults.None);
        for (byte number = 0; number < 100; number++)
            line.Send([number], At(5));

        Assert.Equal(At(5), line.NextDelivery);
        Assert.Equal(Enumerable.Range(0, 100), TakeAll(line, At(5)).Select(packet => (int)packet[0]));
        Assert.Null(line.NextDelivery);
        Assert.Equal(new FaultStatistics(100, 100, 0, 0, 0, 0, 0), line.Statistics);
    }

    [Fact]
    public void The_same_seed_gives_the_same_faults() =>
        Gen.Select(Gen.Long, Gen.Double[0, 1], Gen.Double[0, 1]).Sample((seed, first, second) =>
        {
            var faults = new LinkFaults
            {
                Seed = seed,
                Loss = first,
                Duplication = second,
                Corruption = second,
                Reordering = first,
                Jitter = At(1),
                Delay = At(3),
                BitsPerSecond = 1_000_000,
            };
            Assert.Equal(Play(faults), Play(faults));
        }, iter: 100);

    [Fact]
    public void Raising_one_rate_does_not_change_whom_another_hits()
    {
        var alone = Play(new LinkFaults { Seed = 7, Loss = 0.2 });
        var delivered = Play(new LinkFaults { Seed = 7, Loss = 0.2, Corruption = 1 });

        Assert.Equal(alone.Count, delivered.Count);
    }

    [Fact]
    public void Rates_are_met()
    {
        using var line = new FaultInjector(new LinkFaults { Seed = 1, Loss = 0.1, Duplication = 0.2, Corruption = 0.3, Reordering = 0.4 });
        for (var number = 0; number < 10_000; number++)
            line.Send([1, 2, 3, 4], At(number));
        var taken = TakeAll(line, At(100_000)).Count;

        var statistics = line.Statistics;
        Assert.Equal(10_000, statistics.Sent);
        Assert.InRange(statistics.Lost, 900, 1100);
        Assert.InRange(statistics.Duplicated, 1650, 1950);
        Assert.InRange(statistics.Corrupted, 2500, 2900);
        Assert.InRange(statistics.Reordered, 3400, 3800);
        Assert.Equal(statistics.Sent - statistics.Lost + statistics.Duplicated, taken);
        Assert.Equal(taken, statistics.Delivered);
    }

    [Fact]
    public void Corruption_flips_one_bit_of_a_copy()
    {
        using var line = new FaultInjector(new LinkFaults { Corruption = 1 });
        byte[] packet = [0x55, 0xAA, 0, 0xFF];
        line.Send(packet, At(0));
        line.Send([], At(0));

        var taken = TakeAll(line, At(0));

        Assert.Equal([0x55, 0xAA, 0, 0xFF], packet);
        Assert.Equal(1, packet.Zip(taken[0], (sent, got) => System.Numerics.BitOperations.PopCount((uint)(sent ^ got))).Sum());
        Assert.Empty(taken[1]);
        Assert.Equal(1, line.Statistics.Corrupted);
    }

    [Fact]
    public void A_reordered_packet_is_passed_by_later_ones()
    {
        using var line = new FaultInjector(new LinkFaults { Reordering = 1, ReorderingDelay = At(10), Delay = At(20) });
        line.Send([1], At(0));
        line.Faults = line.Faults with { Reordering = 0 };
        line.Send([2], At(5));

        Assert.Empty(TakeAll(line, At(24)));
        Assert.Equal([2], Assert.Single(TakeAll(line, At(25))));
        Assert.Equal(At(30), line.NextDelivery);
        Assert.Equal([1], Assert.Single(TakeAll(line, At(30))));
    }

    [Fact]
    public void Jitter_spreads_the_delay_and_keeps_the_order()
    {
        using var line = new FaultInjector(new LinkFaults { Seed = 3, Delay = At(50), Jitter = At(20) });
        for (byte number = 0; number < 200; number++)
            line.Send([number], At(number * 10));
        var dues = new List<TimeSpan>();
        var buffer = new byte[1];
        for (byte number = 0; number < 200; number++)
        {
            var due = line.NextDelivery!.Value;
            dues.Add(due - At(number * 10));
            Assert.True(line.TryTake(due, buffer, out _));
            Assert.Equal(number, buffer[0]);
        }

        Assert.All(dues, delay => Assert.InRange(delay, At(30), At(70)));
        Assert.True(dues.Max() - dues.Min() > At(20));
    }

    [Fact]
    public void A_rate_spaces_packets_and_bounds_the_queue()
    {
        // 1000 bytes at 8 Mbit/s take a millisecond.
        using var line = new FaultInjector(new LinkFaults { BitsPerSecond = 8_000_000, QueueBytes = 65536 });
        for (var number = 0; number < 100; number++)
            line.Send(new byte[1000], At(0));

        Assert.Equal(35, line.Statistics.QueueDropped);
        Assert.Equal(At(1), line.NextDelivery);
        Assert.Equal(10, TakeAll(line, At(10)).Count);
        Assert.Equal(55, TakeAll(line, At(65)).Count);
        // The line was idle since: nothing is saved up.
        line.Send(new byte[1000], At(500));
        Assert.Equal(At(501), line.NextDelivery);
    }

    [Theory]
    [InlineData(nameof(LinkFaults.Loss))]
    [InlineData(nameof(LinkFaults.Duplication))]
    [InlineData(nameof(LinkFaults.Corruption))]
    [InlineData(nameof(LinkFaults.Reordering))]
    public void A_share_out_of_range_is_refused_by_name(string field)
    {
        foreach (var value in (double[])[-0.01, 1.01, double.NaN, double.PositiveInfinity])
        {
            var faults = field switch
            {
                nameof(LinkFaults.Loss) => new LinkFaults { Loss = value },
                nameof(LinkFaults.Duplication) => new LinkFaults { Duplication = value },
                nameof(LinkFaults.Corruption) => new LinkFaults { Corruption = value },
                _ => new LinkFaults { Reordering = value },
            };
            Assert.Equal(field, Assert.Throws<ArgumentOutOfRangeException>(() => new FaultInjector(faults)).ParamName);
        }
    }

    [Fact]
    public void Times_rates_and_sizes_out_of_range_are_refused_by_name()
    {
        (string Field, LinkFaults Faults)[] wrong =
        [
            ("Delay", new() { Delay = At(-1) }), ("Jitter", new() { Jitter = TimeSpan.MaxValue }), ("ReorderingDelay",
                new() { ReorderingDelay = At(-1) }),
            ("BitsPerSecond", new() { BitsPerSecond = -1 }), ("QueueBytes", new() { QueueBytes = 65535 }),
        ];
        using var line = new FaultInjector(LinkFaults.None);
        foreach (var (field, faults) in wrong)
            Assert.Equal(field, Assert.Throws<ArgumentOutOfRangeException>(() => line.Faults = faults).ParamName);
    }

    [Fact]
    public void A_short_buffer_leaves_the_packet()
    {
        using var line = new FaultInjector(LinkFaults.None);
        line.Send([1, 2], At(0));

        Assert.Throws<ArgumentException>(() => line.TryTake(At(0), new byte[1], out _));

        Assert.Single(TakeAll(line, At(0)));
    }

    private static TimeSpan At(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static List<string> Play(LinkFaults faults)
    {
        using var line = new FaultInjector(faults);
        var seen = new List<string>();
        for (var number = 0; number < 200; number++)
        {
            line.Send([(byte)number, 1, 2, 3, 4, 5, 6, 7], At(number / 3));
            seen.AddRange(TakeAll(line, At(number / 3)).Select(Convert.ToHexString));
        }

        seen.AddRange(TakeAll(line, At(1000)).Select(Convert.ToHexString));
        return seen;
    }

    private static List<byte[]> TakeAll(FaultInjector line, TimeSpan now)
    {
        var buffer = new byte[2000];
        var taken = new List<byte[]>();
        while (line.TryTake(now, buffer, out var bytes))
            taken.Add(buffer[..bytes]);
        return taken;
    }
}
