using Toe.Linux;

namespace Toe.Iwarp;

/// <summary>
/// What limits the connections of this process over one adapter: the device's queue pairs, which all programs share, and memory that may be pinned. Connections take no descriptors of their own. How
/// many queue pairs a device has is asked once while it lives, since asking opens it.
/// </summary>
/// <param name="readQueuePairs">Asks a device by its name; null where it cannot be asked now.</param>
internal sealed class IwarpBudgets(Func<string, int?> readQueuePairs)
{
    private volatile KnownDevice? _known;

    public IReadOnlyList<ToeBudget> Read(InfinibandDevice? device)
    {
        if (device is not { IsUsable: true })
        {
            _known = null; // What comes back is another, whatever it is called.
            return [];
        }

        var budgets = new List<ToeBudget>();
        if (QueuePairs(device.Name) is { } pairs)
            budgets.Add(Of("queue pairs", cost: 1, pairs, ToeReasons.ResourceConnections.With($"queue pairs of {device.Name}")));
        if (RdmaLibrary.PinnedLimit is { } pinned)
            budgets.Add(Of("pinned memory", RdmaLibrary.PinnedByConnection, pinned, ToeReasons.ResourceMemory.With("memory that the process may pin: ulimit -l")));
        return budgets;
    }

    private int? QueuePairs(string device)
    {
        if (_known is { } known && known.Name == device)
            return known.QueuePairs;
        if (readQueuePairs(device) is not { } pairs)
            return null; // Asked again at the next reading.
        _known = new KnownDevice(device, pairs);
        return pairs;
    }

    private static ToeBudget Of(string table, int cost, long limit, ToeReason reason) => new(table, (long)RdmaLibrary.OpenSockets * cost, limit, reason)
    {
        ConnectionCost = cost,
        ConnectionCostIPv6 = cost,
    };

    /// <summary>A device that was asked.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="QueuePairs">What it answered.</param>
    private sealed record KnownDevice(string Name, int QueuePairs);
}
