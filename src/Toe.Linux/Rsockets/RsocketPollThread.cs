using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Toe.Linux;

/// <summary>One thread that waits for many rsockets by rpoll. It owns the list; others post to it.</summary>
/// <remarks>
/// It is the only one that waits for a socket's events: of two that wait, one may take the completion that the other waits for, and librdmacm wakes nobody (seen
/// as a hang of two threads on a blocking rsocket). Data calls never wait, so they cannot take what it needs without its seeing the socket's state afterwards; but they
/// may not run beside it either: see <see cref="RsocketGate"/>. Sockets without interest are not polled: they cost nothing. While a closing thread shuts a socket's sending
/// side down, that one waits for its events, and whoever wants to receive tries every few milliseconds; the library waits there for what was sent, and what was sent may
/// wait for what is received.
/// </remarks>
internal sealed unsafe class RsocketPollThread : IDisposable
{
    private const int AwayInterval = 2;     // milliseconds

    private readonly ConcurrentQueue<RsocketRegistration> _posted = new();
    private readonly List<RsocketRegistration> _polled = [];
    private readonly List<RsocketRegistration> _away = [];
    private readonly Doorbell _bell = new();
    private readonly RsocketRetry _retry;
    private readonly Thread _thread;
    private long _triedAt;
    private PollDescriptor[] _descriptors = GC.AllocateUninitializedArray<PollDescriptor>(64, pinned: true);
    private int _isWaiting;
    private volatile bool _isStopping;
    private volatile bool _hasEnded;

    internal RsocketPollThread()
    {
        _retry = new RsocketRetry(_bell);
        _thread = new Thread(Run) { IsBackground = true, Name = "toe-rsocket-poll" };
        _thread.Start();
    }

    /// <summary>Makes it come out of rpoll and look again.</summary>
    internal void Wake() => _bell.Ring();

    internal void Post(RsocketRegistration registration)
    {
        _posted.Enqueue(registration);
        Interlocked.MemoryBarrier(); // What is posted is seen by the thread before it waits, or the thread's waiting is seen here.
        if (Volatile.Read(ref _isWaiting) != 0)
            _bell.Ring();
        if (_hasEnded)
            LetLeave();
    }

    public void Dispose()
    {
        _isStopping = true;
        _bell.Ring();
        if (Thread.CurrentThread != _thread)
            _thread.Join();
    }

    private void Run()
    {
        while (!_isStopping)
        {
            TakePosted();
            TryAway();
            Wait();
        }

        _hasEnded = true;
        Interlocked.MemoryBarrier();
        LetLeave();
        _retry.Dispose();
        _bell.Dispose();
    }

    /// <summary>Nobody waits any more; sockets still let go of theirs.</summary>
    private void LetLeave()
    {
        while (_posted.TryDequeue(out var registration))
        {
            if ((registration.TakeRequests() & RsocketRegistration.Leaves) != 0)
                registration.Release();
        }
    }

    private void TakePosted()
    {
        while (_posted.TryDequeue(out var registration))
        {
            _retry.Restart();
            var requests = registration.TakeRequests();
            if (registration.HasGone)
                continue; // A closing thread came back, or an arm came late.
            if ((requests & RsocketRegistration.Leaves) != 0)
            {
                Remove(registration);
                _away.Remove(registration);
                registration.HasGone = true;
                registration.Release();
                continue;
            }

            registration.Interest |= (Readiness)requests & (Readiness.Receive | Readiness.Send);
            if ((requests & RsocketRegistration.HasReturned) != 0)
                registration.IsAway = !_away.Remove(registration);
            if ((requests & RsocketRegistration.WantsShutdown) != 0)
            {
                Remove(registration);
                registration.IsAway = true;
                _away.Add(registration);
                RsocketCalls.Closing.ShutdownSend(registration.Handle, () => registration.Post(RsocketRegistration.HasReturned));
            }

            if (!registration.IsAway && registration.Interest != Readiness.None && registration.Place < 0)
                Add(registration);
        }
    }

    private void TryAway()
    {
        if (_away.Count == 0)
            return;
        _retry.Restart(AwayInterval);
        if (TimeProvider.System.GetElapsedTime(_triedAt).TotalMilliseconds < AwayInterval)
            return;
        _triedAt = TimeProvider.System.GetTimestamp();
        foreach (var registration in _away)
        {
            var wanted = registration.Interest;
            registration.Interest = Readiness.None;
            if (wanted != Readiness.None)
                registration.Announce(wanted, hasFailed: false);
        }
    }

    private void Wait()
    {
        var count = Fill();
        Volatile.Write(ref _isWaiting, 1);
        Interlocked.MemoryBarrier();
        var isBusy = !_posted.IsEmpty || _isStopping;
        int ready;
        fixed (PollDescriptor* descriptors = _descriptors)
            ready = RdmaCm.rpoll(descriptors, (nuint)count, isBusy ? 0 : Timeout.Infinite);
        var error = ready < 0 ? Marshal.GetLastPInvokeError() : 0;
        Volatile.Write(ref _isWaiting, 0);
        if (_descriptors[0].Returned != 0)
            _bell.Answer();
        Leave();
        if (ready > 0)
            Announce();
        else if (error is not (0 or ErrorNumber.Interrupted))
            Poll.Wait(null, _bell, TimeSpan.FromMilliseconds(10)); // No memory for its own list: rather late than busy.
    }

    private int Fill()
    {
        var count = 1 + (2 * _polled.Count);
        if (_descriptors.Length < count)
            _descriptors = GC.AllocateUninitializedArray<PollDescriptor>(count * 2, pinned: true);
        _descriptors[0] = new PollDescriptor { Descriptor = (int)_bell.Descriptor.DangerousGetHandle(), Events = RdmaCm.PollInput };
        var nothing = new PollDescriptor { Descriptor = _descriptors[0].Descriptor }; // Nothing is asked of it; rpoll looks a negative number up in its table.
        for (var i = 0; i < _polled.Count; i++)
        {
            var isInside = _polled[i].TryEnter(this); // Else a call is inside, which wakes this thread when it is done.
            _descriptors[1 + (2 * i)] = isInside ? new PollDescriptor { Descriptor = _polled[i].Number, Events = EventsOf(_polled[i].Interest) } : nothing;
            _descriptors[2 + (2 * i)] = isInside && _polled[i].Channel >= 0 ? new PollDescriptor { Descriptor = _polled[i].Channel, Events = RdmaCm.PollInput } : nothing;
        }

        return count;
    }

    private void Leave()
    {
        foreach (var registration in _polled)
            registration.Exit();
    }

    private void Announce()
    {
        for (var i = _polled.Count - 1; i >= 0; i--) // Backwards: a removal moves the last one into the gap.
        {
            var returned = _descriptors[1 + (2 * i)].Returned;
            var isOver = _descriptors[2 + (2 * i)].Returned != 0;
            if (returned == 0 && !isOver)
                continue;
            var registration = _polled[i];
            if (isOver)
                registration.Socket.IsOver = true;
            var hasFailed = isOver || (returned & (PollDescriptor.Error | PollDescriptor.HangUp | PollDescriptor.Invalid)) != 0;
            var ready = hasFailed ? registration.Interest : registration.Interest & ReadyOf(returned);
            registration.Interest &= ~ready;
            if (registration.Interest == Readiness.None)
                Remove(registration);
            if (ready != Readiness.None)
                registration.Announce(ready, hasFailed);
        }
    }

    private static short EventsOf(Readiness interest) => interest switch
    {
        Readiness.Receive => RdmaCm.PollInput,
        Readiness.Send => RdmaCm.PollOutput,
        _ => RdmaCm.PollInput | RdmaCm.PollOutput,
    };

    private static Readiness ReadyOf(short returned) =>
        ((returned & RdmaCm.PollInput) != 0 ? Readiness.Receive : Readiness.None) | ((returned & RdmaCm.PollOutput) != 0 ? Readiness.Send : Readiness.None);

    private void Add(RsocketRegistration registration)
    {
        registration.Place = _polled.Count;
        _polled.Add(registration);
    }

    private void Remove(RsocketRegistration registration)
    {
        if (registration.Place < 0)
            return;
        var last = _polled[^1];
        _polled[registration.Place] = last;
        last.Place = registration.Place;
        _polled.RemoveAt(_polled.Count - 1);
        registration.Place = -1;
    }
}
