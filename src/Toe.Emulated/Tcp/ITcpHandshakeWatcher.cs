using System.Net;

namespace Toe.Emulated.Tcp;

/// <summary>For listeners that reserve something at <see cref="ITcpListenerEvents.Admit"/>. On the owner thread, in the middle of a turn.</summary>
internal interface ITcpHandshakeWatcher
{
    /// <summary>A handshake that was admitted ended without a connection.</summary>
    /// <param name="local">Its local endpoint.</param>
    /// <param name="remote">Who began it.</param>
    void OnHandshakeFailed(IPEndPoint local, IPEndPoint remote);
}
