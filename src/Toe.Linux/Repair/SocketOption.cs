namespace Toe.Linux;

/// <summary>A socket option's name, with its level.</summary>
/// <param name="Level">The level.</param>
/// <param name="Number">The option's number.</param>
/// <param name="Name">What the kernel's header calls it.</param>
internal readonly record struct SocketOption(int Level, int Number, string Name)
{
    private const int Socket = 1; // SOL_SOCKET, asm-generic/socket.h
    private const int Tcp = 6; // IPPROTO_TCP, linux/in.h

    internal static SocketOption ReuseAddress { get; } = new(Socket, 2, "SO_REUSEADDR"); // asm-generic/socket.h

    internal static SocketOption SendBuffer { get; } = new(Socket, 7, "SO_SNDBUF");

    internal static SocketOption ReceiveBuffer { get; } = new(Socket, 8, "SO_RCVBUF");

    internal static SocketOption KeepAlive { get; } = new(Socket, 9, "SO_KEEPALIVE");

    internal static SocketOption AttachFilter { get; } = new(Socket, 26, "SO_ATTACH_FILTER");

    internal static SocketOption DetachFilter { get; } = new(Socket, 27, "SO_DETACH_FILTER");

    internal static SocketOption ForceSendBuffer { get; } = new(Socket, 32, "SO_SNDBUFFORCE");

    internal static SocketOption ForceReceiveBuffer { get; } = new(Socket, 33, "SO_RCVBUFFORCE");

    internal static SocketOption AttachProgram { get; } = new(Socket, 50, "SO_ATTACH_BPF");

    internal static SocketOption BufferLock { get; } = new(Socket, 72, "SO_BUF_LOCK");

    internal static SocketOption NoDelay { get; } = new(Tcp, 1, "TCP_NODELAY"); // linux/tcp.h

    internal static SocketOption MaximumSegment { get; } = new(Tcp, 2, "TCP_MAXSEG");

    internal static SocketOption Info { get; } = new(Tcp, 11, "TCP_INFO");

    internal static SocketOption UserTimeout { get; } = new(Tcp, 18, "TCP_USER_TIMEOUT");

    internal static SocketOption Repair { get; } = new(Tcp, 19, "TCP_REPAIR");

    internal static SocketOption RepairQueue { get; } = new(Tcp, 20, "TCP_REPAIR_QUEUE");

    internal static SocketOption QueueSequence { get; } = new(Tcp, 21, "TCP_QUEUE_SEQ");

    internal static SocketOption RepairOptions { get; } = new(Tcp, 22, "TCP_REPAIR_OPTIONS");

    internal static SocketOption Timestamp { get; } = new(Tcp, 24, "TCP_TIMESTAMP");

    internal static SocketOption RepairWindow { get; } = new(Tcp, 29, "TCP_REPAIR_WINDOW");

    internal static SocketOption TypeOfService { get; } = new(0, 1, "IP_TOS"); // linux/in.h

    internal static SocketOption TrafficClass { get; } = new(41, 67, "IPV6_TCLASS"); // linux/in6.h
}
