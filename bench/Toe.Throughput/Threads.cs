using System.Runtime.InteropServices;

namespace Toe.Throughput;

/// <summary>Threads of our own, and on which CPU they run.</summary>
internal static unsafe partial class Threads
{
    private const int MaskBytes = 128; // CPU_SETSIZE / 8, sched.h

    public static Thread Start(string name, Action work)
    {
        var thread = new Thread(() => work()) { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }

    /// <summary>Keeps the calling thread on one CPU. Never the main thread: new threads inherit its mask.</summary>
    /// <param name="cpu">The CPU's number; where there are fewer, the last one.</param>
    public static void Pin(int cpu)
    {
        var mask = stackalloc byte[MaskBytes];
        new Span<byte>(mask, MaskBytes).Clear();
        cpu = Math.Min(cpu, Environment.ProcessorCount - 1);
        mask[cpu / 8] = (byte)(1 << (cpu % 8));
        if (sched_setaffinity(0, MaskBytes, mask) != 0)
            throw new InvalidOperationException("sched_setaffinity: " + Marshal.GetLastPInvokeErrorMessage());
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_setaffinity(int thread, nint size, byte* mask);
}
