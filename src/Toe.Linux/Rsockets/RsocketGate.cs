namespace Toe.Linux;

/// <summary>
/// Lets one thread at a time into the library with a socket: a send, a receive, a poller's rpoll, or a shutdown.
/// </summary>
/// <remarks>
/// The library promises that a send and a receive may run beside each other and beside rpoll, and does not keep it: sqe_avail and sbuf_bytes_avail are counted down under
/// the lock for sending and up under the lock for completions, rbuf_bytes_avail up under the lock for receiving and down under that for completions; none of it is
/// atomic (rdma-core, librdmacm/rsocket.c: rs_write_data, rs_poll_cq, rrecv, rs_send_credits; the same from version 15 to 64). A count that was lost stops a connection for
/// ever, its close with it; one too many overwrites what was not sent yet, or breaks the queue pair.
/// </remarks>
internal sealed class RsocketGate
{
    private const int Free = 0;
    private const int Calling = 1;          // a send or a receive
    private const int CallingMissed = 2;    // and a poller came by, which wants to hear when it is done
    private const int Polled = 3;           // in a poller's rpoll
    private const int PolledWanted = 4;     // and a call waits for it to come out
    private const int Away = 5;             // with a thread that may block, for which calls do not wait

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    private readonly Lock _calls = new();       // held by who is inside for a call, and by who is about to be
    private readonly object _handover = new();
    private RsocketPollThread? _poller;
    private int _state;
    private long _awaySince;
    private bool _isBeside;

    /// <summary>Enters for a call that does not block. Waits for another such call, and calls a poller out of rpoll.</summary>
    /// <returns>False when a thread that may block is inside: the call is to be taken for one that would block. When that one stands still, the call goes in beside it.</returns>
    public bool Enter()
    {
        _calls.Enter();
        if (TakeOver(Calling))
            return true;
        _isBeside = TimeProvider.System.GetElapsedTime(_awaySince) > Patience;
        if (!_isBeside)
            _calls.Exit();
        return _isBeside;
    }

    /// <summary>Leaves after <see cref="Enter"/>.</summary>
    public void Exit()
    {
        var missed = !_isBeside && Interlocked.Exchange(ref _state, Free) == CallingMissed;
        var poller = _poller;
        _isBeside = false;
        _calls.Exit();
        if (missed)
            poller?.Wake();
    }

    /// <summary>Enters for a call that may block.</summary>
    /// <returns>False when another such call is inside.</returns>
    public bool EnterAway()
    {
        lock (_calls)
        {
            if (!TakeOver(Away))
                return false;
            _awaySince = TimeProvider.System.GetTimestamp();
            return true;
        }
    }

    /// <summary>Leaves after <see cref="EnterAway"/>.</summary>
    public void ExitAway() => Volatile.Write(ref _state, Free);

    /// <summary>Enters for rpoll.</summary>
    /// <param name="poller">Woken when somebody else wants in, and, where it did not get in because of a call, when that is done.</param>
    public bool TryEnterPoll(RsocketPollThread poller)
    {
        _poller = poller;
        while (true)
        {
            switch (Interlocked.CompareExchange(ref _state, Polled, Free))
            {
                case Free:
                    return true;
                case Calling when Interlocked.CompareExchange(ref _state, CallingMissed, Calling) != Calling:
                    continue; // It has just left.
                default:
                    return false;
            }
        }
    }

    /// <summary>Leaves after <see cref="TryEnterPoll"/>. Who waits is inside from then on: otherwise the poller could be back before it wakes.</summary>
    public void ExitPoll()
    {
        if (Interlocked.CompareExchange(ref _state, Free, Polled) == Polled)
            return;
        lock (_handover)
        {
            Volatile.Write(ref _state, Calling);
            Monitor.Pulse(_handover);
        }
    }

    private bool TakeOver(int state)
    {
        while (true)
        {
            switch (Interlocked.CompareExchange(ref _state, state, Free))
            {
                case Free:
                    return true;
                case Away:
                    return false;
                default:
                    if (Interlocked.CompareExchange(ref _state, PolledWanted, Polled) != Polled)
                        continue; // The poller has just left.
                    AwaitPoller();
                    if (state != Calling) // Else it stands already, and a poller may have come by since.
                        Volatile.Write(ref _state, state);
                    return true;
            }
        }
    }

    private void AwaitPoller()
    {
        _poller!.Wake();
        var spin = new SpinWait();
        while (Volatile.Read(ref _state) == PolledWanted && !spin.NextSpinWillYield)
            spin.SpinOnce();
        lock (_handover)
        {
            while (_state == PolledWanted)
                Monitor.Wait(_handover);
        }
    }
}
