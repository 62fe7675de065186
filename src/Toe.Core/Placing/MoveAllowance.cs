namespace Toe.Placing;

/// <summary>How often one connection may be moved without anybody asking, and when it may be tried again after a refusal.</summary>
internal sealed class MoveAllowance(TimeProvider time)
{
    private const int MaximumDoublings = 6;

    private readonly Lock _lock = new();
    private readonly Queue<long> _moves = new();
    private int _underWay;
    private int _refusals;
    private long _refusedAt;

    /// <summary>True when no move is under way and the last refusal lies back long enough.</summary>
    public bool IsRested(PlacementOptions options)
    {
        lock (_lock)
            return _underWay == 0 && (_refusals == 0 || time.GetElapsedTime(_refusedAt) >= options.RetryAfter * (1 << Math.Min(_refusals - 1, MaximumDoublings)));
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
            _refusals = 0;
            _moves.Enqueue(time.GetTimestamp());
            while (_moves.Count > options.MovesPerConnection)
                _moves.Dequeue(); // Only the last ones decide.
        }
    }

    public void Refused()
    {
        lock (_lock)
        {
            _underWay--;
            Rest();
        }
    }

    /// <summary>A move was not even begun, since it would have been refused.</summary>
    public void Postpone()
    {
        lock (_lock)
            Rest();
    }

    private void Rest()
    {
        _refusals++;
        _refusedAt = time.GetTimestamp();
    }
}
