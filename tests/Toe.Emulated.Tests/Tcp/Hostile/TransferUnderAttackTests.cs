using Toe.Emulated.Tcp;

namespace Toe.Emulated.Tests.Tcp.Hostile;

/// <summary>A transfer over a bad line while somebody beside the path forges segments of its tuple: it arrives whole, in bounded time and memory.</summary>
public sealed class TransferUnderAttackTests
{
    private const int Total = 150_000;

    [Theory, Trait("RFC", "5961; 7323 5.3; 9293 3.10.7.4")]
    [InlineData(true)]
    [InlineData(false)]
    public void ForgedSegments_NeitherEndNorCorruptNorStallIt(bool timestamps)
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var options = new TcpSocketOptions { Timestamps = timestamps, ReceiveBufferSize = 65_536 };
            var pair = new SimulatedPair(seed, options, options) { Loss = 0.01, MaximumDelay = 15 };
            var attacker = new Attacker(pair, seed);
            var received = Transfer(pair, attacker);

            Assert.Equal(Content(), received);
            Assert.True(pair.Now < TimeSpan.FromMinutes(2), $"seed {seed}: took until {pair.Now}");
            Assert.InRange(pair.ServerEngine.Buffers.Used + pair.ClientEngine.Buffers.Used, 0, 16 * SlabPool.DefaultSlabSize);
            Assert.True(attacker.Forged > 1000);
            // What it drew from both ends beside the transfer: challenges, limited.
            Assert.InRange(pair.ClientEngine.Statistics.ChallengeAcks + pair.ServerEngine.Statistics.ChallengeAcks, 0, 40 + 4 * (long)pair.Now.TotalSeconds);
        }
    }

    private static List<byte> Transfer(SimulatedPair pair, Attacker attacker)
    {
        var content = Content();
        List<byte> received = [];
        var buffer = new byte[10_000];
        for (var sent = 0; received.Count < Total; attacker.Strike())
        {
            if (sent < Total && pair.Client.TrySend(content.AsSpan(sent), out var taken) == IoStatus.Done) sent += taken;
            while (pair.Server is { } server && server.TryReceive(buffer, out var got) == IoStatus.Done) received.AddRange(buffer.AsSpan(0, got));
            Assert.True(pair.Step() || received.Count == Total, $"stuck with {received.Count}");
            Assert.True(pair.ClientEvents.Closed is null && pair.ServerEvents.Closed is null, $"ended with {received.Count}");
        }
        return received;
    }

    private static byte[] Content() => Enumerable.Range(0, Total).Select(static i => (byte)(i * 31 ^ i >> 8)).ToArray();

    /// <summary>Knows addresses and ports, and guesses numbers.</summary>
    private sealed class Attacker(SimulatedPair pair, int seed)
    {
        private readonly Random _random = new(seed);

        public int Forged { get; private set; }

        /// <summary>Before the handshake is over every SYN may be the right one (RFC 9293 figure 8).</summary>
        public void Strike()
        {
            if (pair.Server is null) return;
            for (var i = 0; i < 20; i++) Forge(toServer: _random.Next(2) == 0);
        }

        private void Forge(bool toServer)
        {
            Forged++;
            var (from, to) = toServer ? (pair.Client.LocalEndPoint, pair.Client.RemoteEndPoint) : (pair.Client.RemoteEndPoint, pair.Client.LocalEndPoint);
            var segment = new TestSegment
            {
                Source = from.Address,
                Destination = to.Address,
                SourcePort = from.Port,
                DestinationPort = to.Port,
                Seq = (uint)_random.NextInt64(1L << 32),
                AckNumber = (uint)_random.NextInt64(1L << 32),
                Flags = _random.Next(5) switch { 0 => Bench.Rst, 1 => Bench.Syn, 2 => Bench.Fin | Bench.Ack, 3 => Bench.Rst | Bench.Ack, _ => Bench.Ack },
                Window = (ushort)_random.Next(65_536),
                Options = TestSegment.TimestampOption((uint)_random.NextInt64(1L << 32), (uint)_random.NextInt64(1L << 32)),
                Payload = new byte[_random.Next(3) * 700],
            };
            (toServer ? pair.ServerEngine : pair.ClientEngine).Receive(segment.ToPacket(), pair.Now);
        }
    }
}
