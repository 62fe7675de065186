using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Toe.Diagnostics;

/// <summary>Who is at the other end of a file socket; -1 where the system does not say.</summary>
internal readonly record struct PeerCredentials(long Pid, long User)
{
    private const int SocketLevel = 1; // SOL_SOCKET, asm-generic/socket.h
    private const int PeerCredentialsOption = 17; // SO_PEERCRED, asm-generic/socket.h
    private const int Length = 12; // struct ucred, linux/socket.h: pid, uid, gid, 32 bits each.

    public static PeerCredentials Of(Socket socket)
    {
        var unknown = new PeerCredentials(-1, -1);
        if (!OperatingSystem.IsLinux())
            return unknown;
        Span<byte> credentials = stackalloc byte[Length];
        try
        {
            return socket.GetRawSocketOption(SocketLevel, PeerCredentialsOption, credentials) < Length
                ? unknown
                : new PeerCredentials(MemoryMarshal.Read<int>(credentials), MemoryMarshal.Read<uint>(credentials[4..]));
        }
        catch (SocketException)
        {
            return unknown;
        }
    }
}
