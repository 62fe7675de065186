using System.Runtime.Versioning;
using Toe.Linux;

namespace Toe.Throughput;

/// <summary>Threads of our own, and on which CPU they run.</summary>
[SupportedOSPlatform("linux")]
internal static class Threads
{
    public static Thread Start(string name, Action work)
    {
        var thread = new Thread(() => work()) { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }

    /// <summary>Keeps the calling thread on one CPU. Never the main thread: new threads inherit its mask.</summary>
    /// <param name="cpu">The CPU's number; where there are fewer, the last one.</param>
    public static void Pin(int cpu) => ThreadAffinity.Bind(Math.Min(cpu, Environment.ProcessorCount - 1));
}
