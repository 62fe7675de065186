using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary><c>struct pollfd</c>. Source: asm-generic/poll.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    internal const short Input = 0x0001;         // POLLIN
    internal const short Error = 0x0008;         // POLLERR
    internal const short HangUp = 0x0010;        // POLLHUP
    internal const short Invalid = 0x0020;       // POLLNVAL

    internal int Descriptor;
    internal short Events;
    internal short Returned;
}
