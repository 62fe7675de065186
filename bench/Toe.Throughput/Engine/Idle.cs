using System.Net.Sockets;
using Toe.Emulated.Tcp;

namespace Toe.Throughput.Engine;

/// <summary>Waits for what never comes, and keeps nothing but its socket.</summary>
/// <param name="connected">Called when the handshake of an active open is done.</param>
internal sealed class Idle(Action? connected) : ITcpSocketEvents
{
    public TcpSocket? Socket { get; set; }

    public void OnConnected()
    {
        connected?.Invoke();
        Socket!.Arm(Readiness.Receive);
    }

    public void OnReady(Readiness what)
    {
    }

    public void OnClosed(SocketError error)
    {
    }
}
