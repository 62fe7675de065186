namespace Toe.Placing;

/// <summary>
/// How often one connection may be moved without anybody asking, and when it may be tried again after a refusal. Which adapters refuse it says nothing about whether it may leave the one it has:
/// each direction waits for itself.
/// </summary>
internal sealed class MoveAllowance(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Queue<long> _moves = new();
    private readonly BackOff _toHost = new(time);
    private readonly BackOff _toAdapter = new(time);
    private int _underWay;

    /// <summary>True when no move is under way and the last refusal of one in this direction lies back long enough.</summary>
    public bool IsRested(bool toHost, PlacementOptions options)
    {
        lock (_lock)
            return _underWay == 0 && Waiting(toHost).IsOver(options.RetryAfter);
    }

    /// <summary>True when it has moved less often than it may within the window.</summary>
    public bool IsLeft(PlacementOptions options)
    {
        lock (_lock)
        {
            while (_moves.TryPeek(out var oldest) && time.GetElapsedTime(oldest) >= options.MovesWindow)
                _moves.Dequeue();
            return _moves.Count < options.MovesPerConnection;
        }
    }

    /// <summary>A move begins. It ends with <see cref="Moved"/> or <see cref="Refused"/>.</summary>
    public void Begin()
    {
        lock (_lock)
            _underWay++;
    }

    public void Moved(PlacementOptions options)
    {
        lock (_lock)
        {
            _underWay--;
            _toHost.Reset();
            _toAdapter.Reset();
            _moves.Enqueue(time.GetTimestamp());
            while (_moves.Count > options.MovesPerConnection)
                _moves.Dequeue(); // Only the last ones decide.
        }
    }

    public void Refused(bool toHost)
    {
        lock (_lock)
        {
            _underWay--;
            Waiting(toHost).Refused();
        }
    }

    /// <summary>A move to an adapter was not even begun, since it would have been refused.</summary>
    public void Postpone()
    {
        lock (_lock)
            _toAdapter.Refused();
    }

    private BackOff Waiting(bool toHost) => toHost ? _toHost : _toAdapter;
}
