using CsCheck;
using Toe.Emulated.Tcp;
using Toe.Testing;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>No input throws, and the books still balance afterwards. CsCheck prints the seed of a failure.</summary>
public sealed class RobustnessTests
{
    [Fact]
    public void RandomBytes_NeverThrow()
    {
        var bench = Accepted();
        Gen.Byte.Array[0, 120].Sample(bytes =>
        {
            bench.Engine.Receive(bytes, bench.Now);
            if (bytes.Length > 0)
            {
                bytes[0] = (byte)(bytes[0] % 2 == 0 ? 0x45 : 0x60);
                bench.Engine.Receive(bytes, bench.Now);
            }
            bench.Drain();
        }, iter: 20_000, threads: 1);
    }

    [Fact]
    public void MutatedPackets_NeverThrow() =>
        Gen.Select(Gen.Int[0, 10_000], Gen.Int[0, 59], Gen.Byte, Gen.Int[0, 60], Gen.Bool).Sample((seed, at, value, cut, v6) =>
        {
            var bench = Accepted(socket: new TcpSocketOptions(), v6: v6,
                options: [.. TestSegment.MssOption(1000), .. TestSegment.ScaleOption(7)]);
            var packet = bench.Packet((byte)seed, PeerInitial + 1, bench.EngineInitial + 1, Bytes(seed % 30),
                options: Bytes(seed % 9 * 4, (byte)seed)).ToPacket();
            packet[at % packet.Length] = value;
            bench.Engine.Receive(packet, bench.Now);
            bench.Engine.Receive(packet.AsSpan(0, Math.Max(0, packet.Length - cut)), bench.Now);
            bench.Engine.Advance(bench.Now + TimeSpan.FromSeconds(1));
            bench.Drain();
        }, iter: 5_000, threads: 1);

    [Fact]
    public void RandomSegmentsNearTheWindow_NeverBreakTheInvariants() =>
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Bool).Sample((seed, timestamps) =>
        {
            var random = new Random(seed);
            var options = new TcpSocketOptions
            {
                ReceiveBufferSize = random.Next(1, 5000),
                SendBufferSize = 1 << random.Next(0, 14),
                Timestamps = timestamps,
            };
            var bench = Accepted(socket: options,
                options: timestamps ? TestSegment.TimestampOption(9, 0) : TestSegment.MssOption(random.Next(65536)),
                each: timestamps ? () => TestSegment.TimestampOption(9, 0) : null);
            bench.Listener.Stop(); // No second connection: a SYN finds nobody.
            long edge = 0;
            for (var i = 0; i < 200; i++)
            {
                switch (random.Next(8))
                {
                    case 0: bench.Socket.TrySend(Bytes(random.Next(1, 3000)), out _); bench.Engine.Advance(bench.Now); break;
                    case 1: bench.Socket.TryReceive(new byte[random.Next(1, 3000)], out _); bench.Engine.Advance(bench.Now); break;
                    case 2: bench.Elapse(random.Next(3000)); break;
                    case 3 when random.Next(20) == 0: bench.Finish(); break;
                    case 4 when random.Next(60) == 0: bench.Close(); break;
                    default:
                        var flags = random.Next(30) switch { 0 => Rst, 1 => Syn, 2 => (byte)(Fin | Ack), 3 => (byte)(Ack | Urg), _ => Ack };
                        var info = bench.Socket.GetInfo();
                        bench.Inject(flags, info.BytesReceived + random.Next(-50, 3000), info.BytesAcknowledged + random.Next(-10, 2000),
                            Bytes(random.Next(0, 1500)), (ushort)(random.Next(4) == 0 ? random.Next(3) : random.Next(65536)),
                            urgent: (ushort)random.Next(9));
                        break;
                }
                foreach (var segment in bench.Drain())
                {
                    if (segment.Is(Rst) || segment.Is(Rst | Ack)) continue;
                    var right = (long)(segment.AckNumber - PeerInitial - 1) + segment.Window;
                    Assert.True(right >= edge || bench.Socket.State != TcpState.Established,
                        $"window moved back: {right} < {edge}, {segment}");
                    edge = Math.Max(edge, right);
                    Assert.True(segment.Window <= options.ReceiveBufferSize);
                }
                var after = bench.Socket.GetInfo();
                Assert.True(after.BytesAcknowledged <= after.BytesSent);
                Assert.True(after.ReceiveQueue + after.OutOfOrderQueue <= options.ReceiveBufferSize, "more held than offered");
            }
            bench.Socket.Abort();
            bench.Engine.Advance(bench.Now);
            bench.Elapse(120_000);
            Assert.Equal(0, bench.Engine.Statistics.Connections);
            Assert.Equal(0, bench.Engine.Statistics.HalfOpen);
            Assert.Equal(0, bench.Engine.Statistics.HandlerFailures);
        }, iter: 1_500, threads: 1);

    [Fact]
    public void Owner_CallingBackFromAnEvent_IsToldSo()
    {
        var bench = Accepted();
        InvalidOperationException? caught = null;
        bench.Events.Then = what =>
        {
            if (what.StartsWith("ready", StringComparison.Ordinal))
                caught = Assert.Throws<InvalidOperationException>(() => bench.Engine.Advance(bench.Now));
        };
        bench.Socket.Arm(Readiness.Receive);
        bench.Inject(Ack, 0, 0, Bytes(1));
        Assert.NotNull(caught);
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new Bench(new TcpEngineOptions { Secret = new byte[3] }));
        Assert.Throws<ArgumentException>(() => new Bench(new TcpEngineOptions { MaximumTransmissionUnit = 100 }));
        Assert.Throws<ArgumentException>(() => new Bench(new TcpEngineOptions { DelayedAcknowledgement = TimeSpan.FromMilliseconds(500) }));
        Assert.Throws<ArgumentException>(() => new Bench(socket: new TcpSocketOptions { ReceiveBufferSize = 0 }).Connect());
    }

    [Fact]
    public void SteadyState_AllocatesNothing()
    {
        var pipe = new DirectPair();
        var data = new byte[8000];
        var buffer = new byte[16000];
        void Run(int segments)
        {
            var target = pipe.Segments + segments;
            while (pipe.Segments < target)
            {
                pipe.Client.TrySend(data, out _);
                pipe.Turn();
                pipe.Server!.TryReceive(buffer, out _);
                pipe.Server.Arm(Readiness.Receive);
                pipe.Turn();
            }
        }
        Run(20_000);
        Assert.Equal(0, Allocations.LeastOf(() => Run(100_000)));
        Assert.Equal(0, pipe.Client.GetInfo().Retransmits);
    }

    [Fact]
    public void Threads_ApplicationAndOwnerMeetWithoutLosingAByteOrAWakeUp()
    {
        const int Total = 3_000_000;
        var pipe = new DirectPair();
        var done = false;
        var errors = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        var owner = Start(() => { while (!Volatile.Read(ref done)) pipe.Turn(); });
        var sender = Start(() => Pump(pipe.Client, pipe.ClientEvents));
        var receiver = Start(() => Drain(pipe.Server!, pipe.ServerEvents));
        Assert.True(sender.Join(TimeSpan.FromSeconds(30)), "sender");
        Assert.True(receiver.Join(TimeSpan.FromSeconds(30)), "receiver");
        Volatile.Write(ref done, true);
        Assert.True(owner.Join(TimeSpan.FromSeconds(10)));
        Assert.Empty(errors);

        Thread Start(Action body)
        {
            var thread = new Thread(() =>
            {
                try { body(); }
                catch (Exception e) { errors.Enqueue(e); }
            });
            thread.Start();
            return thread;
        }

        static void Pump(TcpSocket socket, SignalEvents events)
        {
            var chunk = new byte[7001];
            for (var sent = 0; sent < Total;)
            {
                var count = Math.Min(chunk.Length, Total - sent);
                for (var i = 0; i < count; i++) chunk[i] = (byte)((sent + i) * 31 >> 3);
                for (var at = 0; at < count;)
                {
                    if (socket.TrySend(chunk.AsSpan(at, count - at), out var taken) == IoStatus.WouldBlock)
                    {
                        socket.Arm(Readiness.Send);
                        Assert.True(events.Send.WaitOne(TimeSpan.FromSeconds(20)), "no room for ever");
                    }
                    at += taken;
                }
                sent += count;
            }
            socket.TryCompleteSending();
        }

        static void Drain(TcpSocket socket, SignalEvents events)
        {
            var buffer = new byte[5003];
            for (var received = 0; ;)
            {
                var status = socket.TryReceive(buffer, out var got);
                for (var i = 0; i < got; i++) Assert.Equal((byte)((received + i) * 31 >> 3), buffer[i]);
                received += got;
                if (status == IoStatus.EndOfStream)
                {
                    Assert.Equal(Total, received);
                    return;
                }
                if (status != IoStatus.WouldBlock) continue;
                socket.Arm(Readiness.Receive);
                Assert.True(events.Receive.WaitOne(TimeSpan.FromSeconds(20)), $"nothing for ever after {received}");
            }
        }
    }
}
