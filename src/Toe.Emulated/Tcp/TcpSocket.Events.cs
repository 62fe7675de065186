using System.Net.Sockets;

namespace Toe.Emulated.Tcp;

/// <content>Readiness, events, and the hand-over of work between threads.</content>
public sealed partial class TcpSocket
{
    private int _armed;
    private int _work;
    private int _raisingThread;
    private volatile bool _silenced;

    internal ITcpSocketEvents? Events { get; set; }

    /// <summary>The next socket in the engine's list of work. The list's own.</summary>
    internal TcpSocket? NextInList { get; set; }

    /// <summary>
    /// Asks for one <see cref="ITcpSocketEvents.OnReady"/> for each direction named. A direction that is ready already answers at once,
    /// on this thread; otherwise the owner thread answers when it becomes so. Arming an armed direction changes nothing.
    /// </summary>
    /// <param name="interest">The directions.</param>
    /// <remarks>Send is announced when a quarter of the send buffer is free, so that each answer is worth a call.</remarks>
    public void Arm(Readiness interest)
    {
        if (_closed || interest == Readiness.None) return;
        // Publish the interest, then look (the Interlocked operation is a full fence); the owner publishes, then looks at the interest.
        Interlocked.Or(ref _armed, (int)interest);
        var ready = Readiness.None;
        var ended = _ended != NotEnded;
        if (ended || _endOfStream || ReceiveRing.Count > 0) ready |= Readiness.Receive;
        if (ended || _sendingCompleted || SendRing.Free > 0) ready |= Readiness.Send;
        ready &= interest;
        if (ready == Readiness.None) return;
        var mine = (Readiness)Interlocked.And(ref _armed, ~(int)ready) & ready;
        if (mine != Readiness.None && !_silenced) Events?.OnReady(mine);
    }

    /// <summary>Owner thread: these directions are ready now; whoever armed them hears of it, once.</summary>
    internal void RaiseReady(Readiness ready)
    {
        Interlocked.MemoryBarrier();
        if ((Volatile.Read(ref _armed) & (int)ready) == 0) return;
        var mine = (Readiness)Interlocked.And(ref _armed, ~(int)ready) & ready;
        if (mine != Readiness.None) Raise(SocketEvent.Ready, mine, SocketError.Success);
    }

    internal void RaiseConnected() => Raise(SocketEvent.Connected, Readiness.None, SocketError.Success);

    internal void RaiseAdvisory(TcpAdvisory advisory) => Raise(SocketEvent.Advisory, Readiness.None, SocketError.Success, advisory);

    /// <summary>Owner thread: the last events.</summary>
    internal void RaiseClosed(SocketError error)
    {
        Raise(SocketEvent.Closed, Readiness.None, error);
        RaiseReady(Readiness.Receive | Readiness.Send);
    }

    internal bool SendIsWorthAnnouncing => SendRing.Free >= SendRing.Limit / 4;

    /// <summary>Owner thread: does what was posted.</summary>
    internal void DoWork() => _connection.DoWork((SocketWork)Interlocked.Exchange(ref _work, 0));

    internal void Post(SocketWork work)
    {
        var before = Interlocked.Or(ref _work, (int)(work | SocketWork.Queued));
        if ((before & (int)SocketWork.Queued) == 0) _connection.Engine.Enqueue(this);
    }

    private void Raise(SocketEvent what, Readiness ready, SocketError error, TcpAdvisory advisory = TcpAdvisory.None)
    {
        // Abort sets the mark and then looks here; this sets the thread and then looks at the mark.
        Volatile.Write(ref _raisingThread, Environment.CurrentManagedThreadId);
        Interlocked.MemoryBarrier();
        try
        {
            if (_silenced || Events is null) return;
            switch (what)
            {
                case SocketEvent.Connected: Events.OnConnected(); break;
                case SocketEvent.Ready: Events.OnReady(ready); break;
                case SocketEvent.Advisory: Events.OnAdvisory(advisory); break;
                default: Events.OnClosed(error); break;
            }
        }
        catch (Exception)
        {
            // A handler's fault ends its own connection and nothing else.
            _connection.Engine.Statistics.HandlerFailures++;
            _connection.HandlerFailed();
        }
        finally
        {
            Volatile.Write(ref _raisingThread, 0);
        }
    }

    private void Silence()
    {
        _silenced = true;
        Interlocked.Exchange(ref _armed, 0);
        var spinner = default(SpinWait);
        while (Volatile.Read(ref _raisingThread) is var thread && thread != 0 && thread != Environment.CurrentManagedThreadId)
            spinner.SpinOnce();
    }

    private enum SocketEvent
    {
        Connected,
        Ready,
        Advisory,
        Closed,
    }
}
