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
        var bench = Accepted(new TcpEngineOptions { MaximumBufferMemory = Limit }, new TcpSocketOptions { SendBufferSize = 1 << 20, BufferAutotuning = false, Timestamps = false });
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

    [Fact]
    public void TheReceiveBuffer_GrowsWithWhatTheApplicationTakesInARoundTrip()
    {
        var bench = Accepted(socket: Tuned, options: Scaled);
        Assert.Equal(65535, bench.Socket.GetInfo().ReceiveBuffer);
        var before = bench.Socket.GetInfo().ReceiveBuffer;
        for (var round = 0; round < 10; round++)
        {
            ReceiveAWindow(bench, read: true);
            var after = bench.Socket.GetInfo().ReceiveBuffer;
            Assert.InRange(after, before, 2 * before + 1000);
            before = after;
        }
        Assert.Equal(Tuned.ReceiveBufferSize, before);
    }

    [Fact]
    public void TheReceiveBuffer_StaysSmallWhereNobodyReads()
    {
        var bench = Accepted(socket: Tuned, options: Scaled);
        for (var round = 0; round < 10; round++) ReceiveAWindow(bench, read: false);
        Assert.Equal(65535, bench.Socket.GetInfo().ReceiveBuffer);
    }

    [Fact]
    public void TheReceiveBuffer_DoesNotGrowWhereMemoryIsScarce()
    {
        var bench = Accepted(new TcpEngineOptions { MaximumBufferMemory = 2 * SlabPool.DefaultSlabSize }, Tuned, Scaled);
        bench.Write(1); // Of a slab of its own.
        for (var round = 0; round < 10; round++) ReceiveAWindow(bench, read: true);
        Assert.Equal(65535, bench.Socket.GetInfo().ReceiveBuffer);
    }

    [Fact]
    public void TheSendBuffer_IsTwiceTheCongestionWindow_UpToItsSize()
    {
        var bench = Accepted(socket: Tuned, options: Scaled);
        Assert.Equal(65535, bench.Socket.GetInfo().SendBuffer);
        var acknowledged = 0L;
        for (var round = 0; round < 12; round++)
        {
            bench.Socket.TrySend(new byte[1 << 20], out _);
            bench.Elapse(1);
            foreach (var segment in bench.Drain()) bench.Inject(TestSegment.Ack, 0, acknowledged += segment.Payload.Length);
            var info = bench.Socket.GetInfo();
            Assert.Equal(Math.Clamp(2L * info.CongestionWindow, 65535, Tuned.SendBufferSize), info.SendBuffer);
        }
        Assert.Equal(Tuned.SendBufferSize, bench.Socket.GetInfo().SendBuffer);
    }

    private static byte[] Scaled => [.. TestSegment.MssOption(1000), .. TestSegment.ScaleOption(7)];

    private static TcpSocketOptions Tuned => new() { SendBufferSize = 1 << 19, ReceiveBufferSize = 1 << 19, Timestamps = false };

    /// <summary>A round trip's worth: what the window lets the peer send, half of it at least left for the next.</summary>
    private static void ReceiveAWindow(Bench bench, bool read)
    {
        var buffer = new byte[1 << 20];
        bench.Elapse(100);
        for (var left = bench.Socket.GetInfo().ReceiveWindow; left >= 1000; left -= 1000)
        {
            bench.Inject(TestSegment.Ack, bench.Socket.GetInfo().BytesReceived, 0, Bytes(1000));
            if (read) bench.Socket.TryReceive(buffer, out _);
        }
        bench.Engine.Advance(bench.Now);
        bench.Drain();
    }
}
