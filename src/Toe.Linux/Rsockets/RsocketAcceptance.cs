namespace Toe.Linux;

/// <summary>A listening rsocket that is waited for. Disposing ends it: nothing is heard of it afterwards. The socket is the caller's still.</summary>
public sealed class RsocketAcceptance : IDisposable
{
    private readonly RsocketAcceptThread _thread;
    private readonly Rsocket _socket;
    private readonly IRsocketListenerEvents _events;
    private readonly Lock _announcing = new();
    private bool _hasEnded;

    internal RsocketAcceptance(RsocketAcceptThread thread, Rsocket socket, IRsocketListenerEvents events)
    {
        _thread = thread;
        _socket = socket;
        _events = events;
        var kept = false;
        socket.Handle.DangerousAddRef(ref kept); // The thread's own, until it has let go.
        Channel = Libc.fcntl((int)socket.Handle.DangerousGetHandle(), Libc.DuplicateCloseOnExec, 0);
    }

    /// <summary>The event channel under a number that the library does not know: readable when somebody knocks. Nothing reads it.</summary>
    internal int Channel { get; }

    /// <summary>When somebody knocked last, as the system's clock counts; 0 when that is long ago. The thread only.</summary>
    internal long KnockedAt { get; set; }

    internal bool HasEnded => Volatile.Read(ref _hasEnded);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_announcing)
        {
            if (_hasEnded)
                return;
            Volatile.Write(ref _hasEnded, true);
        }

        _thread.Wake();
    }

    /// <summary>Takes what waits.</summary>
    /// <returns>True when there was something.</returns>
    internal bool TakeAll()
    {
        var any = false;
        while (true)
        {
            lock (_announcing)
            {
                if (_hasEnded)
                    return any;
                var accepted = _socket.Accept();
                if (accepted.ErrorNumber == ErrorNumber.TryAgain)
                    return any;
                any = true;
                Announce(accepted);
            }
        }
    }

    internal void Release()
    {
        if (Channel >= 0)
            _ = Libc.close(Channel);
        _socket.Handle.DangerousRelease();
    }

    private void Announce(HostAnswer<Rsocket> accepted)
    {
        try
        {
            if (accepted.Value is { } socket)
            {
                _events.OnAccepted(socket);
                return;
            }

            _hasEnded = true;
            _events.OnStopped(accepted.ErrorNumber, accepted.Reason);
        }
        catch (Exception)
        {
            _hasEnded = true; // The thread serves other listeners; a receiver that throws hears no more.
        }
    }
}
