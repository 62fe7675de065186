using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Toe.Linux;

/// <summary>Counts what the kernel has taken of a connection's sends: a cancelled send of .NET has sent a part and does not say how much. Needs no privilege.</summary>
[SupportedOSPlatform("linux")]
public static class TcpSendCount
{
    /// <summary>The bytes taken so far, counted from an origin that is the connection's own: only differences mean something. Exact while no send and no shutdown runs.</summary>
    /// <param name="socket">The connected socket.</param>
    /// <returns>The count.</returns>
    /// <exception cref="LinuxException">The kernel does not tell.</exception>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public static long Read(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        var repair = new RepairSocket(socket.SafeHandle);
        for (var acknowledged = repair.ReadInfo().BytesAcknowledged; ;)
        {
            var queued = repair.Count(RepairCalls.UnacknowledgedBytes, "SIOCOUTQ");
            var again = repair.ReadInfo().BytesAcknowledged;
            if (again == acknowledged)
                return (long)acknowledged + queued; // No acknowledgment came between the two, which move in opposite ways.
            acknowledged = again;
        }
    }
}
