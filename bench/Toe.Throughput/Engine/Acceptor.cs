using Toe.Emulated.Tcp;

namespace Toe.Throughput.Engine;

/// <summary>Gives each accepted connection a handler.</summary>
internal sealed class Acceptor(Func<SocketHandler> create) : ITcpListenerEvents
{
    public bool Admit(in TcpIncoming syn) => true;

    public ITcpSocketEvents OnAccepted(TcpSocket socket)
    {
        var handler = create();
        handler.Socket = socket;
        handler.Go();
        return handler;
    }
}
