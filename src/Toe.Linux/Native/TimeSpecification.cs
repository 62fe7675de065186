using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary><c>struct timespec</c> of the 64-bit ABIs. Source: linux/time_types.h (<c>__kernel_timespec</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpecification
{
    internal long Seconds;
    internal long Nanoseconds;

    /// <summary>Zero for a negative span: poll would otherwise refuse it with EINVAL.</summary>
    internal static TimeSpecification From(TimeSpan span) => span <= TimeSpan.Zero ? default : new()
    {
        Seconds = span.Ticks / TimeSpan.TicksPerSecond,
        Nanoseconds = span.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick,
    };
}
