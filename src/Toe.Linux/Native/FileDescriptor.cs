using Microsoft.Win32.SafeHandles;

namespace Toe.Linux;

/// <summary>An open file descriptor, closed once, by whoever owns it.</summary>
internal sealed class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    /// <summary>Takes over a descriptor; -1 stands for a failed call.</summary>
    internal FileDescriptor(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
