using Toe.Emulated.Tcp;

namespace Toe.Throughput.Engine;

/// <summary>Accepts connections on which nothing will happen.</summary>
internal sealed class IdleListener : ITcpListenerEvents
{
    public bool Admit(in TcpIncoming syn) => true;

    public ITcpSocketEvents OnAccepted(TcpSocket socket)
    {
        socket.Arm(Readiness.Receive);
        return new Idle(connected: null) { Socket = socket };
    }
}
