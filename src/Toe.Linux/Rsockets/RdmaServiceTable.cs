using System.Net;

namespace Toe.Linux;

/// <summary>
/// Makes room in the list of librdmacm's service thread before it is used. The thread keeps the list's address while adding a socket may move it (cm_svc_run and rs_svc_grow_sets in
/// librdmacm/rsocket.c, seen in version 44): with the fourth accepted connection it goes on with freed memory. But each time it starts anew it makes room for four more, and it starts anew
/// with the first socket after the last one left. So it is started as often as it takes, with sockets that connect to nobody.
/// </summary>
internal static class RdmaServiceTable
{
    /// <summary>Connections that there is room for; one place is the thread's own.</summary>
    internal const int Room = (4 * Starts) - 1;

    private const int Starts = 256;

    private static readonly Lazy<int> Made = new(Make);

    /// <summary>Makes the room, once for the process, before its first connection.</summary>
    /// <returns>0, or the error number of what failed.</returns>
    internal static int Ensure() => Made.Value;

    private static int Make()
    {
        for (var i = 0; i < Starts; i++)
        {
            if (Rsocket.TouchService(new IPEndPoint(IPAddress.Loopback, 9)) is var error && error != 0)
                return error;
        }

        return 0;
    }
}
