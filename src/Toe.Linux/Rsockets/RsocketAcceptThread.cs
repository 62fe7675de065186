namespace Toe.Linux;

/// <summary>One thread that waits for all listening rsockets of a poller.</summary>
/// <remarks>
/// Not by rpoll: for a listener it waits for the event channel, which says that somebody knocks, while the connection comes a little later by a queue that it does not
/// wait for; it then sleeps for its wake-up interval, 5 s in version 44. So this thread waits for the channel and looks into the queue every millisecond for a while.
/// </remarks>
internal sealed unsafe class RsocketAcceptThread : IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan RestInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan SoonAfter = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongAfter = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly List<RsocketAcceptance> _listening = [];
    private readonly Doorbell _bell = new();
    private readonly Thread _thread;
    private bool _isStopping;

    internal RsocketAcceptThread()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "toe-rsocket-accept" };
        _thread.Start();
    }

    public void Dispose()
    {
        lock (_lock)
            _isStopping = true;
        _bell.Ring();
        if (Thread.CurrentThread != _thread)
            _thread.Join();
        Sweep();
    }

    internal RsocketAcceptance Add(Rsocket socket, IRsocketListenerEvents events)
    {
        var acceptance = new RsocketAcceptance(this, socket, events);
        lock (_lock)
            _listening.Add(acceptance);
        Wake();
        return acceptance;
    }

    internal void Wake()
    {
        bool isStopping;
        lock (_lock)
            isStopping = _isStopping;
        _bell.Ring();
        if (isStopping && !_thread.IsAlive)
            Sweep();
    }

    private void Run()
    {
        while (true)
        {
            RsocketAcceptance[] listening;
            Sweep();
            lock (_lock)
            {
                if (_isStopping)
                    break;
                listening = [.. _listening];
            }

            Wait(listening);
            foreach (var one in listening)
            {
                if (one.KnockedAt != 0 && one.TakeAll())
                    one.KnockedAt = TimeProvider.System.GetTimestamp();
            }
        }

        _bell.Dispose();
    }

    /// <summary>Lets go of those that ended.</summary>
    private void Sweep()
    {
        lock (_lock)
        {
            for (var i = _listening.Count - 1; i >= 0; i--)
            {
                if (!_listening[i].HasEnded)
                    continue;
                _listening[i].Release();
                _listening.RemoveAt(i);
            }
        }
    }

    private void Wait(RsocketAcceptance[] listening)
    {
        var polled = stackalloc PollDescriptor[1 + RsocketListeners.Limit];
        var count = Math.Min(listening.Length, RsocketListeners.Limit);
        polled[0] = new PollDescriptor { Descriptor = (int)_bell.Descriptor.DangerousGetHandle(), Events = PollDescriptor.Input };
        for (var i = 0; i < count; i++)
            polled[i + 1] = new PollDescriptor { Descriptor = listening[i].Channel, Events = PollDescriptor.Input };
        var wait = NextLook(listening);
        var limit = TimeSpecification.From(wait);
        if (Libc.ppoll(polled, (nuint)(count + 1), wait == Timeout.InfiniteTimeSpan ? null : &limit, null) < 0)
            return; // A signal, or no memory: it looks again.
        if (polled[0].Returned != 0)
            _bell.Answer();
        var knocked = false;
        for (var i = 0; i < count; i++)
        {
            if (polled[i + 1].Returned == 0)
                continue;
            listening[i].KnockedAt = TimeProvider.System.GetTimestamp();
            knocked = true;
        }

        if (knocked)
            Poll.Wait(null, _bell, LookInterval); // The library's thread is at it; the channel stays readable until it is done.
    }

    private static TimeSpan NextLook(RsocketAcceptance[] listening)
    {
        var wait = Timeout.InfiniteTimeSpan;
        foreach (var one in listening)
        {
            if (one.KnockedAt == 0)
                continue;
            var since = TimeProvider.System.GetElapsedTime(one.KnockedAt);
            if (since > LongAfter)
                one.KnockedAt = 0;
            else if (since < SoonAfter)
                return LookInterval;
            else
                wait = RestInterval;
        }

        return wait;
    }
}
