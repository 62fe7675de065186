using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Toe.Linux;

/// <summary>
/// Keeps a local port from the host's own sockets while somebody else's TCP uses it: a socket that is bound, and neither listens nor connects. The host
/// picks another port for its connections, and binds this one only for a socket that asks to share it (SO_REUSEADDR), as an uploaded connection's does.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed unsafe class PortReservation : IDisposable
{
    private const int LevelTcp = 6;             // IPPROTO_TCP, linux/in.h
    private const int Repair = 19;              // TCP_REPAIR, linux/tcp.h
    private const int RepairOn = 1;             // TCP_REPAIR_ON
    private const int RepairOffSilently = -1;   // TCP_REPAIR_OFF_NO_WP
    private const int ReuseAddress = 2;         // SO_REUSEADDR, asm-generic/socket.h
    private const int LevelIPv6 = 41;           // IPPROTO_IPV6, linux/in6.h
    private const int IPv6Only = 26;            // IPV6_V6ONLY

    private readonly FileDescriptor _socket;

    private PortReservation(FileDescriptor socket) => _socket = socket;

    /// <summary>Takes a port that nobody has.</summary>
    /// <param name="local">The address and port.</param>
    /// <returns>Null when the port is in use.</returns>
    /// <exception cref="LinuxException">The address is not this host's, or there are no descriptors left.</exception>
    public static PortReservation? TryTake(IPEndPoint local)
    {
        ArgumentNullException.ThrowIfNull(local);
        var socket = Create(local); // Not .NET's, which lets its sockets share ports from the beginning.
        try
        {
            if (TryBind(socket, local))
                return Shared(socket);
            var error = Marshal.GetLastPInvokeError();
            if (error != ErrorNumber.AddressInUse)
                throw new LinuxException($"bind {local}", error);
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes a port that a socket of the host has, a listener's or a connection's, and that is to stay taken when that socket goes. Needs CAP_NET_ADMIN.</summary>
    /// <param name="local">The address and port.</param>
    /// <exception cref="LinuxException">The capability is missing, or the address is not this host's.</exception>
    public static PortReservation Join(IPEndPoint local)
    {
        ArgumentNullException.ThrowIfNull(local);
        var socket = Create(local);
        try
        {
            // A socket in repair mode binds whatever others have (SK_FORCE_REUSE, net/ipv4/tcp.c).
            Set(socket, LevelTcp, Repair, RepairOn);
            if (!TryBind(socket, local))
                throw LinuxException.Last($"bind {local}");
            Set(socket, LevelTcp, Repair, RepairOffSilently);
            return Shared(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Gives the port back.</summary>
    public void Dispose() => _socket.Dispose();

    private static FileDescriptor Create(IPEndPoint local)
    {
        var isIPv6 = local.AddressFamily == AddressFamily.InterNetworkV6;
        var socket = new FileDescriptor(Libc.socket(isIPv6 ? Libc.FamilyInternet6 : Libc.FamilyInternet, Libc.SocketStream | Libc.SocketCloseOnExec, 0));
        if (socket.IsInvalid)
            throw LinuxException.Last("socket");
        if (isIPv6)
            Set(socket, LevelIPv6, IPv6Only, 1);
        return socket;
    }

    private static bool TryBind(FileDescriptor socket, IPEndPoint local)
    {
        var address = local.Serialize();
        fixed (byte* bytes = address.Buffer.Span)
            return Libc.bind(socket, bytes, (uint)address.Size) == 0;
    }

    /// <summary>Only now: while it binds, a port that somebody shares is in use all the same.</summary>
    private static PortReservation Shared(FileDescriptor socket)
    {
        Set(socket, Libc.LevelSocket, ReuseAddress, 1);
        return new PortReservation(socket);
    }

    private static void Set(FileDescriptor socket, int level, int option, int value)
    {
        if (Libc.setsockopt(socket, level, option, &value, sizeof(int)) != 0)
            throw LinuxException.Last($"setsockopt {level} {option}", option == Repair ? "It needs CAP_NET_ADMIN." : null);
    }
}
