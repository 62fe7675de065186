using Toe.Linux;

namespace Toe.Iwarp;

/// <summary>What limits the connections of this process: memory that may be pinned. Connections take no descriptors of their own, and the device's queue pairs are not shown by the kernel.</summary>
internal static class IwarpBudgets
{
    public static IReadOnlyList<ToeBudget> Read(ILinuxHost host)
    {
        if (host.IsReplayed || RdmaLibrary.PinnedLimit is not { } pinned)
            return [];
        return
        [
            new ToeBudget("pinned memory", (long)RdmaLibrary.OpenSockets * RdmaLibrary.PinnedByConnection, pinned, ToeReasons.ResourceMemory.With("memory that the process may pin: ulimit -l"))
            {
                ConnectionCost = RdmaLibrary.PinnedByConnection,
                ConnectionCostIPv6 = RdmaLibrary.PinnedByConnection,
            },
        ];
    }
}
