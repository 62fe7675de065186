using System.Net.Sockets;

namespace Toe.Emulated.Tcp;

/// <summary>
/// What happens to one socket. Called on the engine's owner thread, except where <see cref="TcpSocket.Arm"/> finds a direction ready
/// and answers on its caller. Must return in microseconds: queue or resume, never block.
/// An exception thrown here is counted and aborts this connection only.
/// </summary>
/// <remarks>
/// Order: <see cref="OnConnected"/> (active opens only), then any number of <see cref="OnReady"/> and
/// <see cref="OnAdvisory"/>, then <see cref="OnClosed"/>, then at
/// most one <see cref="OnReady"/> for directions that were still armed. All socket members may be called from inside an event;
/// <see cref="TcpEngine.Connect"/> and <see cref="TcpEngine.Listen"/> too; <see cref="TcpEngine.Receive(ReadOnlySpan{byte}, TimeSpan)"/> and
/// <see cref="TcpEngine.Advance"/> must not.
/// </remarks>
public interface ITcpSocketEvents
{
    /// <summary>The handshake of an active open is complete. Never called for accepted sockets.</summary>
    void OnConnected();

    /// <summary>An armed direction became ready; it is no longer armed.</summary>
    /// <param name="what">The directions this call answers.</param>
    void OnReady(Readiness what);

    /// <summary>Something to know while the connection goes on. A handler that does not care leaves this out (RFC 9293 SHLD-20).</summary>
    /// <param name="what">What has happened since the last call.</param>
    void OnAdvisory(TcpAdvisory what)
    {
    }

    /// <summary>
    /// The connection no longer occupies the engine (TIME-WAIT aside). At most once, also for a connect that failed; never after
    /// <see cref="TcpSocket.Abort"/>. Received bytes not yet read stay readable.
    /// </summary>
    /// <param name="error"><see cref="SocketError.Success"/> for an orderly end, <see cref="SocketError.ConnectionRefused"/> for RST in
    /// SYN-SENT, <see cref="SocketError.ConnectionReset"/>, <see cref="SocketError.TimedOut"/>, <see cref="SocketError.HostUnreachable"/>,
    /// <see cref="SocketError.NetworkUnreachable"/> or <see cref="SocketError.AccessDenied"/> for what ICMP reported, <see cref="SocketError.OperationAborted"/> where
    /// <see cref="TcpSocket.Close"/> came before the connection was established, <see cref="SocketError.ConnectionAborted"/> where
    /// this side gave up (an event handler threw).</param>
    void OnClosed(SocketError error);
}
