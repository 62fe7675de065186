using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Toe.Conformance;

/// <summary>A host socket behind the contract. Everything is under one lock but the events, which are raised by the watching thread alone.</summary>
internal sealed class HostSocket(Socket socket, IPEndPoint remote, IAdapterSocketEvents? events, SocketWatch watch) : IToeAdapterSocket
{
    private readonly Lock _lock = new();
    private readonly Lock _raising = new(); // Held while an event is raised: Abort and disposal wait for it on other threads.
    private IAdapterSocketEvents? _events = events;
    private Readiness _armed;
    private SocketError _error = SocketError.Success;
    private bool _isCompleted;
    private bool _isAborted;
    private bool _isDisposed;
    private bool _isClosedTold;

    public IPEndPoint LocalEndPoint { get; private set; } = (IPEndPoint?)socket.LocalEndPoint ?? new IPEndPoint(IPAddress.Any, 0);

    public IPEndPoint RemoteEndPoint => remote;

    private bool IsOver => _isAborted || _isDisposed;

    /// <summary>Names the receiver of an accepted socket's events.</summary>
    public void Install(IAdapterSocketEvents receiver)
    {
        lock (_lock)
        {
            if (IsOver)
                return; // From inside of its acceptance.
            _events = receiver;
        }

        Begin();
    }

    public async ValueTask<ConnectResult> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            await socket.ConnectAsync(remote, cancellationToken);
        }
        catch (SocketException exception)
        {
            return ConnectResult.Answered(exception.SocketErrorCode);
        }

        Begin();
        return ConnectResult.Connected;
    }

    public IoStatus TryReceive(Span<byte> buffer, out int bytes)
    {
        bytes = 0;
        lock (_lock)
        {
            if (Ended() is { } ended)
                return ended;
            if (buffer.IsEmpty)
                return socket.Available > 0 ? IoStatus.Done : Peek();
            bytes = socket.Receive(buffer, SocketFlags.None, out var error);
            return error == SocketError.Success ? (bytes > 0 ? IoStatus.Done : IoStatus.EndOfStream) : Failed(error);
        }
    }

    public IoStatus TrySend(ReadOnlySpan<byte> buffer, out int bytes)
    {
        bytes = 0;
        lock (_lock)
        {
            if (Ended() is { } ended)
                return ended;
            if (_isCompleted)
                return IoStatus.Failed;
            if (buffer.IsEmpty)
                return IoStatus.Done;
            bytes = socket.Send(buffer, SocketFlags.None, out var error);
            return error == SocketError.Success ? IoStatus.Done : Failed(error);
        }
    }

    public IoStatus TryCompleteSending()
    {
        lock (_lock)
        {
            if (Ended() is { } ended)
                return ended;
            if (!_isCompleted)
                socket.Shutdown(SocketShutdown.Send);
            _isCompleted = true;
            return IoStatus.Done;
        }
    }

    public void Arm(Readiness interest)
    {
        lock (_lock)
            _armed |= interest;
    }

    public void Abort()
    {
        lock (_lock)
        {
            if (IsOver)
                return;
            _isAborted = true;
            socket.LingerState = new LingerOption(enable: true, 0);
            socket.Close();
        }

        End();
    }

    public AdapterSocketInfo GetInfo()
    {
        lock (_lock)
        {
            var state = IsOver ? TcpState.Closed : socket.Connected ? TcpState.Unknown : TcpState.Closed;
            return new AdapterSocketInfo(state, OffloadConfidence.NotOffloaded);
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (!IsOver)
                socket.Dispose();
            _isDisposed = true;
        }

        End();
        return ValueTask.CompletedTask;
    }

    /// <summary>Raises what is due. On the watching thread.</summary>
    public void Look()
    {
        lock (_raising)
        {
            Readiness ready;
            bool closes;
            lock (_lock)
            {
                if (IsOver)
                    return;
                ready = Ready() & _armed;
                _armed &= ~ready;
                closes = _error != SocketError.Success && !_isClosedTold;
                _isClosedTold |= closes;
            }

            if (closes)
                _events!.OnClosed(_error, ToeReason.None);
            if (ready != Readiness.None)
                _events!.OnReady(ready);
        }
    }

    private void Begin()
    {
        socket.Blocking = false;
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
        watch.Add(this);
    }

    private void End()
    {
        watch.Remove(this);
        if (_raising.IsHeldByCurrentThread)
            return;
        lock (_raising)
        {
            // Whatever was under way has ended.
        }
    }

    private IoStatus? Ended() => IsOver ? IoStatus.Failed : _error == SocketError.Success ? null : _error == SocketError.ConnectionReset ? IoStatus.Reset : IoStatus.Failed;

    private IoStatus Failed(SocketError error)
    {
        if (error == SocketError.WouldBlock)
            return IoStatus.WouldBlock;
        _error = error is SocketError.Shutdown ? SocketError.ConnectionReset : error; // EPIPE follows a reset that was told already.
        return Ended()!.Value;
    }

    private IoStatus Peek()
    {
        var bytes = socket.Receive(stackalloc byte[1], SocketFlags.Peek, out var error);
        return error == SocketError.Success ? (bytes > 0 ? IoStatus.Done : IoStatus.EndOfStream) : Failed(error);
    }

    private Readiness Ready()
    {
        if (_error != SocketError.Success || Peek() is not IoStatus.WouldBlock)
            return Readiness.Receive | (_error != SocketError.Success || socket.Poll(0, SelectMode.SelectWrite) ? Readiness.Send : Readiness.None);
        return socket.Poll(0, SelectMode.SelectWrite) ? Readiness.Send : Readiness.None;
    }
}
