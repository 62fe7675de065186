using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Two engines over a line that loses, delays, reorders, doubles and corrupts: what is delivered is what was sent.</summary>
public sealed class SimulationTests
{
    [Fact]
    public void CleanLine_CarriesEverythingWithoutARetransmission()
    {
        var pair = Run(1, 0, 0, 0, 10, 10, 300_000, 200_000);
        Assert.Equal(0, pair.ClientEngine.Statistics.Retransmits + pair.ServerEngine.Statistics.Retransmits);
        Assert.InRange(pair.Sent, 500_000 / 1460, 1000);
    }

    [Theory]
    [InlineData(0.01, 0, 0, 10)]
    [InlineData(0.05, 0.02, 0.01, 30)]
    [InlineData(0.15, 0.1, 0.05, 60)]
    [InlineData(0.3, 0.1, 0.1, 20)]
    [InlineData(0, 0.3, 0, 100)]
    public void BadLine_DeliversExactlyWhatWasSent(double loss, double duplication, double corruption, int delay)
    {
        for (var seed = 0; seed < 60; seed++) Run(seed, loss, duplication, corruption, 5, 5 + delay, 40_000, 25_000);
    }

    [Theory]
    [InlineData(0, 0, 0, 10)]
    [InlineData(0.05, 0.05, 0.02, 40)]
    public void MovesAtAnyTime_LoseDoubleAndReorderNothing(double loss, double duplication, double corruption, int delay)
    {
        var moved = 0;
        for (var seed = 0; seed < 60; seed++) Run(seed, loss, duplication, corruption, 5, 5 + delay, 40_000, 25_000, moved: () => moved++);
        Assert.InRange(moved, 600, int.MaxValue);
    }

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(0.05, 0.02, 0.01, 30)]
    [InlineData(0.2, 0.1, 0.05, 60)]
    public void PacketsCutByTheLine_DeliverExactlyWhatWasSent(double loss, double duplication, double corruption, int delay)
    {
        for (var seed = 0; seed < 60; seed++) Run(seed, loss, duplication, corruption, 5, 5 + delay, 80_000, 45_000, offload: true);
    }

    private static SimulatedPair Run(int seed, double loss, double duplication, double corruption, int minimum, int maximum, int up, int down,
        bool offload = false, Action? moved = null)
    {
        var random = new Random(seed);
        TcpSocketOptions Socket() => new()
        {
            SendBufferSize = seed == 1 ? 1 << 16 : 1 << random.Next(8, 17),
            ReceiveBufferSize = seed == 1 ? 1 << 16 : random.Next(100, 1 << 17),
            NoDelay = random.Next(2) == 0,
            Timestamps = random.Next(2) == 0,
            WindowScaling = random.Next(2) == 0,
            UserTimeout = TimeSpan.FromHours(2),
            ConnectTimeout = TimeSpan.FromHours(1),
        };
        var pair = new SimulatedPair(seed, Socket(), Socket(), v6: seed % 2 == 0, offload)
        {
            Loss = loss,
            Duplication = duplication,
            Corruption = corruption,
            MinimumDelay = minimum,
            MaximumDelay = maximum,
        };
        var client = new Application(seed + 1000, up);
        var server = new Application(seed + 2000, down);
        var where = $"seed {seed} loss {loss} duplication {duplication} corruption {corruption} delay {maximum}";
        var moves = new Random(seed);
        var idle = 0;
        for (var steps = 0; !(client.IsDone(server) && server.IsDone(client)); steps++)
        {
            Assert.True(steps < 400_000, where);
            Assert.True(pair.Now < TimeSpan.FromHours(4), where);
            client.Turn(pair.Client, server, random, where);
            if (pair.Server is { } accepted) server.Turn(accepted, client, random, where);
            if (moved is not null && pair.Server is not null && moves.Next(5) == 0 && pair.Move(server: moves.Next(2) == 0)) moved();
            // With nothing on its way the applications still have what arrived to read.
            idle = pair.Step() ? 0 : idle + 1;
            Assert.True(idle < 1000, $"{where}: stuck at {pair.Now}");
        }
        while (pair.ClientEngine.Statistics.Connections + pair.ServerEngine.Statistics.Connections > 0 && pair.Step())
            Assert.True(pair.Now < TimeSpan.FromHours(6), where);
        Assert.Equal((0, 0), (pair.ClientEngine.Statistics.Connections, pair.ServerEngine.Statistics.Connections));
        pair.Client.Close();
        pair.Server!.Close();
        pair.Step();
        Assert.Equal((0, 0), (pair.ClientEngine.Buffers.Used, pair.ServerEngine.Buffers.Used));
        Assert.Null(pair.ClientEvents.Closed is { } c && c != System.Net.Sockets.SocketError.Success ? where + c : null);
        return pair;
    }

    private sealed class Application(int seed, int total)
    {
        private readonly byte[] _data = Make(seed, total);
        private int _sent;
        private int _received;
        private bool _finished;
        private bool _ended;

        public bool IsDone(Application other) => _finished && _ended && _received == other._data.Length;

        public void Turn(TcpSocket socket, Application other, Random random, string where)
        {
            if (_sent < _data.Length)
            {
                var status = socket.TrySend(_data.AsSpan(_sent, Math.Min(random.Next(1, 5000), _data.Length - _sent)), out var sent);
                Assert.True(status is IoStatus.Done or IoStatus.WouldBlock, $"{where}: {status}");
                _sent += sent;
            }
            else if (!_finished)
            {
                Assert.Equal(IoStatus.Done, socket.TryCompleteSending());
                _finished = true;
            }
            if (_ended || random.Next(3) == 0) return;
            var buffer = new byte[random.Next(1, 20_000)];
            var read = socket.TryReceive(buffer, out var got);
            Assert.True(read is IoStatus.Done or IoStatus.WouldBlock or IoStatus.EndOfStream, $"{where}: {read}");
            Assert.True(buffer.AsSpan(0, got).SequenceEqual(other._data.AsSpan(_received, got)), where);
            _received += got;
            _ended = read == IoStatus.EndOfStream;
            if (_ended) Assert.True(_received == other._data.Length, $"{where}: ended at {_received}");
        }

        private static byte[] Make(int seed, int total)
        {
            var bytes = new byte[total];
            new Random(seed).NextBytes(bytes);
            return bytes;
        }
    }
}
