using System.Collections.Concurrent;

namespace Toe.Gates;

/// <summary>Lets connections with the same answers share one trace. Bounded: answers carry counts in their words, so that the number of different traces has no natural limit.</summary>
internal sealed class TraceCache
{
    private const int Capacity = 1024;

    private readonly ConcurrentDictionary<DecisionTrace, DecisionTrace> _traces = new();

    public DecisionTrace Share(DecisionTrace trace)
    {
        if (_traces.TryGetValue(trace, out var shared))
            return shared;
        if (_traces.Count >= Capacity)
            _traces.Clear();
        return _traces.GetOrAdd(trace, trace);
    }
}
