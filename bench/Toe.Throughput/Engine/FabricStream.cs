using Toe.Emulated.Links;
using Toe.Emulated.Tcp;

namespace Toe.Throughput.Engine;

/// <summary>One connection over the fabric that carries all it can, engine to engine.</summary>
internal static class FabricStream
{
    private const int BufferSize = 1024 * 1024;
    private const long Segments = 1_000_000;
    private const int Turns = 3;
    private const double Noise = 0.1; // Bytes.

    private static readonly TimeProvider Time = TimeProvider.System;

    // What a line of 20 ms needs: as much as the kernel's end may have, so that neither is held up by its buffers.
    private static TcpSocketOptions LongLine { get; } = new() { NoDelay = true };

    private static TcpSocketOptions Options { get; } = new() { NoDelay = true, SendBufferSize = BufferSize, ReceiveBufferSize = BufferSize };

    /// <summary>Gbit/s.</summary>
    /// <param name="mtu">The fabric's.</param>
    /// <param name="duration">How long.</param>
    /// <param name="faults">Of the packets that each side sends; null for none.</param>
    public static async Task<double> RateAsync(int mtu, TimeSpan duration, LinkFaults? faults)
    {
        using var pair = new FabricPair(mtu, faults is null ? Options : LongLine, faults);
        var sink = await StartAsync(pair);
        var start = Time.GetTimestamp();
        await Task.Delay(duration, Time);
        return sink.Bytes * 8e-9 / Time.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Bytes that the whole process allocates for a segment, of a million of them: the least of a few turns.</summary>
    public static async Task<double> AllocationsAsync()
    {
        using var pair = new FabricPair(1500, Options);
        await StartAsync(pair);
        await PassAsync(pair, Segments / 10); // Rings grow and methods are compiled.
        var least = double.MaxValue;
        for (var turn = 0; turn < Turns && least > Noise; turn++)
        {
            // A queue that grows does so once, and the runtime allocates now and then; what a segment allocates comes in every turn.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var segments = await PassAsync(pair, Segments);
            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)segments);
        }

        return least;
    }

    private static async Task<Sink> StartAsync(FabricPair pair)
    {
        var sink = new Sink(brake: null);
        pair.Listen(new Acceptor(() => sink));
        pair.Claim(1);
        var source = new Source(brake: null);
        pair.Connect(0, source);
        await source.Connected;
        return sink;
    }

    /// <summary>Waits until both engines together have sent that many segments more.</summary>
    private static async Task<long> PassAsync(FabricPair pair, long segments)
    {
        var before = Sent();
        while (Sent() - before < segments)
            await Task.Delay(TimeSpan.FromMilliseconds(100), Time);
        return Sent() - before;

        long Sent() => pair.Client.Statistics.PacketsSent + pair.Server.Statistics.PacketsSent;
    }
}
