using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>Blocking in ppoll(2) on one descriptor and a doorbell.</summary>
internal static unsafe class Poll
{
    /// <summary>
    /// Waits until <paramref name="descriptor"/> is readable or in error, the doorbell rings, or the time is over. A finite wait may end
    /// early when a signal arrives. A null <paramref name="descriptor"/> waits for the doorbell alone.
    /// </summary>
    /// <returns>The events poll reported for <paramref name="descriptor"/>; 0 for the doorbell and the time-out.</returns>
    internal static short Wait(FileDescriptor? descriptor, Doorbell doorbell, TimeSpan timeout)
    {
        var forEver = timeout == Timeout.InfiniteTimeSpan;
        var limit = TimeSpecification.From(timeout);
        var added = false;
        var bellAdded = false;
        try
        {
            descriptor?.DangerousAddRef(ref added);
            doorbell.Descriptor.DangerousAddRef(ref bellAdded);
            var polled = stackalloc PollDescriptor[2];
            while (true)
            {
                polled[0] = new() { Descriptor = (int)doorbell.Descriptor.DangerousGetHandle(), Events = PollDescriptor.Input };
                // A negative descriptor is ignored by poll(2).
                polled[1] = new()
                {
                    Descriptor = descriptor is null ? -1 : (int)descriptor.DangerousGetHandle(),
                    Events = PollDescriptor.Input,
                };
                var ready = Libc.ppoll(polled, 2, forEver ? null : &limit, null);
                if (ready >= 0)
                    break;
                var error = Marshal.GetLastPInvokeError();
                if (error != ErrorNumber.Interrupted)
                    throw new LinuxException("ppoll", error);
                if (!forEver)
                    return 0;
            }

            if (polled[0].Returned != 0)
                doorbell.Answer();
            return polled[1].Returned;
        }
        finally
        {
            if (added)
                descriptor!.DangerousRelease();
            if (bellAdded)
                doorbell.Descriptor.DangerousRelease();
        }
    }
}
