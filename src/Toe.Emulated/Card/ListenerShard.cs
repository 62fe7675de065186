using System.Net;
using System.Net.Sockets;
using Toe.Emulated.Tcp;
using TcpListener = Toe.Emulated.Tcp.TcpListener;

namespace Toe.Emulated;

/// <summary>The part of a card's listener that one of its loops has.</summary>
internal sealed class ListenerShard(CardListener owner, CardLoop loop) : ITcpListenerEvents, ITcpHandshakeWatcher
{
    private readonly Stack<TableEntry> _handshakes = new(); // The loop's. What they reserved is alike: all are of the listener's family.
    private TcpListener? _listener;

    /// <summary>Starts. On the loop.</summary>
    /// <exception cref="SocketException">The endpoint is in use.</exception>
    public IPEndPoint Start(TcpEngine engine, IPEndPoint local, int backlog, TcpSocketOptions options)
    {
        _listener = engine.Listen(local, backlog, options, this);
        return _listener.LocalEndPoint;
    }

    /// <summary>Stops, if it has started. On the loop.</summary>
    public void Stop() => _listener?.Stop();

    /// <summary>Has the loop stop it.</summary>
    public void PostStop() => loop.Post(Stop);

    bool ITcpListenerEvents.Admit(in TcpIncoming syn)
    {
        if (!owner.TryAdmit(loop, new IncomingConnection(syn.LocalEndPoint, syn.RemoteEndPoint), out var entry))
            return false;
        _handshakes.Push(entry);
        return true;
    }

    void ITcpHandshakeWatcher.OnHandshakeFailed(IPEndPoint local, IPEndPoint remote)
    {
        owner.HandshakeOver(local, remote);
        if (_handshakes.TryPop(out var entry))
            entry.Return();
    }

    ITcpSocketEvents ITcpListenerEvents.OnAccepted(TcpSocket socket)
    {
        var accepted = owner.Accept(loop, socket, _handshakes.Pop());
        owner.HandshakeOver(accepted.LocalEndPoint, accepted.RemoteEndPoint);
        return accepted;
    }
}
