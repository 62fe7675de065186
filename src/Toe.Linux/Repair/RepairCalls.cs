using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>The C library calls that moving a TCP connection takes beside those of every descriptor. Every call sets the last P/Invoke error.</summary>
internal static unsafe partial class RepairCalls
{
    internal const int SocketStream = 1; // SOCK_STREAM, linux/net.h
    internal const int Peek = 0x2; // MSG_PEEK, linux/socket.h
    internal const int DoNotWait = 0x40; // MSG_DONTWAIT
    internal const int NoSignal = 0x4000; // MSG_NOSIGNAL
    internal const int ShutdownSend = 1; // SHUT_WR, linux/net.h

    internal const nuint UnacknowledgedBytes = 0x5411; // SIOCOUTQ, linux/sockios.h: a FIN counts as one
    internal const nuint UnsentBytes = 0x894B; // SIOCOUTQNSD: a FIN counts as one
    internal const nuint UnreadBytes = 0x541B; // SIOCINQ: a FIN does not count

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int bind(SafeHandle descriptor, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int connect(SafeHandle descriptor, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getpeername(SafeHandle descriptor, byte* address, uint* length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getsockopt(SafeHandle descriptor, int level, int name, void* value, uint* length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setsockopt(SafeHandle descriptor, int level, int name, void* value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(SafeHandle descriptor, nuint request, void* argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint recv(SafeHandle descriptor, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint send(SafeHandle descriptor, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int shutdown(SafeHandle descriptor, int how);
}
