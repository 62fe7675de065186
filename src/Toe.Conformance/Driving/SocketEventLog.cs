using System.Net.Sockets;

namespace Toe.Conformance;

/// <summary>Writes down what a socket says, and wakes whoever waits for it.</summary>
internal sealed class SocketEventLog : IAdapterSocketEvents
{
    private readonly Lock _lock = new();
    private readonly List<(SocketError Error, ToeReason Reason)> _closed = [];
    private readonly TaskCompletionSource _closing = NewSignal();
    private TaskCompletionSource _receive = NewSignal();
    private TaskCompletionSource _send = NewSignal();
    private int _receives;
    private int _sends;
    private int _late;
    private bool _isSilenced;

    /// <summary>How often each direction was announced.</summary>
    public (int Receive, int Send) Announced
    {
        get
        {
            lock (_lock)
                return (_receives, _sends);
        }
    }

    public IReadOnlyList<(SocketError Error, ToeReason Reason)> Closed
    {
        get
        {
            lock (_lock)
                return [.. _closed];
        }
    }

    /// <summary>Events that came after <see cref="Silence"/>.</summary>
    public int Late
    {
        get
        {
            lock (_lock)
                return _late;
        }
    }

    /// <summary>Runs first thing in each event, on the thread that raises it.</summary>
    public Action? Raised { get; set; }

    /// <summary>Completes with the first close event.</summary>
    public Task Closing => _closing.Task;

    /// <summary>Completes with the next announcement of a direction; taken before it is armed.</summary>
    public Task Next(Readiness direction)
    {
        lock (_lock)
            return (direction == Readiness.Receive ? _receive : _send).Task;
    }

    /// <summary>No event may come from now on.</summary>
    public void Silence()
    {
        lock (_lock)
            _isSilenced = true;
    }

    public void OnReady(Readiness what)
    {
        Enter();
        lock (_lock)
        {
            if (what.HasFlag(Readiness.Receive))
            {
                _receives++;
                _receive.TrySetResult();
                _receive = NewSignal();
            }

            if (what.HasFlag(Readiness.Send))
            {
                _sends++;
                _send.TrySetResult();
                _send = NewSignal();
            }
        }
    }

    public void OnClosed(SocketError error, ToeReason reason)
    {
        Enter();
        lock (_lock)
            _closed.Add((error, reason));
        _closing.TrySetResult();
    }

    public void OnUploadWanted(ToeReason reason, bool mandatory) => Enter();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Enter()
    {
        lock (_lock)
            _late += _isSilenced ? 1 : 0;
        Raised?.Invoke();
    }
}
