using System.Net;
using Toe.Emulated.Tcp;

namespace Toe.Emulated;

/// <summary>One listener on the card.</summary>
internal sealed class CardListener(EmulatedCard card, IPEndPoint local, IAdapterListenerEvents events, TcpSocketOptions options, long memory)
    : IToeAdapterListener, ITcpListenerEvents
{
    private readonly int _generation = card.Generation;
    private TcpListener? _listener;
    private int _disposed;

    public IPEndPoint LocalEndPoint { get; private set; } = local;

    /// <summary>Starts. On the loop.</summary>
    public void Start(TcpEngine engine, int backlog)
    {
        _listener = engine.Listen(LocalEndPoint, Math.Max(1, backlog), options, this);
        LocalEndPoint = _listener.LocalEndPoint;
    }

    /// <summary>The card was reset: the engine's listener is gone.</summary>
    public void Lost(ToeReason reason) => events.OnStopped(reason);

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return ValueTask.CompletedTask;
        card.Forget(this);
        card.Tables.ReturnListener();
        card.Network.Release(LocalEndPoint);
        if (_generation == card.Generation)
            card.Loop.Post(() => _listener?.Stop());
        return ValueTask.CompletedTask;
    }

    bool ITcpListenerEvents.Admit(in TcpIncoming syn)
    {
        if (Volatile.Read(ref _disposed) != 0)
            return false;
        // Half-open connections have no entry yet, and each may need one.
        var pending = card.Loop.Engine.Statistics.HalfOpen;
        return card.Tables.HasRoom(syn.LocalEndPoint.AddressFamily, memory, pending) && events.Admit(new IncomingConnection(syn.LocalEndPoint, syn.RemoteEndPoint), out _);
    }

    ITcpSocketEvents ITcpListenerEvents.OnAccepted(TcpSocket socket)
    {
        var carried = new CardSocket(card, socket.LocalEndPoint, socket.RemoteEndPoint, options, memory, events: null);
        card.Tables.TakeAccepted(socket.RemoteEndPoint.AddressFamily, memory);
        carried.Accepted(socket);
        events.OnAccepted(carried, new IncomingConnection(socket.LocalEndPoint, socket.RemoteEndPoint), out var socketEvents);
        carried.Install(socketEvents);
        return carried;
    }
}
