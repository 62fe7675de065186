using CsCheck;
using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp.Hostile;

/// <summary>Segments that overlap, contradict one another, or are as many and as small as can be.</summary>
public sealed class ReassemblyAttackTests
{
    private const int Stream = 3000;

    [Fact, Trait("RFC", "9293 3.10.7.4 seventh")]
    public void CopiesThatContradict_DeliverTheFirstOneOnce() =>
        Gen.Select(Gen.Int[0, Stream - 1], Gen.Int[1, 400], Gen.Byte).Array[1, 60].Sample(segments =>
        {
            var bench = Accepted();
            var expected = new byte?[Stream];
            foreach (var (start, length, content) in segments) Send(start, Math.Min(length, Stream - start), content);
            Send(0, Stream, 0xfe); // What is missing.
            Assert.Equal(expected.Select(static value => value!.Value).ToArray(), bench.ReadAll());
            Assert.Equal((Stream, 0L), (bench.Socket.GetInfo().BytesReceived, bench.Socket.GetInfo().OutOfOrderQueue));

            void Send(int start, int length, byte content)
            {
                bench.Inject(Ack, start, 0, Enumerable.Repeat(content, length).ToArray());
                for (var i = start; i < start + length; i++) expected[i] ??= content;
            }
        }, iter: 1500, threads: 1);

    [Fact, Trait("RFC", "9293 SHLD-31")]
    public void ThousandsOfSingleBytes_TakeAListOfBoundedLengthAndAnAckEach()
    {
        var bench = Accepted();
        for (var at = 1; at < 65_000; at += 2) bench.Inject(Ack, at, 0, Bytes(1));

        Assert.Equal(Reassembly.MaximumRanges, bench.Socket.GetInfo().OutOfOrderQueue);
        Assert.InRange(bench.Engine.Buffers.Used, 1, 2 * SlabPool.DefaultSlabSize);
        Assert.Equal(32_500, bench.Drain().Count);

        for (var at = 0; at < 65_000; at += 1000) bench.Inject(Ack, at, 0, Bytes(1000));
        Assert.Equal(65_000, bench.Socket.GetInfo().BytesReceived);
    }

    [Fact, Trait("RFC", "9293 SHLD-31")]
    public void BytesAtTheFarEndsOfManyWindows_StayWithinTheEnginesMemory()
    {
        var options = Options();
        options.MaximumBufferMemory = 16 * SlabPool.DefaultSlabSize;
        var bench = new Bench(options, new TcpSocketOptions { Timestamps = false, ReceiveBufferSize = 1 << 20, BufferAutotuning = false }).Listen(backlog: 100);
        for (var peer = 0; peer < 100; peer++)
        {
            TestSegment From(byte flags, uint seq, uint ack, byte[]? payload = null) =>
                bench.Packet(flags, seq, ack, payload, options: flags == Syn ? TestSegment.ScaleOption(7) : []) with { SourcePort = 3000 + peer };
            bench.Engine.Receive(From(Syn, 0, 0).ToPacket(), bench.Now);
            var answer = bench.Next();
            bench.Engine.Receive(From(Ack, 1, answer.Seq + 1).ToPacket(), bench.Now);
            for (uint slab = 0; slab < 16; slab++)
                bench.Engine.Receive(From(Ack, 2 + slab * SlabPool.DefaultSlabSize, answer.Seq + 1, Bytes(1)).ToPacket(), bench.Now);
            bench.Drain();
            Assert.InRange(bench.Engine.Buffers.Used, 0, options.MaximumBufferMemory);
        }
        Assert.InRange(bench.Engine.Statistics.BuffersExhausted, 1000, 1600);
        Assert.Equal(100, bench.Engine.Statistics.Connections);
    }

    [Fact, Trait("RFC", "9293 3.10.7.4 eighth")]
    public void FinsAllOverTheWindow_EndTheStreamOnlyAtItsEnd()
    {
        var bench = Accepted();
        for (var at = 60_000; at > 0; at -= 100) bench.Inject(Fin | Ack, at, 0);
        Assert.Equal((TcpState.Established, 0L), (bench.Socket.State, bench.Socket.GetInfo().BytesReceived));
        bench.Inject(Fin | Ack, 0, 0, Bytes(50));
        Assert.Equal(TcpState.CloseWait, bench.Socket.State);
        Assert.Equal(Bytes(50), bench.ReadAll());
    }
}
