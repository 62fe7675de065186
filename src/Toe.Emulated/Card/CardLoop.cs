using System.Collections.Concurrent;
using Toe.Emulated.Links;
using Toe.Emulated.Tcp;
using Toe.Linux;

namespace Toe.Emulated;

/// <summary>The card's processor: one thread that owns an engine and its link. It sleeps in the link until a packet, a timer or a bell wakes it.</summary>
internal sealed class CardLoop : ITcpEngineHost, IDisposable
{
    private const int BatchSize = 64;

    /// <summary>What is taken before a freeze has an end, though the link may not run dry.</summary>
    private const int ArrivedBatches = 16;

    /// <summary>How soon idle connections give their buffers back.</summary>
    private static readonly TimeSpan RestLook = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private readonly ILink _link;
    private readonly TimeProvider _time;
    private readonly ConcurrentQueue<Action> _work = new();
    private readonly byte[] _packet;
    private readonly long _epoch;
    private readonly Thread _thread;
    private readonly ITimer? _alarm;
    private readonly Func<TcpEngine> _createEngine;
    private readonly AutoResetEvent _doorbell = new(initialState: false);
    private readonly WorkClock _clock = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TcpEngine _engine;
    private ICaptureReceiver[] _captures = [];
    private TimeSpan _busyAt;
    private bool _slept;
    private bool _isStarted;
    private volatile bool _exited;
    private volatile bool _resting;
    private volatile bool _halted;
    private volatile bool _stopped;

    /// <summary>Makes a loop that does not run yet.</summary>
    /// <param name="index">Which of the card's loops it is, from 0.</param>
    /// <param name="link">Its link; disposed with it.</param>
    /// <param name="createEngine">Makes its engine, now and after each reset.</param>
    /// <param name="time">The clock.</param>
    /// <param name="name">The card's name, for the thread's.</param>
    public CardLoop(int index, ILink link, Func<ITcpEngineHost, TcpEngine> createEngine, TimeProvider time, string name)
    {
        Index = index;
        _link = link;
        _time = time;
        _epoch = time.GetTimestamp();
        _packet = GC.AllocateUninitializedArray<byte>(link.Offloads.MaximumPacket, pinned: true);
        _createEngine = () => createEngine(this);
        _engine = _createEngine();
        // The link's wait takes real time; under another clock an alarm of that clock rings instead.
        _alarm = time == TimeProvider.System ? null : time.CreateTimer(static loop => ((CardLoop)loop!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _thread = new Thread(Run) { IsBackground = true, Name = index == 0 ? $"toe {name}" : $"toe {name} {index}" };
    }

    /// <summary>Which of the card's loops this is, from 0.</summary>
    public int Index { get; }

    /// <summary>The processor that the thread is bound to; null for any.</summary>
    public int? Processor { get; init; }

    /// <summary>How long the thread asks its link again before it sleeps. Under another clock than the system's it always sleeps.</summary>
    public TimeSpan BusyPoll { get; init; }

    /// <summary>Called on the loop's thread with a packet that the engine leaves to the host.</summary>
    public DeclinedPacket? Declined { get; init; }

    /// <summary>Called on the loop's thread after each turn.</summary>
    public Action<CardLoop>? AfterTurn { get; init; }

    /// <summary>Called on the loop's thread when a turn threw: the card's processor has failed, and the loop goes on.</summary>
    public Action<Exception>? Failed { get; init; }

    /// <summary>What the subscriber of the card's events threw last when it was told of a failure.</summary>
    public Exception? SubscriberFailure { get; private set; }

    /// <summary>True on the loop's own thread.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>The engine; only the loop's thread may touch it.</summary>
    public TcpEngine Engine => _engine;

    /// <summary>Calls that wait for the loop's thread.</summary>
    public int QueueDepth => _work.Count;

    /// <summary>Bytes of the buffers that the garbage collector may not move.</summary>
    public int PinnedBytes => _packet.Length;

    /// <summary>The share of the time since the last reading in which the thread did not sleep; 0 to 1.</summary>
    public double ReadBusyRatio() => _clock.Read(Now());

    /// <summary>Starts the thread, and comes back when it runs where it was bound to.</summary>
    /// <exception cref="LinuxException">It cannot be bound to <see cref="Processor"/>.</exception>
    public void Start()
    {
        _isStarted = true;
        _thread.Start();
        _begun.Task.GetAwaiter().GetResult();
    }

    /// <summary>Runs an action on the loop's thread. Actions after a stop are dropped.</summary>
    public void Post(Action action)
    {
        _work.Enqueue(action);
        Wake();
    }

    /// <summary>Runs a function on the loop's thread and gives its result.</summary>
    /// <exception cref="ObjectDisposedException">The loop has stopped.</exception>
    public Task<T> InvokeAsync<T>(Func<TcpEngine, T> function)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                completion.TrySetResult(function(_engine));
            }
            catch (Exception exception)
            {
                completion.TrySetException(exception);
            }
        });
        if (_exited)
            completion.TrySetException(new ObjectDisposedException(nameof(EmulatedCard)));
        return completion.Task;
    }

    /// <summary>Stops or resumes processing. While halted packets that arrive are lost, as on a card whose firmware has stopped.</summary>
    /// <param name="halted">True to stop.</param>
    public void SetHalted(bool halted)
    {
        _halted = halted;
        Wake();
    }

    /// <summary>Forgets every connection in silence: what a reset of the card does.</summary>
    public Task ResetAsync() => InvokeAsync(_ => _engine = _createEngine());

    /// <summary>Shows a receiver every packet from now on.</summary>
    public Task AddCaptureAsync(ICaptureReceiver capture) => InvokeAsync(_ => _captures = [.. _captures, capture]);

    /// <summary>Shows it none any more.</summary>
    public Task RemoveCaptureAsync(ICaptureReceiver capture) => InvokeAsync(_ => _captures = [.. _captures.Where(other => other != capture)]);

    public void Send(in OutgoingPacket packet)
    {
        foreach (var capture in _captures)
            capture.Captured(isOutbound: true, packet.Header, packet.Payload, packet.PayloadContinued);
        _link.Send(packet);
    }

    public void Decline(ReadOnlySpan<byte> packet) => Declined?.Invoke(packet);

    public void Wake()
    {
        if (_resting)
            _doorbell.Set();
        _link.Wake();
    }

    /// <summary>Has the thread end.</summary>
    public void Stop()
    {
        _stopped = true;
        Wake();
    }

    /// <summary>Waits for the thread's end; not on the thread itself.</summary>
    public void Join()
    {
        if (_isStarted && !IsCurrent)
            _thread.Join();
    }

    /// <summary>Lets go of the link, after a stop and a join.</summary>
    public void Dispose()
    {
        if (!IsCurrent)
            _doorbell.Dispose();
        _alarm?.Dispose();
        _link.Dispose();
    }

    private TimeSpan Now() => _time.GetElapsedTime(_epoch);

    private void Run()
    {
        try
        {
            if (Processor is { } processor && OperatingSystem.IsLinux())
                ThreadAffinity.Bind(processor);
            _begun.SetResult();
        }
        catch (LinuxException exception)
        {
            _begun.SetException(exception);
            return;
        }

        RunUntilStopped();
    }

    private void RunUntilStopped()
    {
        while (!_stopped)
        {
            try
            {
                RunOnce();
            }
            catch (Exception exception)
            {
                Report(exception);
                // What fails at every turn, as a link that is gone may, must not spin; work that is posted is done all the same.
                _resting = true;
                _doorbell.WaitOne(Rest);
                _resting = false;
            }
        }

        // Whoever waits for an answer gets it.
        _exited = true;
        try
        {
            DoWork();
            if (!_halted)
                Turn(Now()); // What was closed last still sends its FIN or RST; nobody is left to send it again.
        }
        catch (Exception exception)
        {
            Report(exception);
        }
    }

    private void Report(Exception exception)
    {
        try
        {
            Failed?.Invoke(exception);
        }
        catch (Exception failure)
        {
            SubscriberFailure = failure; // The loop has nobody else to tell.
        }
    }

    private void RunOnce()
    {
        var now = Now();
        if (_slept)
            _clock.Work(now);
        _slept = false;
        var worked = DoWork();
        var received = _halted ? Discard() : Turn(now);
        AfterTurn?.Invoke(this);
        if (worked || received > 0)
            _busyAt = now;
        var goesOn = received == BatchSize || _stopped || Polls(now);
        if (!goesOn)
            Sleep();
    }

    private bool Polls(TimeSpan now) => BusyPoll > TimeSpan.Zero && _alarm is null && !_halted && now - _busyAt < BusyPoll;

    private bool DoWork()
    {
        var any = false;
        while (_work.TryDequeue(out var action))
        {
            action();
            any = true;
        }

        return any;
    }

    /// <summary>Takes what the link has for the engine now. On the loop.</summary>
    public void TakeArrived()
    {
        var now = Now();
        for (var batch = 0; batch < ArrivedBatches && Receive(now) == BatchSize; batch++)
        {
        }
    }

    private int Turn(TimeSpan now)
    {
        var received = Receive(now);
        _engine.Advance(now);
        return received;
    }

    private int Receive(TimeSpan now)
    {
        var received = 0;
        while (received < BatchSize && _link.TryReceive(_packet, out var packet))
        {
            foreach (var capture in _captures)
                capture.Captured(isOutbound: false, packet.Bytes, [], []);
            // Whether others follow is only known when the link is asked again: the first is answered before that.
            _engine.Receive(packet.Bytes, now, packet.ChecksumIsVerified, othersFollow: received > 0);
            received++;
        }

        return received;
    }

    private int Discard()
    {
        while (_link.TryReceive(_packet, out _))
        {
        }

        return 0;
    }

    private void Sleep()
    {
        var now = Now();
        _clock.Rest(now);
        _slept = true;
        var wakeUp = _halted ? null : _engine.NextWakeUp;
        var timeout = wakeUp is { } at ? Max(at - now, TimeSpan.Zero) : Timeout.InfiniteTimeSpan;
        if (_engine.HoldsBuffers && !_halted && (wakeUp is null || timeout > RestLook))
            timeout = RestLook;
        if (_alarm is null)
        {
            _link.Wait(timeout);
            return;
        }

        if (timeout == TimeSpan.Zero)
            return;
        _alarm.Change(timeout, Timeout.InfiniteTimeSpan);
        _link.Wait(Timeout.InfiniteTimeSpan);
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
