using System.Net;
using System.Net.Sockets;
using Toe.Emulated.Tcp;
using TcpState = System.Net.NetworkInformation.TcpState;

namespace Toe.Emulated;

/// <summary>One connection on the card: the engine's socket behind the provider contract. Its events come from the card's loop.</summary>
internal sealed class CardSocket : IToeAdapterSocket, ITcpSocketEvents
{
    private readonly EmulatedCard _card;
    private readonly int _generation;
    private readonly TcpSocketOptions _options;
    private readonly long _memory;
    private readonly TaskCompletionSource<ConnectResult> _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IAdapterSocketEvents? _events;
    private TcpSocket? _socket;
    private int _claimed;
    private int _ended;
    private volatile bool _silent;

    public CardSocket(EmulatedCard card, IPEndPoint local, IPEndPoint remote, TcpSocketOptions options, long memory, IAdapterSocketEvents? events)
    {
        _card = card;
        _generation = card.Generation;
        _options = options;
        _memory = memory;
        _events = events;
        LocalEndPoint = local;
        RemoteEndPoint = remote;
        card.Sockets[this] = true;
    }

    public IPEndPoint LocalEndPoint { get; private set; }

    public IPEndPoint RemoteEndPoint { get; }

    /// <summary>Puts an accepted socket under this one. On the loop.</summary>
    public void Accepted(TcpSocket socket)
    {
        _socket = socket;
        _connected.TrySetResult(ConnectResult.Connected);
        Claim();
    }

    /// <summary>Names the receiver of an accepted socket's events. On the loop, before the first event.</summary>
    public void Install(IAdapterSocketEvents events) => _events = events;

    public async ValueTask<ConnectResult> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_card.RefusalNow() is { IsNone: false } refusal)
            return ConnectResult.RefusedBecause(refusal);
        _card.Loop.Post(StartConnect);
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
            _events?.OnReady(interest);
        else if (!_card.IsDead)
            _socket?.Arm(interest);
    }

    public void Abort()
    {
        _silent = true;
        End(abort: true);
    }

    /// <summary>The card was reset: the connection is gone, and the peer does not know.</summary>
    public void Lost(ToeReason reason)
    {
        if (!_connected.TrySetResult(ConnectResult.RefusedBecause(reason)) && !_silent)
            _events?.OnClosed(SocketError.ConnectionAborted, reason);
    }

    public AdapterSocketInfo GetInfo()
    {
        if (IsLost || _socket is not { } socket)
            return new AdapterSocketInfo(TcpState.Closed, OffloadConfidence.Confirmed);
        var info = socket.GetInfo();
        return new AdapterSocketInfo(StateOf(info.State), OffloadConfidence.Confirmed)
        {
            RoundTripTime = info.SmoothedRoundTripTime == TimeSpan.Zero ? null : info.SmoothedRoundTripTime,
            Retransmits = info.Retransmits,
            BytesAcknowledged = info.BytesAcknowledged,
            Memory = _memory,
        };
    }

    public ValueTask DisposeAsync()
    {
        _silent = true;
        End(abort: false);
        return ValueTask.CompletedTask;
    }

    void ITcpSocketEvents.OnConnected()
    {
        LocalEndPoint = _socket?.LocalEndPoint ?? LocalEndPoint;
        _connected.TrySetResult(ConnectResult.Connected);
    }

    void ITcpSocketEvents.OnReady(Readiness what)
    {
        if (!_silent && !IsLost)
            _card.Announce(_events, what);
    }

    void ITcpSocketEvents.OnClosed(SocketError error)
    {
        if (_connected.TrySetResult(ConnectResult.Answered(error == SocketError.Success ? SocketError.ConnectionReset : error)))
            return;
        if (!_silent && !IsLost && error != SocketError.Success)
            _events?.OnClosed(error, ToeReason.None);
    }

    private static TcpState StateOf(Tcp.TcpState state) => state switch
    {
        Tcp.TcpState.Closed => TcpState.Closed,
        Tcp.TcpState.Listen => TcpState.Listen,
        Tcp.TcpState.SynSent => TcpState.SynSent,
        Tcp.TcpState.SynReceived => TcpState.SynReceived,
        Tcp.TcpState.Established => TcpState.Established,
        Tcp.TcpState.FinWait1 => TcpState.FinWait1,
        Tcp.TcpState.FinWait2 => TcpState.FinWait2,
        Tcp.TcpState.CloseWait => TcpState.CloseWait,
        Tcp.TcpState.Closing => TcpState.Closing,
        Tcp.TcpState.LastAck => TcpState.LastAck,
        Tcp.TcpState.TimeWait => TcpState.TimeWait,
        _ => TcpState.Unknown,
    };

    /// <summary>True when the engine that had the connection is gone, or stands still for good.</summary>
    private bool IsLost => _generation != _card.Generation || _card.IsDead;

    /// <summary>What a data call answers without asking the engine. A dead card cannot even fail: its sockets hang until its health is noticed.</summary>
    private IoStatus? Obstacle() =>
        _generation != _card.Generation || _socket is null ? IoStatus.Failed : _card.IsDead ? IoStatus.WouldBlock : null;

    private void StartConnect()
    {
        if (_silent || IsLost)
        {
            _connected.TrySetResult(ConnectResult.RefusedBecause(ToeReasons.HealthFailed));
            return;
        }

        try
        {
            _socket = _card.Loop.Engine.Connect(LocalEndPoint, RemoteEndPoint, _options, this);
            LocalEndPoint = _socket.LocalEndPoint;
            if (Claim())
                return;
            _socket.Abort();
            _connected.TrySetResult(ConnectResult.RefusedBecause(ToeReasons.RouteTupleInUse.With(LocalEndPoint.ToString())));
        }
        catch (SocketException exception)
        {
            _connected.TrySetResult(ConnectResult.RefusedBecause(ToeReasons.RouteTupleInUse.With(exception.Message)));
        }
    }

    private void End(bool abort)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            if (abort && !IsLost)
                _socket?.Abort();
            return;
        }

        _card.Sockets.TryRemove(this, out _);
        _connected.TrySetResult(ConnectResult.RefusedBecause(ToeReasons.HealthFailed.With("the socket was disposed")));
        _card.Tables.ReturnConnection(RemoteEndPoint.AddressFamily, _memory);
        if (!IsLost && abort)
            _socket?.Abort();
        else if (!IsLost)
            _socket?.Close();
        ReleaseClaim();
    }

    private bool Claim()
    {
        if (!_card.Network.TryClaim(LocalEndPoint, RemoteEndPoint))
            return false;
        Volatile.Write(ref _claimed, 1);
        return true;
    }

    private void ReleaseClaim()
    {
        if (Interlocked.Exchange(ref _claimed, 0) == 0)
            return;
        if (IsLost)
            _card.Network.Release(LocalEndPoint, RemoteEndPoint);
        else
            _card.Closing.Add(_socket!, LocalEndPoint);
    }
}
