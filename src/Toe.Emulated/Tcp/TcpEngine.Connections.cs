using Toe.Emulated.Wire;

namespace Toe.Emulated.Tcp;

/// <content>Connections come and go; work from other threads.</content>
public sealed partial class TcpEngine
{
    /// <summary>Rounds of work in one turn: an event that always asks for more must not keep the timers waiting for ever.</summary>
    private const int MaximumRounds = 64;

    private readonly Queue<TimeWaitEntry> _timeWaitOrder = new();

    /// <summary>Any thread: a socket has work and is in no list.</summary>
    internal void Enqueue(TcpSocket socket)
    {
        TcpSocket? head;
        do
        {
            head = Volatile.Read(ref _work);
            socket.NextInList = head;
        }
        while (Interlocked.CompareExchange(ref _work, socket, head) != head);
        if (head is null) _host.Wake();
    }

    internal void Remove(TcpConnection connection)
    {
        Timers.Set(connection, TimerNode.Never);
        if (_endpoints.Remove(connection)) Statistics.Connections--;
    }

    internal void EnterTimeWait(TcpConnection connection, TimeWaitState last, ITcpEndpointWatcher? watcher)
    {
        Remove(connection);
        while (_timeWaitOrder.TryPeek(out var oldest)
            && (oldest.Deadline == TimerNode.Never || Statistics.TimeWait >= Options.MaximumTimeWait))
        {
            _timeWaitOrder.Dequeue();
            if (oldest.Deadline != TimerNode.Never) RemoveTimeWait(oldest);
        }
        var entry = new TimeWaitEntry(this, connection.Tuple, last, watcher);
        _endpoints.Add(entry);
        _timeWaitOrder.Enqueue(entry);
        Statistics.TimeWait++;
        Timers.Set(entry, Now + TimeWaitTicks);
    }

    internal void RemoveTimeWait(TimeWaitEntry entry)
    {
        Timers.Set(entry, TimerNode.Never);
        if (!_endpoints.Remove(entry)) return;
        Statistics.TimeWait--;
        entry.Watcher?.OnGone();
    }

    /// <summary>A SYN that is certainly new, for a tuple in TIME-WAIT (RFC 6191): a new connection.</summary>
    internal void Reopen(TimeWaitEntry entry, TcpListener listener, ref Segment syn)
    {
        RemoveTimeWait(entry);
        TryReceiveInListen(listener, ref syn, entry.SendNext);
    }

    internal void Accept(TcpConnection connection)
    {
        try
        {
            connection.Socket.Events = connection.Listener!.Events.OnAccepted(connection.Socket);
        }
        catch (Exception)
        {
            // The handler's fault ends this connection only.
            Statistics.HandlerFailures++;
            connection.HandlerFailed();
        }
    }

    internal void HandshakeEnded(TcpListener listener)
    {
        listener.HalfOpen--;
        Statistics.HalfOpen--;
    }

    internal void StopListening(TcpListener listener)
    {
        if (listener.IsStopped) return;
        listener.IsStopped = true;
        _listeners.Remove((listener.Address, listener.LocalEndPoint.Port));
        if (listener.HalfOpen == 0) return;
        List<TcpConnection> handshakes = [];
        foreach (var endpoint in _endpoints)
            if (endpoint is TcpConnection { State: TcpState.SynReceived } connection && connection.Listener == listener)
                handshakes.Add(connection);
        foreach (var connection in handshakes) connection.Refuse();
    }

    private void DoWork()
    {
        for (var round = 0; round < MaximumRounds; round++)
        {
            var list = Interlocked.Exchange(ref _work, null);
            if (list is null) return;
            for (var socket = Reverse(list); socket is not null;)
            {
                var next = socket.NextInList;
                socket.NextInList = null;
                // From here on the socket may be queued again.
                socket.DoWork();
                socket = next;
            }
        }
    }

    /// <summary>First come, first served.</summary>
    private static TcpSocket Reverse(TcpSocket list)
    {
        TcpSocket? done = null;
        TcpSocket? rest = list;
        while (rest is not null)
        {
            var next = rest.NextInList;
            rest.NextInList = done;
            done = rest;
            rest = next;
        }
        return done!;
    }
}
