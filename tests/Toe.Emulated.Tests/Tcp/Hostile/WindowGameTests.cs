using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp.Hostile;

/// <summary>Windows that are tiny, flap, or stay shut: few packets, and no end of the connection as long as the peer answers.</summary>
public sealed class WindowGameTests
{
    [Fact, Trait("RFC", "9293 MUST-38, 3.8.6.2.1")]
    public void WindowFlappingBetweenNothingAndAByte_DrawsFewPackets()
    {
        var bench = Accepted();
        bench.Write(50_000);
        var sent = bench.Drain().Count;
        bench.Inject(Ack, 0, 10_000, window: 0);
        var flaps = 0;
        for (; flaps < 20_000; flaps++)
        {
            bench.Inject(Ack, 0, 10_000, window: (ushort)(flaps % 2));
            bench.Elapse(1);
        }
        // Twenty seconds: the override may send a byte each 0.1 to 1 s.
        Assert.InRange(bench.Drain().Count, 0, 200);

        // It was no loss and no reason to give up: an honest window ends it.
        bench.Inject(Ack, 0, 10_000, window: 65535);
        bench.Elapse(1000);
        Assert.InRange(bench.Drain().Sum(segment => segment.Payload.Length), 1000, 40_000);
        Assert.Equal(10, sent);
    }

    [Fact, Trait("RFC", "9293 MUST-38, 3.8.6.2.1")]
    public void WindowOfOneByte_CarriesOnAtABytePerOverride()
    {
        var bench = Accepted(window: 1);
        bench.Write(20);
        var received = 0;
        var packets = 0;
        for (var second = 0; second < 60 && received < 20; second++)
        {
            foreach (var segment in bench.Drain())
            {
                packets++;
                Assert.InRange(segment.Payload.Length, 1, 1);
                received = Math.Max(received, (int)(segment.Seq - bench.EngineInitial - 1) + 1);
            }
            bench.Inject(Ack, 0, received);
            bench.Elapse(1000);
        }
        Assert.Equal(20, received);
        Assert.InRange(packets, 20, 60);
    }

    [Fact, Trait("RFC", "9293 MUST-36, MUST-37, SHLD-30")]
    public void ReaderThatNeverReads_CostsABufferAndAProbeAMinute()
    {
        var bench = Accepted(socket: new TcpSocketOptions { Timestamps = false, WindowScaling = false, BufferAutotuning = false, SendBufferSize = 65536 });
        bench.Write(65536);
        Assert.Equal(IoStatus.WouldBlock, bench.Socket.TrySend(Bytes(1), out _));
        bench.Drain();
        bench.Inject(Ack, 0, 10_000, window: 0);

        var probes = 0;
        for (var second = 0; second < 24 * 3600; second++)
        {
            bench.Elapse(1000);
            foreach (var probe in bench.Drain())
            {
                probes++;
                Assert.InRange(probe.Payload.Length, 0, 1);
                bench.Inject(Ack, 0, 10_000, window: 0);
            }
        }

        Assert.InRange(probes, 24 * 60 - 1, 24 * 60 + 20);
        Assert.Equal(TcpState.Established, bench.Socket.State);
        Assert.InRange(bench.Engine.Buffers.Used, 1, 2 * SlabPool.DefaultSlabSize);
        bench.Inject(Ack, 0, 10_000, window: 65535);
        bench.Expect(Ack, 10_000, 0, 1000);
    }

    [Fact, Trait("RFC", "9293 3.8.6, MUST-39, MUST-66")]
    public void SenderThatIgnoresOurWindow_IsAnsweredOnceEachAndStoredNowhere()
    {
        var bench = Accepted();
        for (var at = 0; at < 65_535; at += 1000) bench.Inject(Ack, at, 0, Bytes(Math.Min(1000, 65_535 - at)));
        bench.Drain();
        var used = bench.Engine.Buffers.Used;

        for (var i = 0; i < 10_000; i++) bench.Inject(Ack, 65_535 + i % 40 * 1000, 0, Bytes(1000));

        var info = bench.Socket.GetInfo();
        Assert.Equal((65_535L, 0L, used), (info.ReceiveQueue, info.OutOfOrderQueue, bench.Engine.Buffers.Used));
        Assert.All(bench.Drain(), ack => Assert.Equal((PeerInitial + 1 + 65_535, 0), (ack.AckNumber, ack.Window)));
        bench.Read(65_535);
        var update = bench.Expect(Ack, 0, 65_535);
        Assert.Equal(65_535, update.Window);
        bench.Inject(Ack, 65_535, 0, Bytes(3));
        Assert.Equal(Bytes(3), bench.ReadAll());
    }

    [Fact, Trait("RFC", "9293 MUST-39")]
    public void SenderOfSingleBytes_GetsNoWindowUpdatePerByteRead()
    {
        var bench = Accepted();
        for (var i = 0; i < 5000; i++)
        {
            bench.Inject(Ack, i, 0, Bytes(1));
            bench.Read(1);
        }
        // At the latest every second segment is acknowledged (SHLD-19); reading adds nothing.
        Assert.InRange(bench.Drain().Count, 2500, 2600);
    }
}
