using System.Collections.Concurrent;
using Toe.Connections;

namespace Toe.Adapters;

/// <summary>An adapter's time from its coming to its loss. What is attached to one life ends with it and not with a later one.</summary>
internal sealed class AdapterLife
{
    private readonly ConcurrentDictionary<ILosable, bool> _carriers = new();
    private readonly TaskCompletionSource<ToeReason> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the reason when the adapter fails or is removed.</summary>
    public Task<ToeReason> Lost => _lost.Task;

    public int CarrierCount => _carriers.Count;

    public void Attach(ILosable carrier)
    {
        _carriers[carrier] = true;
        if (Lost.IsCompletedSuccessfully) // End may have counted its carriers before this one came.
            carrier.Lose(Lost.Result);
    }

    public void Detach(ILosable carrier) => _carriers.TryRemove(carrier, out _);

    /// <summary>The adapter is lost. Any thread; the carriers learn it on the pool.</summary>
    public void End(ToeReason reason)
    {
        if (_lost.TrySetResult(reason))
            ThreadPool.UnsafeQueueUserWorkItem(static life => life.LoseCarriers(), this, preferLocal: false);
    }

    private void LoseCarriers()
    {
        foreach (var carrier in _carriers.Keys)
            carrier.Lose(Lost.Result);
    }
}
