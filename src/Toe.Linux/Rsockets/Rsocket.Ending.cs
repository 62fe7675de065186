namespace Toe.Linux;

/// <content>How a connection ends: by its ends, by the connection manager, by the device.</content>
public sealed unsafe partial class Rsocket
{
    private static readonly TimeSpan LingerLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstFollow = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ManagerLimit = TimeSpan.FromMilliseconds(500);     // The connection manager says why a device failed a request, a little before or after.
    private static readonly TimeSpan ShortestKeepAlive = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestKeepAlive = TimeSpan.FromDays(1);

    private ITimer? _keepAlive;
    private long _lingersSince;
    private long _brokenSince;              // the completions' thread's
    private long _connectedSince;
    private TimeSpan _followsAfter = FirstFollow;   // the completions' thread's
    private int _hasAnnouncedEnd;
    private int _managerError;              // what the connection manager said; taken in by the completions' thread

    bool ICompletionOwner.IsInDoubt { get; set; }

    /// <summary>Cuts the connection off: what is on its way may be lost, and a peer of this implementation sees a reset. No event begins afterwards.</summary>
    public void Abort() => Close(mayLinger: false);

    /// <summary>Closes: the peer gets the end of the stream behind what was sent, in the background; with bytes unread it is cut off, as with TCP. No event begins afterwards.</summary>
    public void Dispose() => Close(mayLinger: true);

    void ICompletionOwner.TakeCompletions(bool isTold)
    {
        if (isTold)
            Volatile.Write(ref _wasTold, 1);
        if (_state is not (RsocketState.Connected or RsocketState.Lingering))
            return;
        var said = Volatile.Read(ref _managerError); // Before taking: what it speaks of has arrived by then.
        Take(out var isDone);
        if (!isDone)
            return; // Who is at it gives another turn.
        if (!IsEndKnown(said) || IsUnanswered)
            _thread.Linger(this);
        if (IsLeaving())
            return;
        Interlocked.MemoryBarrier(); // Who arms now sees what was taken, or is seen here.
        AnnounceEnd(); // First: who is woken then finds the reason.
        Announce(Readiness.Receive | Readiness.Send);
        if (Volatile.Read(ref _armed) != 0)
            Take(); // Asks the device again for who waits still.
    }

    bool ICompletionOwner.IsLingering()
    {
        if (IsUnanswered)
            FollowFirst();
        lock (_lock)
        {
            if (_state == RsocketState.Lingering)
            {
                if (!HasLeft && TimeProvider.System.GetElapsedTime(_lingersSince) < LingerLimit)
                    return true;
                LetGo();
            }

            if (_state != RsocketState.Connected)
                return false;
        }

        var said = Volatile.Read(ref _managerError);
        Take(out var isDone);
        if (!isDone || !IsEndKnown(said))
            return true;
        AnnounceEnd();
        Announce(Readiness.Receive | Readiness.Send);
        return IsUnanswered;
    }

    /// <summary>True when nothing is left to be sent, or nobody to send it to.</summary>
    private bool HasLeft => (_stream.IsDrained && !IsUnanswered) || _stream.IsBroken || _stream.Error != 0 || _stream.HasPeerLeft;

    /// <summary>Whether it is known how a connection that is over ended. A device that is taken away fails its requests too, and that is no reset by the peer.</summary>
    /// <param name="said">What the connection manager had said before completions were taken.</param>
    private bool IsEndKnown(int said)
    {
        if (_stream.HasPeerLeft || _stream.Error != 0)
            return true;
        if (said == 0)
        {
            if (!_stream.IsBroken)
                return true; // It is not over.
            if (_brokenSince == 0)
                _brokenSince = TimeProvider.System.GetTimestamp();
            if (TimeProvider.System.GetElapsedTime(_brokenSince) < ManagerLimit)
                return false;
            said = ErrorNumber.ConnectionReset;
        }

        // Behind what had arrived before. Where both ends had said that nothing more comes, and all of it was sent, it is no loss.
        if (said == ErrorNumber.ConnectionReset && _stream is { HasPeerEnded: true, HasEndedSending: true, IsDrained: true } && !_hasFailedSend)
            _stream.PeerLeft();
        else
            _stream.Fail(said);
        return true;
    }

    /// <summary>Nobody hears of a socket that was disposed; it leaves when the device is done.</summary>
    private bool IsLeaving()
    {
        lock (_lock)
        {
            if (_state == RsocketState.Lingering && HasLeft)
                LetGo();
            else if (_state == RsocketState.Lingering)
                _thread.Linger(this);
            return _state != RsocketState.Connected;
        }
    }

    /// <summary>What the device has of a connection that is over is given back at once; what had arrived can still be received.</summary>
    private void AnnounceEnd()
    {
        var error = _stream.Error;
        if ((error == 0 && !_stream.HasPeerLeft) || Volatile.Read(ref _events) is not { } events)
            return; // A receiver that is not there yet asks when it is.
        if (Interlocked.Exchange(ref _hasAnnouncedEnd, 1) != 0)
            return;
        _thread.Remove(_cookie);
        _identifier.Dispose();
        if (error == 0 || _state != RsocketState.Connected)
            return;
        try
        {
            events.OnOver(error);
        }
        catch (Exception)
        {
            Abort(); // The thread serves many connections.
        }
    }

    private void EndByManager(int error)
    {
        if (_state is not (RsocketState.Connected or RsocketState.Lingering))
        {
            EndConnecting(error);
            return;
        }

        if (error == ErrorNumber.NoDevice)
            Volatile.Write(ref _managerError, error); // Also where the connection's own end was said first.
        else
            Interlocked.CompareExchange(ref _managerError, error, 0);
        _thread.Post(this);
    }

    /// <summary>True while the end that connected has heard nothing, and has not waited long for it. The other answers the first message at once.</summary>
    private bool IsUnanswered => !_isPassive && !_stream.HasHeard && !IsEnding && _followsAfter < LingerLimit;

    /// <summary>
    /// Sends something behind the first message now and then. Soft-iWARP answers a request before it listens to its socket: a message that arrives between the two lies there until another
    /// one comes (Linux drivers/infiniband/sw/siw, siw_accept).
    /// </summary>
    private void FollowFirst()
    {
        if (TimeProvider.System.GetElapsedTime(_connectedSince) < _followsAfter)
            return;
        _followsAfter *= 2;
        AskPeer();
    }

    private void StartKeepAlive()
    {
        if (_options.KeepAlive is not { } asked)
            return;
        var idle = asked < ShortestKeepAlive ? ShortestKeepAlive : asked > LongestKeepAlive ? LongestKeepAlive : asked;
        _keepAlive = TimeProvider.System.CreateTimer(static socket => ((Rsocket)socket!).AskPeer(), this, idle, idle);
    }

    private void AskPeer()
    {
        Take();
        if (!_identifier.TryKeep())
            return;
        if (_stream.Error == 0 && !(_stream.HasPeerEnded && _stream.HasEndedSending) && _stream.IsDrained)
            _stream.KeepAlive();
        Leave();
    }

    private void Close(bool mayLinger)
    {
        Action<int>? connected;
        if (mayLinger)
            TakeAll(); // What waits in the device is unread too.
        lock (_lock)
        {
            if (_state is RsocketState.Closed or RsocketState.Lingering)
                return;
            Interlocked.Exchange(ref _armed, 0);
            Interlocked.Exchange(ref _untold, 0);
            _keepAlive?.Dispose();
            (connected, _connected) = (_connected, null);
            if (mayLinger && _state == RsocketState.Connected && _stream.CanLeave && _identifier.TryKeep())
            {
                _state = RsocketState.Lingering;
                _lingersSince = TimeProvider.System.GetTimestamp();
                _stream.Leave();
                _identifier.DangerousRelease();
                _thread.Post(this);
            }
            else
            {
                LetGo();
            }
        }

        connected?.Invoke(ErrorNumber.Cancelled);
    }

    /// <summary>Takes what has been completed by now. Where another thread is at it this one waits: that one calls nobody meanwhile, and takes again what came before this call.</summary>
    private void TakeAll()
    {
        Take(out var isDone);
        var spin = default(SpinWait);
        while (!isDone && Volatile.Read(ref _takeCalls) != 0)
            spin.SpinOnce();
    }

    /// <summary>Under the lock. Whoever is inside goes on with what he keeps.</summary>
    private void LetGo()
    {
        _state = RsocketState.Closed;
        _thread.Remove(_cookie);
        _identifier.Dispose();
        _buffers?.Dispose();
    }
}
