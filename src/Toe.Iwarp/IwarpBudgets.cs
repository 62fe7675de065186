using Toe.Linux;

namespace Toe.Iwarp;

/// <summary>What limits the connections of this process: the device's queue pairs, which all programs share, and memory that may be pinned. Connections take no descriptors of their own.</summary>
internal static class IwarpBudgets
{
    public static IReadOnlyList<ToeBudget> Read(ILinuxHost host, InfinibandDevice? device)
    {
        if (host.IsReplayed || device is not { IsUsable: true })
            return [];
        var budgets = new List<ToeBudget>();
        if (RdmaLibrary.ReadQueuePairs(device.Name) is { } pairs)
            budgets.Add(Of("queue pairs", cost: 1, pairs, ToeReasons.ResourceConnections.With($"queue pairs of {device.Name}")));
        if (RdmaLibrary.PinnedLimit is { } pinned)
            budgets.Add(Of("pinned memory", RdmaLibrary.PinnedByConnection, pinned, ToeReasons.ResourceMemory.With("memory that the process may pin: ulimit -l")));
        return budgets;
    }

    private static ToeBudget Of(string table, int cost, long limit, ToeReason reason) => new(table, (long)RdmaLibrary.OpenSockets * cost, limit, reason)
    {
        ConnectionCost = cost,
        ConnectionCostIPv6 = cost,
    };
}
