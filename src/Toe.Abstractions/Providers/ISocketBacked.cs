using System.Net.Sockets;

namespace Toe;

/// <summary>On an adapter socket that is a kernel socket: the stack drives it with the host path's own code and makes none of the data calls.</summary>
public interface ISocketBacked
{
    /// <summary>The kernel socket; not yet connected before <see cref="IToeAdapterSocket.ConnectAsync"/>. Owned by the adapter socket.</summary>
    Socket Socket { get; }
}
