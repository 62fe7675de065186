namespace Toe.Connections;

/// <summary>Announcing placements: on the pool, one at a time, in order.</summary>
internal sealed partial class StackConnection
{
    private readonly Lock _placementLock = new();
    private readonly Queue<Placement> _announcements = new();
    private Action<ToeConnection, Placement>? _placementHandlers;
    private bool _announcing;

    /// <summary>The connection runs elsewhere, or for another reason, from now on.</summary>
    public void ChangePlacement(Placement placement)
    {
        lock (_placementLock)
        {
            Volatile.Write(ref _placement, new PlacementBox(placement));
            if (_placementHandlers is null)
                return;
            _announcements.Enqueue(placement);
            if (_announcing)
                return;
            _announcing = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Announce(), this, preferLocal: false);
    }

    private void ChangePlacementHandlers(Action<ToeConnection, Placement>? handler, bool add)
    {
        lock (_placementLock)
            _placementHandlers = add ? _placementHandlers + handler : _placementHandlers - handler;
    }

    private void Announce()
    {
        while (true)
        {
            Placement placement;
            Action<ToeConnection, Placement>? handlers;
            lock (_placementLock)
            {
                if (!_announcements.TryDequeue(out placement))
                {
                    _announcing = false;
                    return;
                }

                handlers = _placementHandlers;
            }

            foreach (var handler in Delegate.EnumerateInvocationList(handlers))
                Announce(handler, placement);
        }
    }

    private void Announce(Action<ToeConnection, Placement> handler, Placement placement)
    {
        try
        {
            handler(this, placement);
        }
        catch (Exception exception)
        {
            _owner.HandlerFailed(exception); // The application's own; the other handlers hear of the change all the same.
        }
    }

    /// <summary>Lets a snapshot be replaced in one write.</summary>
    private sealed class PlacementBox(Placement value)
    {
        public Placement Value { get; } = value;
    }
}
