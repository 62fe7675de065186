using System.Net.Sockets;

namespace Toe.Chelsio.Sockets;

/// <summary>Sets on a socket what the loaded policy looks at.</summary>
internal static class SocketSteering
{
    private const int LevelSocket = 1;          // SOL_SOCKET, asm-generic/socket.h
    private const int Mark = 36;                // SO_MARK
    private const int LevelIP = 0;              // SOL_IP, linux/in.h
    private const int TypeOfService = 1;        // IP_TOS
    private const int LevelIPv6 = 41;           // SOL_IPV6, linux/in6.h
    private const int TrafficClass = 67;        // IPV6_TCLASS
    private const int NotPermitted = 1;         // EPERM

    /// <summary>Marks a socket for the card. Before connect or listen.</summary>
    /// <returns><see cref="ToeReason.None"/>, or why it cannot be marked.</returns>
    public static ToeReason ToCard(Socket socket, ChelsioOptions options)
    {
        try
        {
            if (options.Mark is { } mark)
                socket.SetRawSocketOption(LevelSocket, Mark, BitConverter.GetBytes(mark));
            else if (options.Dscp is { } dscp)
                SetClass(socket, dscp << 2);
            return ToeReason.None;
        }
        catch (SocketException exception)
        {
            return exception.NativeErrorCode == NotPermitted || exception.SocketErrorCode == SocketError.AccessDenied
                ? ToeReasons.EnvironmentPrivilege.With("SO_MARK needs CAP_NET_ADMIN or CAP_NET_RAW; Dscp needs none")
                : ToeReasons.EnvironmentDevice.With($"the socket cannot be steered: {exception.Message}");
        }
    }

    /// <summary>Whether a socket that is to stay on the host stack carries our sign by chance.</summary>
    public static bool LooksSteered(Socket socket, ChelsioOptions options)
    {
        Span<byte> value = stackalloc byte[sizeof(int)];
        try
        {
            if (options.Mark is { } mark)
                return socket.GetRawSocketOption(LevelSocket, Mark, value) == sizeof(int) && BitConverter.ToInt32(value) == mark;
            if (options.Dscp is not { } dscp)
                return false;
            var (level, name) = socket.AddressFamily == AddressFamily.InterNetworkV6 ? (LevelIPv6, TrafficClass) : (LevelIP, TypeOfService);
            return socket.GetRawSocketOption(level, name, value) > 0 && value[0] >> 2 == dscp;
        }
        catch (SocketException)
        {
            return true; // What cannot be asked is not vouched for.
        }
    }

    private static void SetClass(Socket socket, int trafficClass)
    {
        var value = BitConverter.GetBytes(trafficClass);
        if (socket.AddressFamily == AddressFamily.InterNetworkV6)
            socket.SetRawSocketOption(LevelIPv6, TrafficClass, value);
        else
            socket.SetRawSocketOption(LevelIP, TypeOfService, value);
    }
}
