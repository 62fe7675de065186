using System.Globalization;
using System.Runtime.Versioning;

namespace Toe.Linux;

/// <summary>On which processors a thread runs. Source: sched_setaffinity(2).</summary>
public static unsafe class ThreadAffinity
{
    /// <summary>Processors are numbered from 0 to one less than this (CPU_SETSIZE, sched.h).</summary>
    public const int MaximumProcessors = 1024;

    private const int BitsInByte = 8;

    /// <summary>Keeps the calling thread on one processor until it ends or is bound anew.</summary>
    /// <param name="processor">The processor's number, as in /proc/cpuinfo.</param>
    /// <remarks>Never for the main thread: new threads of the process start with its processors, those of the thread pool among them.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">Not a number from 0 to 1023.</exception>
    /// <exception cref="LinuxException">The machine has no such processor, or this process may not use it (EINVAL).</exception>
    [SupportedOSPlatform("linux")]
    public static void Bind(int processor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(processor);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(processor, MaximumProcessors);
        var mask = stackalloc byte[MaximumProcessors / BitsInByte];
        new Span<byte>(mask, MaximumProcessors / BitsInByte).Clear();
        mask[processor / BitsInByte] = (byte)(1 << (processor % BitsInByte));
        if (Libc.sched_setaffinity(thread: 0, MaximumProcessors / BitsInByte, mask) != 0)
            throw LinuxException.Last("sched_setaffinity to processor " + processor.ToString(CultureInfo.InvariantCulture));
    }
}
