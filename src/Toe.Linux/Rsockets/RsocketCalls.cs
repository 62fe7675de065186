namespace Toe.Linux;

/// <summary>
/// Makes the calls of rsockets that block: connecting; closing, which waits for what was sent; shutting the sending side down. They can hang (librdmacm issue 1), so
/// they have threads of their own, as many as are needed up to a limit; one that hangs is given up and costs no other connection its call.
/// </summary>
internal sealed class RsocketCalls
{
    private const int MostStuck = 64;                                       // Beyond it calls wait: each is a thread that never comes back.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);    // A call under way for longer is stuck.
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(5);

    private readonly object _lock = new(); // Its threads wait on it.
    private readonly Queue<Action> _work = new();
    private readonly List<Worker> _workers = [];
    private int _idle;

    private readonly string _name;
    private readonly int _mostThreads;

    private RsocketCalls(string name, int mostThreads) => (_name, _mostThreads) = (name, mostThreads);

    /// <summary>Closing and shutting down. The process's own, as the library's table is.</summary>
    public static RsocketCalls Closing { get; } = new("toe-rsocket-close", 4);

    /// <summary>Connecting: a peer that does not answer keeps its thread for minutes.</summary>
    public static RsocketCalls Connecting { get; } = new("toe-rsocket-open", 8);

    /// <summary>Calls that are under way for so long that they are taken for stuck.</summary>
    public int Stuck
    {
        get
        {
            lock (_lock)
                return _workers.Count(static worker => worker.IsStuck);
        }
    }

    /// <summary>Sends the end of the stream.</summary>
    /// <param name="socket">Kept open until it is done.</param>
    /// <param name="done">Called when the library has returned; nothing else may wait for the socket's events meanwhile.</param>
    public void ShutdownSend(RsocketHandle socket, Action done)
    {
        var kept = false;
        socket.DangerousAddRef(ref kept);
        Run(() =>
        {
            if (socket.Gate.EnterAway())
            {
                _ = RdmaCm.rshutdown(socket, RdmaCm.ShutdownSend);
                socket.Gate.ExitAway();
            }

            socket.DangerousRelease();
            done();
        });
    }

    /// <summary>Makes a call that may block.</summary>
    public void Run(Action call)
    {
        lock (_lock)
        {
            _work.Enqueue(call);
            Monitor.Pulse(_lock);
            if (_idle < _work.Count && _workers.Count < _mostThreads + Math.Min(MostStuck, _workers.Count(static worker => worker.IsStuck)))
                Start();
        }
    }

    private void Start()
    {
        var worker = new Worker();
        _workers.Add(worker);
        new Thread(() => Work(worker)) { IsBackground = true, Name = _name }.Start();
    }

    private void Work(Worker worker)
    {
        while (Take(worker) is { } call)
        {
            worker.Begin();
            call();
            worker.End();
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
