using Toe.Emulated.Tcp;

namespace Toe.Throughput.Engine;

/// <summary>Many connections over the fabric that do nothing.</summary>
internal static class IdleConnections
{
    private static readonly TimeProvider Time = TimeProvider.System;

    /// <summary>Bytes of the managed heap for one end of a connection with the engine's default options.</summary>
    public static async Task<double> BytesAsync()
    {
        const int Connections = 1000;
        using var pair = new FabricPair(1500, new TcpSocketOptions());
        pair.Listen(new IdleListener());
        pair.Claim(Connections);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var kept = await OpenAsync(pair, Connections);
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(kept);
        return bytes / (2.0 * Connections);
    }

    /// <summary>Percent of a CPU that ten thousand connections use, both ends of them, when nothing happens.</summary>
    /// <param name="duration">How long they are watched.</param>
    public static async Task<double> CpuAsync(TimeSpan duration)
    {
        const int Connections = 10_000;
        const int SmallBuffer = 4096; // Buffers have no part in it.
        using var pair = new FabricPair(1500, new TcpSocketOptions { SendBufferSize = SmallBuffer, ReceiveBufferSize = SmallBuffer });
        pair.Listen(new IdleListener());
        pair.Claim(Connections);
        var kept = await OpenAsync(pair, Connections);
        GC.Collect();
        await Task.Delay(duration, Time); // What the handshakes left to do is done.
        var before = Environment.CpuUsage.TotalTime;
        var start = Time.GetTimestamp();
        await Task.Delay(duration, Time);
        var share = (Environment.CpuUsage.TotalTime - before) / Time.GetElapsedTime(start);
        GC.KeepAlive(kept);
        return 100 * share;
    }

    private static async Task<Idle[]> OpenAsync(FabricPair pair, int connections)
    {
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (ends, left) = (new Idle[connections], connections);
        for (var number = 0; number < connections; number++)
        {
            var end = ends[number] = new Idle(Connected);
            pair.Connect(number, end, socket => end.Socket = socket);
        }

        await opened.Task;
        return ends;

        void Connected()
        {
            if (Interlocked.Decrement(ref left) == 0)
                opened.SetResult();
        }
    }
}
