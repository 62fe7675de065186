using System.Net.Sockets;

namespace Toe;

/// <summary>On an adapter socket that is a kernel socket: the stack drives it with the host path's own code and makes none of the data calls.</summary>
public interface ISocketBacked
{
    /// <summary>The kernel socket; not yet connected before <see cref="IToeAdapterSocket.ConnectAsync"/>. Owned by the adapter socket.</summary>
    Socket Socket { get; }

    /// <summary>
    /// How long a send may stand still before the stack ends the connection; null where the kernel's own timers see to it. A module's sockets on a dead
    /// card may hang, and say nothing.
    /// </summary>
    TimeSpan? SendDeadline => null;
}
