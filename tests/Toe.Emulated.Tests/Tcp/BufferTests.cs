using Toe.Emulated.Tcp;
using static Toe.Emulated.Tests.Tcp.Bench;

namespace Toe.Emulated.Tests.Tcp;

/// <summary>Memory comes and goes with the bytes it keeps.</summary>
public sealed class BufferTests
{
    [Fact]
    public void ANewConnection_HoldsNoBuffer() => Assert.Equal(0, Accepted().Engine.Buffers.Used);

    [Fact]
    public void AnIdleConnection_GivesItsBuffersBack_WithinTwoSeconds()
    {
        var bench = Accepted();
        bench.Inject(TestSegment.Ack, 0, 0, Bytes(100));
        bench.Socket.TryReceive(new byte[100], out _);
        bench.Write(100);
        bench.Inject(TestSegment.Ack, 100, 100);
        Assert.InRange(bench.Engine.Buffers.Used, 1, long.MaxValue);

        bench.Elapse(2000);

        Assert.Equal(0, bench.Engine.Buffers.Used);
        bench.Inject(TestSegment.Ack, 100, 100, Bytes(3));
        Assert.Equal(IoStatus.Done, bench.Socket.TryReceive(new byte[10], out var count));
        Assert.Equal(3, count);
    }

    [Fact]
    public void UnreadBytes_StayHoweverLong()
    {
        var bench = Accepted();
        bench.Inject(TestSegment.Ack, 0, 0, Bytes(100));
        bench.Elapse(5000);
        Assert.Equal(IoStatus.Done, bench.Socket.TryReceive(new byte[200], out var count));
        Assert.Equal(100, count);
    }

    [Fact]
    public void AtTheLimit_SendsWaitAndSegmentsAreLost_UntilThereIsRoomAgain()
    {
        const int Limit = 2 * SlabPool.DefaultSlabSize;
        var bench = Accepted(new TcpEngineOptions { MaximumBufferMemory = Limit }, new TcpSocketOptions { SendBufferSize = 1 << 20, Timestamps = false });
        Assert.Equal(IoStatus.Done, bench.Socket.TrySend(Bytes(200_000), out var sent));
        Assert.Equal(Limit, sent);
        Assert.Equal(IoStatus.WouldBlock, bench.Socket.TrySend(Bytes(1), out _));
        bench.Engine.Advance(bench.Now);
        bench.Drain();

        bench.Inject(TestSegment.Ack, 0, 0, Bytes(10));
        Assert.Equal(1, bench.Engine.Statistics.BuffersExhausted);
        Assert.Equal(0, bench.Socket.GetInfo().BytesReceived);

        // The first slab is acknowledged: there is one for what the peer sends again.
        var info = bench.Socket.GetInfo();
        for (var acknowledged = 0L; acknowledged < SlabPool.DefaultSlabSize; acknowledged = Math.Min(acknowledged + 10_000, info.BytesSent))
        {
            bench.Drain();
            info = bench.Socket.GetInfo();
            bench.Inject(TestSegment.Ack, 0, Math.Min(acknowledged + 10_000, info.BytesSent));
        }
        bench.Inject(TestSegment.Ack, 0, bench.Socket.GetInfo().BytesAcknowledged, Bytes(10));
        Assert.Equal(10, bench.Socket.GetInfo().BytesReceived);
    }

    [Fact]
    public void Close_GivesBackWhatWasNotRead()
    {
        var bench = Accepted();
        bench.Inject(TestSegment.Ack, 0, 0, Bytes(100));
        bench.Close();
        Assert.Equal(0, bench.Engine.Buffers.Used);
    }

    [Fact]
    public void WhatWasReceivedBeforeAReset_CanBeRead_AndThenGoes()
    {
        var bench = Accepted();
        bench.Inject(TestSegment.Ack, 0, 0, Bytes(100));
        bench.Drain();
        bench.Inject(TestSegment.Rst, 100, 0);
        Assert.Equal(IoStatus.Done, bench.Socket.TryReceive(new byte[200], out var count));
        Assert.Equal(100, count);
        bench.Close();
        Assert.Equal(0, bench.Engine.Buffers.Used);
    }
}
