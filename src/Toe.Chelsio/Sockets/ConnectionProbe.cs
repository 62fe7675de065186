using System.Net.Sockets;

namespace Toe.Chelsio.Sockets;

/// <summary>
/// Asks a connected socket whether the TOE module has it: the module's own setsockopt answers EINVAL to a scheduling class that does not exist, and changes
/// nothing; the host stack does not know the option. Read from Unified Wire 3.14.0.3, t4_tom/cpl_sock.c; proven by nobody on a card.
/// </summary>
internal static class ConnectionProbe
{
    private const int LevelTcp = 6;                 // SOL_TCP
    private const int SchedulingClass = 290;        // TCP_SCHEDCLASS of the module
    private const int NoSuchOption = 92;            // ENOPROTOOPT

    public static OffloadConfidence Ask(Socket socket)
    {
        try
        {
            socket.SetRawSocketOption(LevelTcp, SchedulingClass, BitConverter.GetBytes(int.MaxValue));
            return OffloadConfidence.Unknown; // Nobody takes such a class.
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode switch
            {
                SocketError.InvalidArgument => OffloadConfidence.Likely,
                SocketError.ProtocolOption => OffloadConfidence.NotOffloaded,
                _ => exception.NativeErrorCode == NoSuchOption ? OffloadConfidence.NotOffloaded : OffloadConfidence.Unknown,
            };
        }
        catch (ObjectDisposedException)
        {
            return OffloadConfidence.Unknown;
        }
    }
}
