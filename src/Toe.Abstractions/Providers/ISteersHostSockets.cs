using System.Net.Sockets;

namespace Toe;

/// <summary>On an adapter whose kernel module may take any host socket: keeps one off.</summary>
public interface ISteersHostSockets
{
    /// <summary>Marks a host socket so that the kernel does not offload it.</summary>
    /// <param name="beforeConnectOrListen">The socket, neither connected nor listening.</param>
    /// <returns><see cref="ToeReason.None"/> when the mark is set and honoured.</returns>
    ToeReason KeepOff(Socket beforeConnectOrListen);
}
