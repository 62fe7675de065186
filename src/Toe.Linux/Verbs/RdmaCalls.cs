namespace Toe.Linux;

/// <summary>
/// Makes the calls into the device that can block: setting a connection up, and destroying it. On a device that died they can hang, so they have threads of their own, as many as are needed up
/// to a limit; one that hangs is given up and costs no other connection its call.
/// </summary>
internal sealed class RdmaCalls
{
    private const int MostStuck = 64;                                       // Beyond it calls wait: each is a thread that never comes back.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);    // A call under way for longer is stuck.
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(5);

    private readonly object _lock = new(); // Its threads wait on it.
    private readonly Queue<Action> _work = new();
    private readonly List<Worker> _workers = [];
    private int _idle;

    private readonly ITimer _again;
    private readonly string _name;
    private readonly int _mostThreads;

    private RdmaCalls(string name, int mostThreads)
    {
        (_name, _mostThreads) = (name, mostThreads);
        _again = TimeProvider.System.CreateTimer(static calls => ((RdmaCalls)calls!).LookAgain(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Destroying. The process's own.</summary>
    public static RdmaCalls Closing { get; } = new("toe-rdma-close", 4);

    /// <summary>Setting up.</summary>
    public static RdmaCalls Opening { get; } = new("toe-rdma-open", 4);

    /// <summary>Calls that are under way for so long that they are taken for stuck.</summary>
    public int Stuck
    {
        get
        {
            lock (_lock)
                return _workers.Count(static worker => worker.IsStuck);
        }
    }

    /// <summary>Makes a call that may block.</summary>
    public void Run(Action call)
    {
        lock (_lock)
        {
            _work.Enqueue(call);
            Monitor.Pulse(_lock);
            StartIfNeeded();
        }
    }

    /// <summary>Under the lock. While work is left it looks again later: threads that hang are found only then.</summary>
    private void StartIfNeeded()
    {
        if (_idle >= _work.Count)
            return;
        _again.Change(Patience, Timeout.InfiniteTimeSpan);
        if (_workers.Count < _mostThreads + Math.Min(MostStuck, _workers.Count(static worker => worker.IsStuck)))
            Start();
    }

    private void LookAgain()
    {
        lock (_lock)
            StartIfNeeded();
    }

    private void Start()
    {
        var worker = new Worker();
        try
        {
            new Thread(() => Work(worker)) { IsBackground = true, Name = _name }.Start();
            _workers.Add(worker);
        }
        catch (OutOfMemoryException)
        {
            // The system gives no more threads: the work waits for one that is there, or for the next look.
        }
    }

    private void Work(Worker worker)
    {
        while (Take(worker) is { } call)
        {
            worker.Begin();
            _ = TryMake(call);
            worker.End();
        }
    }

    /// <summary>False when one connection was at fault: the thread serves the others.</summary>
    private static bool TryMake(Action call)
    {
        try
        {
            call();
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    /// <summary>The next call; null when there was none for a while, and the thread ends.</summary>
    private Action? Take(Worker worker)
    {
        lock (_lock)
        {
            while (_work.Count == 0)
            {
                _idle++;
                var wasWoken = Monitor.Wait(_lock, IdleTime);
                _idle--;
                if (wasWoken || _work.Count != 0)
                    continue;
                _workers.Remove(worker);
                return null;
            }

            return _work.Dequeue();
        }
    }

    private sealed class Worker
    {
        private long _since = long.MaxValue;

        public bool IsStuck => Volatile.Read(ref _since) is var since && since != long.MaxValue && TimeProvider.System.GetElapsedTime(since) > Patience;

        public void Begin() => Volatile.Write(ref _since, TimeProvider.System.GetTimestamp());

        public void End() => Volatile.Write(ref _since, long.MaxValue);
    }
}
