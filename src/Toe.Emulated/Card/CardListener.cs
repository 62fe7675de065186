using System.Net;
using System.Net.Sockets;
using Toe.Emulated.Tcp;
using TcpListener = Toe.Emulated.Tcp.TcpListener;

namespace Toe.Emulated;

/// <summary>One listener on the card.</summary>
internal sealed class CardListener : IToeAdapterListener, ITcpListenerEvents, ITcpHandshakeWatcher
{
    private const int PortTries = 64;

    private readonly EmulatedCard _card;
    private readonly IAdapterListenerEvents _events;
    private readonly TcpSocketOptions _options;
    private readonly TableEntry _entry;
    private readonly long _memory;
    private readonly int _generation;
    private readonly Stack<TableEntry> _handshakes = new(); // The loop's. What they reserved is alike: all are of the listener's family.
    private TcpListener? _listener;
    private int _disposed;

    public CardListener(EmulatedCard card, int generation, IPEndPoint local, IAdapterListenerEvents events, TcpSocketOptions options, TableEntry entry)
    {
        _card = card;
        _events = events;
        _options = options;
        _entry = entry;
        _memory = EmulatedCard.MemoryOf(options);
        _generation = generation;
        LocalEndPoint = local;
    }

    public IPEndPoint LocalEndPoint { get; private set; }

    /// <summary>The life of the card that the listener belongs to.</summary>
    public int Generation => _generation;

    /// <summary>Starts. On the loop.</summary>
    /// <exception cref="SocketException">The endpoint is in use.</exception>
    public void Start(TcpEngine engine, int backlog)
    {
        for (var tries = LocalEndPoint.Port == 0 ? PortTries : 1; tries > 0; tries--)
        {
            var listener = engine.Listen(LocalEndPoint, Math.Max(1, backlog), _options, this);
            if (_card.Network.TryClaim(listener.LocalEndPoint))
            {
                _listener = listener;
                LocalEndPoint = listener.LocalEndPoint;
                return;
            }

            listener.Stop(); // Another card has the port, of which the engine knows nothing.
        }

        throw new SocketException((int)SocketError.AddressAlreadyInUse);
    }

    /// <summary>The card was reset: the engine's listener is gone.</summary>
    public void Lost(ToeReason reason)
    {
        if (Volatile.Read(ref _disposed) == 0)
            _events.OnStopped(reason);
    }

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return ValueTask.CompletedTask;
        _card.Forget(this);
        _entry.Return();
        if (_listener is not { } listener)
            return ValueTask.CompletedTask;
        _card.Network.Release(LocalEndPoint);
        if (_generation == _card.Generation)
            _card.Loop.Post(listener.Stop);
        return ValueTask.CompletedTask;
    }

    bool ITcpListenerEvents.Admit(in TcpIncoming syn)
    {
        var peer = new IncomingConnection(syn.LocalEndPoint, syn.RemoteEndPoint);
        if (Volatile.Read(ref _disposed) != 0 || !_card.Network.Prepare(peer.Remote.Address).IsNone)
            return false;
        // The entry is taken before the handshake, or two of them would be promised the last one.
        if (!_card.Tables.TryTakeConnection(peer.Local.AddressFamily, _memory, out var entry).IsNone)
            return false;
        var admitted = false;
        try
        {
            admitted = _events.Admit(peer, out _);
        }
        finally
        {
            if (!admitted)
                entry!.Return();
        }

        if (admitted)
            _handshakes.Push(entry!);
        return admitted;
    }

    void ITcpHandshakeWatcher.OnHandshakeFailed()
    {
        if (_handshakes.TryPop(out var entry))
            entry.Return();
    }

    ITcpSocketEvents ITcpListenerEvents.OnAccepted(TcpSocket socket)
    {
        var claim = new CardClaim(_card, _handshakes.Pop());
        // Of the listener's life: the card may be reset on another thread while its old engine ends this turn.
        var carried = _card.NewSocket(_generation, socket.LocalEndPoint, socket.RemoteEndPoint, _options, claim, events: null);
        carried.Accepted(socket);
        if (Volatile.Read(ref _disposed) != 0 || carried.IsLost)
        {
            carried.Abort(); // Nobody would take it.
            return carried;
        }

        try
        {
            _events.OnAccepted(carried, new IncomingConnection(carried.LocalEndPoint, carried.RemoteEndPoint), out var socketEvents);
            carried.Install(socketEvents);
        }
        catch
        {
            carried.Abort();
            throw; // The engine counts it.
        }

        return carried;
    }
}
