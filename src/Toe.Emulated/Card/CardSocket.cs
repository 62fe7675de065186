using System.Net;
using System.Net.Sockets;
using Toe.Emulated.Tcp;

namespace Toe.Emulated;

/// <summary>One connection on the card: the engine's socket behind the provider contract. Its events come from the card's loop.</summary>
internal class CardSocket : IToeAdapterSocket, ITcpSocketEvents
{
    private const int PortTries = 16;
    private const int NotStarted = 0;
    private const int Started = 1;
    private const int NeverStarts = 2;

    private readonly EmulatedCard _card;
    private readonly CardLoop _loop;
    private readonly int _generation;
    private readonly long _memory;
    private readonly CardClaim _claim;
    private readonly EventGate _gate = new();
    private readonly TaskCompletionSource<ConnectResult> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IAdapterSocketEvents? _events;

    /// <summary>For the connect; none afterwards.</summary>
    private TcpSocketOptions? _options;
    private TcpSocket? _socket;
    private int _start;
    private int _connecting;
    private int _closed;
    private int _ended;
    private bool _askedForUpload;

    /// <summary>Made in the life of the card in which its entries were taken, which may be over by now: the caller saw which one it was before it took them.</summary>
    public CardSocket(
        EmulatedCard card, CardLoop loop, int generation, IPEndPoint local, IPEndPoint remote, TcpSocketOptions options, CardClaim claim, IAdapterSocketEvents? events)
    {
        _card = card;
        _loop = loop;
        _generation = generation;
        _options = options;
        _memory = EmulatedCard.MemoryOf(options);
        _claim = claim;
        _events = events;
        LocalEndPoint = local;
        RemoteEndPoint = remote;
        card.Sockets[this] = true;
    }

    public IPEndPoint LocalEndPoint { get; private set; }

    public IPEndPoint RemoteEndPoint { get; }

    /// <summary>The life of the card that the connection belongs to.</summary>
    public int Generation => _generation;

    /// <summary>True when the engine that had the connection is gone, or stands still for good.</summary>
    public bool IsLost => _generation != _card.Generation || _card.IsDead;

    /// <summary>True when the connection's state cannot be read any more.</summary>
    protected bool IsForgotten => _generation != _card.Generation || !_card.TellsStates;

    protected EmulatedCard Card => _card;

    protected CardLoop Loop => _loop;

    /// <summary>The engine's socket; null before it has one.</summary>
    protected TcpSocket? EngineSocket => _socket;

    /// <summary>Puts an accepted socket under this one. On the loop.</summary>
    public void Accepted(TcpSocket socket)
    {
        _claim.TryTake(LocalEndPoint, RemoteEndPoint);
        Carry(socket);
    }

    /// <summary>Puts an established socket under this one, its endpoints taken already. On the loop.</summary>
    public void Carry(TcpSocket socket)
    {
        _socket = socket;
        _start = Started;
        _options = null;
        _connected.TrySetResult(ConnectResult.Connected);
        socket.Watch(_claim);
    }

    /// <summary>Names the receiver of an accepted socket's events. On the loop, before the first event.</summary>
    public void Install(IAdapterSocketEvents events) => _events = events;

    public async ValueTask<ConnectResult> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_card.RefusalNow() is { IsNone: false } refusal)
            return ConnectResult.RefusedBecause(refusal);
        if (Interlocked.Exchange(ref _connecting, 1) == 0)
            _loop.Post(StartConnect);
        using var cancellation = cancellationToken.UnsafeRegister(
            static (state, token) => ((CardSocket)state!)._connected.TrySetCanceled(token), this);
        return await _connected.Task.ConfigureAwait(false);
    }

    public IoStatus TryReceive(Span<byte> buffer, out int bytes)
    {
        bytes = 0;
        return Obstacle() ?? _socket!.TryReceive(buffer, out bytes);
    }

    public IoStatus TrySend(ReadOnlySpan<byte> buffer, out int bytes)
    {
        bytes = 0;
        return Obstacle() ?? _socket!.TrySend(buffer, out bytes);
    }

    public IoStatus TryCompleteSending() => Obstacle() ?? _socket!.TryCompleteSending();

    public void Arm(Readiness interest)
    {
        if (_generation != _card.Generation)
            Raise(interest);
        else if (!_card.IsDead)
            _socket?.Arm(interest);
    }

    public void Abort()
    {
        End(abort: true);
        _gate.Close();
    }

    /// <summary>The card was reset: the connection is gone, and the peer does not know.</summary>
    public void Lost(ToeReason reason)
    {
        if (!_connected.TrySetResult(ConnectResult.RefusedBecause(reason)))
            RaiseClosed(SocketError.ConnectionAborted, reason);
    }

    /// <summary>Asks, once, that the host carry the connection. On the loop.</summary>
    public void AskForUpload(ToeReason reason)
    {
        if (_askedForUpload || !_gate.TryEnter())
            return;
        _askedForUpload = true;
        try
        {
            _events?.OnUploadWanted(reason, mandatory: false);
        }
        finally
        {
            _gate.Leave();
        }
    }

    public AdapterSocketInfo GetInfo()
    {
        if (IsLost || _socket is not { } socket)
            return new AdapterSocketInfo(System.Net.NetworkInformation.TcpState.Closed, OffloadConfidence.Confirmed);
        var info = socket.GetInfo();
        return new AdapterSocketInfo(info.State.ToNetworkInformation(), OffloadConfidence.Confirmed)
        {
            RoundTripTime = info.SmoothedRoundTripTime == TimeSpan.Zero ? null : info.SmoothedRoundTripTime,
            Retransmits = info.Retransmits,
            BytesAcknowledged = info.BytesAcknowledged,
            Memory = _memory,
        };
    }

    public ValueTask DisposeAsync()
    {
        End(abort: false);
        _gate.Close();
        return ValueTask.CompletedTask;
    }

    void ITcpSocketEvents.OnConnected()
    {
        LocalEndPoint = _socket?.LocalEndPoint ?? LocalEndPoint;
        _connected.TrySetResult(ConnectResult.Connected);
    }

    void ITcpSocketEvents.OnReady(Readiness what)
    {
        if (IsLost)
            return;
        Raise(what);
        if (_card.DoubleEvents)
            Raise(what);
    }

    void ITcpSocketEvents.OnClosed(SocketError error)
    {
        if (_connected.TrySetResult(ConnectResult.Answered(error == SocketError.Success ? SocketError.ConnectionReset : error)))
            return;
        if (!IsLost && error != SocketError.Success)
            RaiseClosed(error, ToeReason.None);
    }

    private void Raise(Readiness what)
    {
        if (!_gate.TryEnter())
            return;
        try
        {
            _events?.OnReady(what);
        }
        finally
        {
            _gate.Leave();
        }
    }

    /// <summary>At most once, though the peer's reset and the card's may meet.</summary>
    private void RaiseClosed(SocketError error, ToeReason reason)
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0 || !_gate.TryEnter())
            return;
        try
        {
            _events?.OnClosed(error, reason);
        }
        finally
        {
            _gate.Leave();
        }
    }

    /// <summary>What a data call answers without asking the engine. A dead card cannot even fail: its sockets hang until its health is noticed.</summary>
    private IoStatus? Obstacle() =>
        _generation != _card.Generation || _socket is null ? IoStatus.Failed : _card.IsDead ? IoStatus.WouldBlock : null;

    private void StartConnect()
    {
        if (Interlocked.CompareExchange(ref _start, Started, NotStarted) != NotStarted)
            return; // Disposed; whoever waits was told.
        if (IsLost)
        {
            Refuse(_card.RefusalNow() is { IsNone: false } reason ? reason : ToeReasons.HealthFailed.With("the card was reset"));
            return;
        }

        // A full table is the card's refusal; the engine would take it for an unreachable peer.
        if (_card.Network.Prepare(_loop.Index, RemoteEndPoint.Address) is { IsNone: false } full)
        {
            Refuse(full);
            return;
        }

        try
        {
            for (var tries = LocalEndPoint.Port == 0 ? PortTries : 1; tries > 0; tries--)
            {
                var socket = _loop.Engine.Connect(LocalEndPoint, RemoteEndPoint, _options!, this);
                if (_claim.TryTake(socket.LocalEndPoint, RemoteEndPoint))
                {
                    Begin(socket);
                    return;
                }

                socket.Abort(); // Another card or the host has it, of which the engine knows nothing.
            }

            Refuse(ToeReasons.RouteTupleInUse.With($"{LocalEndPoint} to {RemoteEndPoint} is another card's or the host's"));
        }
        catch (SocketException exception)
        {
            Refuse(ToeReasons.RouteTupleInUse.With(exception.Message));
        }
    }

    private void Begin(TcpSocket socket)
    {
        _socket = socket;
        _options = null;
        LocalEndPoint = socket.LocalEndPoint;
        socket.Watch(_claim);
        Interlocked.MemoryBarrier(); // Either this sees the end, or the end sees the socket.
        if (Volatile.Read(ref _ended) != 0)
            socket.Abort();
    }

    private void Refuse(ToeReason reason)
    {
        _claim.OnGone();
        _connected.TrySetResult(ConnectResult.RefusedBecause(reason));
    }

    private void End(bool abort)
    {
        var first = Interlocked.Exchange(ref _ended, 1) == 0;
        if (first)
        {
            _card.Sockets.TryRemove(this, out _);
            _connected.TrySetResult(ConnectResult.RefusedBecause(ToeReasons.HealthFailed.With("the socket was disposed")));
        }

        if (Interlocked.CompareExchange(ref _start, NeverStarts, NotStarted) != Started || IsLost)
            _claim.OnGone();
        else if (abort)
            _socket?.Abort();
        else if (first)
            _socket?.Close();
        if (first)
            _claim.OnApplicationDone();
    }
}
