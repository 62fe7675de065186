using Toe.Adapters;

namespace Toe.Listening;

/// <summary>Keeps an adapter whose listeners stop as soon as they begin from being asked for them again and again. Used under the listener's reconciliation.</summary>
internal sealed class ListenPauses(TimeProvider time)
{
    private readonly Dictionary<SupervisedAdapter, (long Since, TimeSpan Length)> _pauses = [];

    /// <summary>A listener stopped by itself.</summary>
    /// <param name="adapter">Whose.</param>
    /// <param name="startedAt">When it began, as the clock counts.</param>
    /// <param name="interval">The time between two beginnings.</param>
    /// <returns>How long the adapter is not asked; zero or less when it may be at once.</returns>
    public TimeSpan Begin(SupervisedAdapter adapter, long startedAt, TimeSpan interval)
    {
        var length = interval - time.GetElapsedTime(startedAt);
        if (length > TimeSpan.Zero)
            _pauses[adapter] = (time.GetTimestamp(), length);
        else
            _pauses.Remove(adapter);
        return length;
    }

    /// <summary>The adapter is lost, or gone: what its listeners did before says nothing about the next.</summary>
    public void End(SupervisedAdapter adapter) => _pauses.Remove(adapter);

    public bool IsPaused(SupervisedAdapter adapter) =>
        _pauses.TryGetValue(adapter, out var pause) && time.GetElapsedTime(pause.Since) < pause.Length;
}
