using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>The C library calls this assembly makes, and the constants they take. Every call sets the last P/Invoke error.</summary>
internal static unsafe partial class Libc
{
    internal const int OpenReadWrite = 0x2;             // O_RDWR, asm-generic/fcntl.h
    internal const int OpenNonBlocking = 0x800;         // O_NONBLOCK
    internal const int OpenCloseOnExec = 0x80000;       // O_CLOEXEC

    internal const int DuplicateCloseOnExec = 1030;     // F_DUPFD_CLOEXEC, linux/fcntl.h
    internal const int SetFlags = 4;                    // F_SETFL

    internal const int FamilyInternet = 2;              // AF_INET, linux/socket.h
    internal const int FamilyInternet6 = 10;            // AF_INET6
    internal const int FamilyNetlink = 16;              // AF_NETLINK
    internal const int SocketStream = 1;                // SOCK_STREAM, linux/net.h
    internal const int SocketDatagram = 2;              // SOCK_DGRAM, linux/net.h
    internal const int SocketRaw = 3;                   // SOCK_RAW
    internal const int SocketNonBlocking = 0x800;       // SOCK_NONBLOCK
    internal const int SocketCloseOnExec = 0x80000;     // SOCK_CLOEXEC
    internal const int MessageTruncated = 0x20;         // MSG_TRUNC, linux/socket.h
    internal const int LevelSocket = 1;                 // SOL_SOCKET, asm-generic/socket.h
    internal const int SocketReceiveBuffer = 8;         // SO_RCVBUF

    internal const int EventNonBlocking = 0x800;        // EFD_NONBLOCK, linux/eventfd.h
    internal const int EventCloseOnExec = 0x80000;      // EFD_CLOEXEC

    internal const nuint GetInterfaceFlags = 0x8913;            // SIOCGIFFLAGS, linux/sockios.h
    internal const nuint SetInterfaceFlags = 0x8914;            // SIOCSIFFLAGS
    internal const nuint GetInterfaceMtu = 0x8921;              // SIOCGIFMTU
    internal const nuint GetInterfaceHardwareAddress = 0x8927;  // SIOCGIFHWADDR
    internal const nuint GetInterfaceIndex = 0x8933;            // SIOCGIFINDEX
    internal const nuint GetInterfaceName = 0x8910;             // SIOCGIFNAME
    internal const nuint SetTransmitQueueLength = 0x8943;       // SIOCSIFTXQLEN
    internal const nuint TunSetInterface = 0x400454CA;          // TUNSETIFF, linux/if_tun.h
    internal const nuint TunGetInterface = 0x800454D2;          // TUNGETIFF
    internal const nuint TunGetFeatures = 0x800454CF;           // TUNGETFEATURES
    internal const nuint TunSetOffloads = 0x400454D0;           // TUNSETOFFLOAD
    internal const nuint TunSetHeaderSize = 0x400454D8;         // TUNSETVNETHDRSZ

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint readlink(string path, byte* buffer, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getrlimit(int resource, ulong* limits);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fcntl(int descriptor, int command, int value);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int dup3(int from, int to, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(FileDescriptor descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(FileDescriptor descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint readv(FileDescriptor descriptor, IoVector* vectors, int count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint writev(FileDescriptor descriptor, IoVector* vectors, int count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(FileDescriptor descriptor, nuint request, void* argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ppoll(PollDescriptor* descriptors, nuint count, TimeSpecification* timeout, void* signalMask);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int eventfd(uint initialValue, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sched_setaffinity(int thread, nuint size, byte* mask);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int bind(FileDescriptor descriptor, NetlinkAddress* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int bind(FileDescriptor descriptor, byte* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setsockopt(FileDescriptor descriptor, int level, int name, int* value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint sendto(
        FileDescriptor descriptor, byte* buffer, nuint length, int flags, NetlinkAddress* address, uint addressLength);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint recvfrom(
        FileDescriptor descriptor, byte* buffer, nuint length, int flags, NetlinkAddress* address, uint* addressLength);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint command, byte* attribute, nint length);

    /// <summary>bpf(2), for which the C library has no function: asm/unistd_64.h, asm-generic/unistd.h.</summary>
    internal static nint Bpf(int command, byte* attribute, int length) =>
        SystemCall(RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 321 : 280, command, attribute, length);

    [LibraryImport("libc")]
    internal static partial uint geteuid();
}
