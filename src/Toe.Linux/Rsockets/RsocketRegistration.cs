namespace Toe.Linux;

/// <summary>An rsocket with its poller. Any thread may ask; the answers come on the poller's thread. Disposing ends it: no event comes afterwards.</summary>
public sealed class RsocketRegistration : IDisposable
{
    internal const int WantsReceive = (int)Readiness.Receive;
    internal const int WantsSend = (int)Readiness.Send;
    internal const int WantsShutdown = 4;
    internal const int HasReturned = 8;     // from the closing thread
    internal const int Leaves = 16;

    private readonly RsocketPollThread _thread;
    private readonly IRsocketEvents _events;
    private readonly Lock _announcing = new();
    private int _requests;
    private int _isPosted;
    private bool _hasLeft;
    private bool _isInside;  // the poller's thread, in the library; that thread only

    internal RsocketRegistration(RsocketPollThread thread, Rsocket socket, IRsocketEvents events)
    {
        _thread = thread;
        _events = events;
        Handle = socket.Handle;
        var kept = false;
        Handle.DangerousAddRef(ref kept); // The poller's own, until it has let go.
        Number = (int)Handle.DangerousGetHandle();
        Socket = socket;
        Channel = Libc.fcntl(Number, Libc.DuplicateCloseOnExec, 0);
    }

    internal RsocketHandle Handle { get; }

    internal Rsocket Socket { get; }

    /// <summary>
    /// The event channel under a number that the library does not know, so that rpoll waits for it as for any file: on a connected socket it is readable when the connection
    /// is over, which the library itself does not look at. Nothing reads it.
    /// </summary>
    internal int Channel { get; }

    internal int Number { get; }

    /// <summary>What is to be announced. The poller's thread only.</summary>
    internal Readiness Interest { get; set; }

    /// <summary>Where it stands in the poller's list; -1 when it does not. The poller's thread only.</summary>
    internal int Place { get; set; } = -1;

    /// <summary>True while a closing thread has it: only one thread may wait for its events. The poller's thread only.</summary>
    internal bool IsAway { get; set; }

    /// <summary>True when the poller has let go. The poller's thread only.</summary>
    internal bool HasGone { get; set; }

    /// <summary>Asks for one announcement for each direction; what is ready already is announced at once.</summary>
    /// <param name="interest">The directions.</param>
    public void Arm(Readiness interest) => Post((int)interest);

    /// <summary>Sends the end of the stream behind what was sent, in the background.</summary>
    public void ShutdownSend() => Post(WantsShutdown);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_announcing)
        {
            if (_hasLeft)
                return;
            _hasLeft = true;
        }

        Post(Leaves);
    }

    internal bool TryEnter(RsocketPollThread thread) => _isInside = Handle.Gate.TryEnterPoll(thread);

    internal void Exit()
    {
        if (!_isInside)
            return;
        _isInside = false;
        Handle.Gate.ExitPoll();
    }

    internal int TakeRequests()
    {
        Volatile.Write(ref _isPosted, 0);
        return Interlocked.Exchange(ref _requests, 0);
    }

    /// <summary>The poller lets go. Once, since it is asked to leave once.</summary>
    internal void Release()
    {
        if (Channel >= 0)
            _ = Libc.close(Channel);
        Handle.DangerousRelease();
    }

    internal void Announce(Readiness what, bool hasFailed)
    {
        lock (_announcing)
        {
            if (_hasLeft)
                return;
            try
            {
                _events.OnReady(what, hasFailed);
            }
            catch (Exception)
            {
                // The thread serves many connections; a receiver that throws hears no more.
                Dispose();
            }
        }
    }

    internal void Post(int requests)
    {
        Interlocked.Or(ref _requests, requests);
        if (Interlocked.Exchange(ref _isPosted, 1) == 0)
            _thread.Post(this);
    }
}
