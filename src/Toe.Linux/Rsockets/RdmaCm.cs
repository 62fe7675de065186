using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>The rsockets calls of librdmacm, and the constants they take. Every call sets the last P/Invoke error. Source: rdma/rsocket.h.</summary>
/// <remarks>
/// The library looks a number up without checking in rsend and rrecv: one that was never its own crashes the process. So every call but the first takes a
/// <see cref="RsocketHandle"/>, which keeps the number alive for the time of the call and never gives it away.
/// </remarks>
internal static unsafe partial class RdmaCm
{
    internal const string Library = "librdmacm.so.1";

    internal const int SocketStream = 1;            // SOCK_STREAM, without the flags that the library takes from version 63 on only
    internal const int SetFlags = 4;                // F_SETFL
    internal const int NonBlocking = 0x800;         // O_NONBLOCK
    internal const int DoNotWait = 0x40;            // MSG_DONTWAIT
    internal const int Peek = 0x2;                  // MSG_PEEK
    internal const int ShutdownSend = 1;            // SHUT_WR
    internal const int LevelSocket = 1;             // SOL_SOCKET
    internal const int LevelIp = 0;                 // IPPROTO_IP
    internal const int LevelTcp = 6;                // IPPROTO_TCP
    internal const int LevelIpv6 = 41;              // IPPROTO_IPV6
    internal const int LevelRdma = 0x10000;         // SOL_RDMA, rdma/rsocket.h
    internal const int ReceiveQueue = 1;            // RDMA_RQSIZE
    internal const int ReuseAddress = 2;            // SO_REUSEADDR
    internal const int PendingError = 4;            // SO_ERROR
    internal const int SendBuffer = 7;              // SO_SNDBUF
    internal const int ReceiveBuffer = 8;           // SO_RCVBUF
    internal const int KeepAlive = 9;               // SO_KEEPALIVE
    internal const int NoDelay = 1;                 // TCP_NODELAY
    internal const int KeepIdle = 4;                // TCP_KEEPIDLE
    internal const int TypeOfService = 1;           // IP_TOS
    internal const int OnlyIpv6 = 26;               // IPV6_V6ONLY
    internal const short PollInput = 0x1;           // POLLIN
    internal const short PollOutput = 0x4;          // POLLOUT

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rsocket(int domain, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rbind(RsocketHandle socket, byte* address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rlisten(RsocketHandle socket, int backlog);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int raccept(RsocketHandle socket, byte* address, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rconnect(RsocketHandle socket, byte* address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint rrecv(RsocketHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint rsend(RsocketHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rshutdown(RsocketHandle socket, int how);

    /// <summary>Called once for each number, by who gave it up. Answers a positive EBADF for a number that is not its own.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rclose(int socket);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rpoll(PollDescriptor* descriptors, nuint count, int milliseconds);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rgetsockname(RsocketHandle socket, byte* address, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rgetpeername(RsocketHandle socket, byte* address, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rsetsockopt(RsocketHandle socket, int level, int name, int* value, uint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rgetsockopt(RsocketHandle socket, int level, int name, int* value, uint* length);

    /// <summary>Variadic in C; an int in the third place is passed alike on x86-64 and arm64.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int rfcntl(RsocketHandle socket, int command, int value);
}
