using System.Collections.Concurrent;
using Toe.Connections;

namespace Toe.Adapters;

/// <summary>An adapter's time from its coming to its loss. What is attached to one life ends with it and not with a later one.</summary>
internal sealed class AdapterLife
{
    private readonly ConcurrentDictionary<ILosable, bool> _carriers = new();
    private readonly TaskCompletionSource<ToeReason> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool _tellsStates;

    /// <summary>Completes with the reason when the adapter fails or is removed.</summary>
    public Task<ToeReason> Lost => _lost.Task;

    public int CarrierCount => _carriers.Count;

    public void Attach(ILosable carrier)
    {
        _carriers[carrier] = true;
        if (Lost.IsCompletedSuccessfully) // End may have counted its carriers before this one came.
            End(carrier);
    }

    public void Detach(ILosable carrier) => _carriers.TryRemove(carrier, out _);

    /// <summary>The adapter is lost; the carriers learn it on the pool. One caller at a time.</summary>
    /// <param name="reason">What befell it.</param>
    /// <param name="tellsStates">True when the states of its connections can be had still.</param>
    public void End(ToeReason reason, bool tellsStates)
    {
        if (_lost.Task.IsCompleted)
            return;
        _tellsStates = tellsStates;
        _lost.SetResult(reason);
        ThreadPool.UnsafeQueueUserWorkItem(static life => life.EndCarriers(), this, preferLocal: false);
    }

    private void EndCarriers()
    {
        foreach (var carrier in _carriers.Keys)
            End(carrier);
    }

    private void End(ILosable carrier)
    {
        if (_tellsStates)
            carrier.Leave(Lost.Result);
        else
            carrier.Lose(Lost.Result);
    }
}
