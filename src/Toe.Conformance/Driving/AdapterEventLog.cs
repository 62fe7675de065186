namespace Toe.Conformance;

/// <summary>Writes down what an adapter says of itself.</summary>
internal sealed class AdapterEventLog : IAdapterEvents
{
    private readonly Lock _lock = new();
    private readonly List<AdapterStatus> _statuses = [];

    public IReadOnlyList<AdapterStatus> Statuses
    {
        get
        {
            lock (_lock)
                return [.. _statuses];
        }
    }

    public void StatusChanged(AdapterStatus status)
    {
        lock (_lock)
            _statuses.Add(status);
    }
}
