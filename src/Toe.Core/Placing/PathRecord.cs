using System.Collections.Concurrent;

namespace Toe.Placing;

/// <summary>One path: the host stack on it, and every adapter that carried something.</summary>
internal sealed class PathRecord(TimeProvider time)
{
    public PathSide Host { get; } = new(time);

    public ConcurrentDictionary<string, AdapterOnPath> Adapters { get; } = new(StringComparer.Ordinal);

    /// <summary>When anything was measured last, as the stack's clock counts.</summary>
    public long MeasuredAt { get; private set; }

    /// <summary>The side that carries a connection.</summary>
    /// <param name="adapterId">The adapter; null for the host stack.</param>
    public PathSide SideOf(string? adapterId)
    {
        MeasuredAt = time.GetTimestamp();
        return adapterId is null ? Host : Adapters.GetOrAdd(adapterId, static (_, clock) => new AdapterOnPath(clock), time).Side;
    }
}
