using System.Net;
using System.Net.Sockets;

namespace Toe.Emulated.Tcp;

/// <summary>
/// The application's side of one connection. Any thread may call, one at a time for each direction: one receiver, one sender.
/// Calls never block and never touch the connection itself; they leave work that the engine's owner does in
/// <see cref="TcpEngine.Advance"/>.
/// </summary>
/// <remarks>It stands for one connection and never for another: one that is kept for too long says that the connection is over.</remarks>
public sealed partial class TcpSocket
{
    private readonly TcpConnection _connection;
    private volatile int _ended = NotEnded;
    private volatile bool _endOfStream;
    private volatile bool _sendingCompleted;
    private volatile bool _closed;
    private volatile bool _noDelay;
    private volatile byte _trafficClass;
    private long _notifyWhenConsumed = long.MaxValue;

    private const int NotEnded = -1;

    internal TcpSocket(TcpEngine engine, TcpConnection connection, TcpSocketOptions options)
        : this(engine, connection, options, options.SendBufferSize, options.ReceiveBufferSize)
    {
    }

    internal TcpSocket(TcpEngine engine, TcpConnection connection, TcpSocketOptions options, int sendCapacity, int receiveCapacity)
    {
        _connection = connection;
        _noDelay = options.NoDelay;
        _trafficClass = options.TrafficClass;
        SendRing = new ByteRing(sendCapacity, engine.Buffers);
        ReceiveRing = new ByteRing(receiveCapacity, engine.Buffers);
    }

    /// <summary>The local address and port, with the port the engine picked if 0 was asked for. Allocates: an idle connection keeps none.</summary>
    public IPEndPoint LocalEndPoint => _connection.Tuple.Local.ToEndPoint(_connection.Tuple.LocalPort);

    /// <summary>The peer's address and port. Allocates.</summary>
    public IPEndPoint RemoteEndPoint => _connection.Tuple.Remote.ToEndPoint(_connection.Tuple.RemotePort);

    /// <summary>The connection's state now; <see cref="TcpState.TimeWait"/> stays when that is over. Any thread.</summary>
    public TcpState State => _connection.State;

    /// <summary>Nagle's algorithm is off (RFC 9293 MUST-17). Any thread; setting it lets waiting data go.</summary>
    public bool NoDelay
    {
        get => _noDelay;
        set
        {
            _noDelay = value;
            if (value) Post(SocketWork.Send);
        }
    }

    /// <summary>The Diffserv field (RFC 2474) of the packets that follow; it is passed on as it is (RFC 9293 MUST-48, SHLD-21, SHLD-22). Any thread.</summary>
    /// <value>The whole octet; its two lowest bits are ECN's and not taken. Begins as <see cref="TcpSocketOptions.TrafficClass"/>.</value>
    public byte TrafficClass
    {
        get => _trafficClass;
        set => _trafficClass = value;
    }

    /// <summary>Takes received bytes. The peer's window opens as they are taken.</summary>
    /// <param name="buffer">Where they go. An empty one asks whether there are any.</param>
    /// <param name="bytes">How many were copied.</param>
    /// <returns><see cref="IoStatus.Done"/>, <see cref="IoStatus.WouldBlock"/>, <see cref="IoStatus.EndOfStream"/> after the peer's FIN,
    /// <see cref="IoStatus.Reset"/> or <see cref="IoStatus.Failed"/> when everything that came before was taken.</returns>
    public IoStatus TryReceive(Span<byte> buffer, out int bytes)
    {
        bytes = 0;
        if (_closed) return IoStatus.Failed;
        // Both ends are marked after the last byte is published: read the mark first, then look for bytes.
        var ended = _ended;
        var endOfStream = _endOfStream;
        bytes = ReceiveRing.Read(buffer);
        if (bytes > 0)
        {
            // A full fence: the engine lowers the threshold and then looks at the ring; one of the two sees the other.
            Interlocked.MemoryBarrier();
            if (ReceiveRing.Head >= Volatile.Read(ref _notifyWhenConsumed)) Post(SocketWork.Receive);
            return IoStatus.Done;
        }
        if (buffer.IsEmpty && ReceiveRing.Count > 0) return IoStatus.Done;
        if (endOfStream) return IoStatus.EndOfStream;
        return ended == NotEnded ? IoStatus.WouldBlock : (IoStatus)ended;
    }

    /// <summary>Copies bytes for sending. Allowed before the connection is established: they follow the handshake.</summary>
    /// <param name="buffer">What to send; the engine keeps a copy.</param>
    /// <param name="bytes">How many were taken, from the front; less than all when the send buffer is full.</param>
    /// <returns><see cref="IoStatus.Done"/>, <see cref="IoStatus.WouldBlock"/> if no byte could be taken, <see cref="IoStatus.Reset"/>, or
    /// <see cref="IoStatus.Failed"/> after <see cref="TryCompleteSending"/>, <see cref="Close"/> or another end.</returns>
    public IoStatus TrySend(ReadOnlySpan<byte> buffer, out int bytes)
    {
        bytes = 0;
        var ended = _ended;
        if (ended != NotEnded) return (IoStatus)ended;
        if (_sendingCompleted || _closed) return IoStatus.Failed;
        if (buffer.IsEmpty) return IoStatus.Done;
        bytes = SendRing.Write(buffer);
        if (bytes == 0) return IoStatus.WouldBlock;
        Post(SocketWork.Send);
        return IoStatus.Done;
    }

    /// <summary>Finishes sending: a FIN follows what was sent, receiving goes on. Idempotent.</summary>
    /// <returns><see cref="IoStatus.Done"/>, <see cref="IoStatus.Reset"/> or <see cref="IoStatus.Failed"/>.</returns>
    public IoStatus TryCompleteSending()
    {
        var ended = _ended;
        if (ended != NotEnded) return (IoStatus)ended;
        if (_closed) return IoStatus.Failed;
        _sendingCompleted = true;
        Post(SocketWork.Complete);
        return IoStatus.Done;
    }

    /// <summary>
    /// The application is done with both directions. What was sent still goes out, a FIN behind it; received data not yet read, or
    /// arriving later, turns it into a RST (RFC 9293 SHLD-3, RFC 2525 §2.17). The engine lingers alone. Only
    /// <see cref="ITcpSocketEvents.OnClosed"/> follows. Any thread; idempotent.
    /// </summary>
    public void Close()
    {
        if (_closed) return;
        _closed = true;
        Interlocked.Exchange(ref _armed, 0);
        Post(SocketWork.Close);
    }

    /// <summary>
    /// Ends the connection with RST; what was not sent is thrown away. Any thread; idempotent. After it returns no event is raised; if
    /// one is running on the owner thread, it is waited for (unless the call comes from inside it).
    /// </summary>
    public void Abort()
    {
        _closed = true;
        _sendingCompleted = true;
        Silence();
        Post(SocketWork.Abort);
    }

    /// <summary>A snapshot. Any thread; the numbers are each right, not all of the same instant.</summary>
    /// <returns>The snapshot.</returns>
    public TcpSocketInfo GetInfo() => _connection.GetInfo();

    /// <summary>Owner thread: names who learns when the connection no longer occupies the engine.</summary>
    internal void Watch(ITcpEndpointWatcher watcher) => _connection.Watch(watcher);

    internal TcpConnection Connection => _connection;

    internal ByteRing SendRing { get; }

    internal ByteRing ReceiveRing { get; }

    internal bool IsClosed => _closed;

    /// <summary>Owner thread: the peer's FIN is in order, and every byte before it is published.</summary>
    internal void MarkEndOfStream() => _endOfStream = true;

    /// <summary>Before the socket is used: the carrier it comes from has finished sending.</summary>
    internal void MarkSendingCompleted() => _sendingCompleted = true;

    /// <summary>Owner thread: nobody takes or gives bytes any more.</summary>
    internal void DiscardBuffers()
    {
        SendRing.Discard();
        ReceiveRing.Discard();
    }

    /// <summary>Owner thread: another carrier has the connection, and nobody hears of this socket again.</summary>
    internal void Forget()
    {
        _ended = (int)IoStatus.Failed;
        Silence();
    }

    /// <summary>Owner thread: the connection is gone.</summary>
    internal void MarkEnded(SocketError error) =>
        _ended = (int)(error == SocketError.ConnectionReset ? IoStatus.Reset : IoStatus.Failed);

    /// <summary>Owner thread: where the application's reading makes a window update worthwhile.</summary>
    /// <returns>True if it is there already.</returns>
    internal bool SetNotifyWhenConsumed(long position)
    {
        if (Volatile.Read(ref _notifyWhenConsumed) == position) return false;
        Volatile.Write(ref _notifyWhenConsumed, position);
        Interlocked.MemoryBarrier();
        return ReceiveRing.Head >= position;
    }
}
