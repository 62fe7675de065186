using System.Runtime.InteropServices;

namespace Toe.Linux.Tests.Repair;

/// <summary>The privileges of the calling thread.</summary>
internal static partial class Capabilities
{
    /// <summary>The calling thread has none any more. For threads that end afterwards.</summary>
    public static void Drop()
    {
        Span<uint> header = [0x20080522, 0]; // _LINUX_CAPABILITY_VERSION_3, linux/capability.h; 0 is the calling thread
        Span<uint> none = [0, 0, 0, 0, 0, 0];
        if (capset(ref header[0], ref none[0]) != 0)
            throw new InvalidOperationException("capset: " + Marshal.GetLastPInvokeErrorMessage());
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int capset(ref uint header, ref uint data);
}
