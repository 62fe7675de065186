using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Recovery over lines that lose, reorder and double: everything arrives, and what goes again is of the order of what was lost.</summary>
public sealed class RecoverySimulationTests
{
    private const int Total = 300_000;
    private const int Seeds = 12;

    [Theory]
    [MemberData(nameof(Lines))]
    public void Line_CarriesEverythingWithFewRetransmissions(bool selective, TcpCongestionControl algorithm, double loss, double duplication,
        int jitter)
    {
        long sent = 0, again = 0, timeouts = 0;
        for (var seed = 0; seed < Seeds; seed++)
        {
            var pair = Transfer(seed, selective, algorithm, loss, duplication, jitter);
            var statistics = pair.ClientEngine.Statistics;
            sent += statistics.PacketsSent;
            again += statistics.Retransmits;
            timeouts += statistics.RetransmissionTimeouts;
        }
        var told = $"{again} of {sent} again, {timeouts} time-outs";
        // Without losses and with less jitter than a reordering window nothing need go again but what first shows that there is reordering:
        // three segments of a connection.
        var most = loss == 0 && jitter < 10 ? (jitter > 0 ? 3 * Seeds : 0) : sent * (selective ? 2 * loss + 0.02 : 4 * loss + 0.1);
        if (jitter > 20) most += sent * 0.1;
        Assert.True(again <= most, told);
        Assert.True(timeouts <= Math.Max(24, again * 0.6), told);
    }

    [Theory]
    [InlineData(TcpCongestionControl.Cubic)]
    [InlineData(TcpCongestionControl.Reno)]
    public void SelectiveAcknowledgments_RepairFasterThanDuplicates(TcpCongestionControl algorithm)
    {
        double with = 0, without = 0;
        for (var seed = 0; seed < 12; seed++)
        {
            with += Transfer(seed, true, algorithm, 0.03, 0, 0).Now.TotalSeconds;
            without += Transfer(seed, false, algorithm, 0.03, 0, 0).Now.TotalSeconds;
        }
        Assert.True(with < without, $"{with} s with, {without} s without");
    }

    public static TheoryData<bool, TcpCongestionControl, double, double, int> Lines()
    {
        var lines = new TheoryData<bool, TcpCongestionControl, double, double, int>();
        foreach (var selective in (bool[])[true, false])
            foreach (var algorithm in (TcpCongestionControl[])[TcpCongestionControl.Cubic, TcpCongestionControl.Reno])
            {
                lines.Add(selective, algorithm, 0, 0, 0);
                lines.Add(selective, algorithm, 0.01, 0, 0);
                lines.Add(selective, algorithm, 0.05, 0.02, 0);
                lines.Add(selective, algorithm, 0.2, 0.05, 0);
                lines.Add(selective, algorithm, 0.02, 0.02, 40);
                if (selective) lines.Add(selective, algorithm, 0, 0, 5);
            }
        return lines;
    }

    private static SimulatedPair Transfer(int seed, bool selective, TcpCongestionControl algorithm, double loss, double duplication, int jitter)
    {
        TcpSocketOptions Options() => new()
        {
            SelectiveAcknowledgments = selective,
            CongestionControl = algorithm,
            Timestamps = seed % 2 == 0,
            UserTimeout = TimeSpan.FromHours(2),
            ConnectTimeout = TimeSpan.FromHours(1),
        };
        var pair = new SimulatedPair(seed, Options(), Options(), v6: seed % 3 == 0)
        {
            Loss = loss,
            Duplication = duplication,
            MinimumDelay = 25,
            MaximumDelay = 25 + jitter,
        };
        var data = new byte[Total];
        new Random(seed).NextBytes(data);
        var received = new List<byte>(Total);
        var buffer = new byte[65_536];
        for (int sent = 0, steps = 0; ; steps++)
        {
            Assert.True(steps < 100_000, $"seed {seed} stands at {received.Count} at {pair.Now}");
            if (sent < Total && pair.Client.TrySend(data.AsSpan(sent), out var count) == IoStatus.Done)
            {
                sent += count;
                if (sent == Total) Assert.Equal(IoStatus.Done, pair.Client.TryCompleteSending());
            }
            if (pair.Server is { } server)
            {
                var status = server.TryReceive(buffer, out var got);
                received.AddRange(buffer.AsSpan(0, got));
                if (status == IoStatus.EndOfStream) break;
            }
            pair.Step();
        }
        Assert.True(data.AsSpan().SequenceEqual(received.ToArray()), $"seed {seed}");
        return pair;
    }
}
