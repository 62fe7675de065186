using Toe.Linux;

namespace Toe.Iwarp;

/// <summary>What limits the connections of this process: descriptors below the library's highest number, and memory that may be pinned. The device's own queue pairs are not shown by the kernel.</summary>
internal static class IwarpBudgets
{
    private const int DescriptorsOfConnection = 2;      // the event channel and the completion channel

    public static IReadOnlyList<ToeBudget> Read(ILinuxHost host)
    {
        if (host.IsReplayed)
            return [];
        var open = RdmaLibrary.OpenSockets;
        var descriptors = new ToeBudget(
            "descriptors", (long)open * DescriptorsOfConnection, RdmaLibrary.DescriptorLimit, ToeReasons.ResourceOther.With("descriptors for rsockets: ulimit -n, 65,536 at most"))
        {
            ConnectionCost = DescriptorsOfConnection,
            ConnectionCostIPv6 = DescriptorsOfConnection,
            ListenerCost = DescriptorsOfConnection,
        };
        if (RdmaLibrary.PinnedLimit is not { } pinned)
            return [descriptors];
        var memory = new ToeBudget(
            "pinned memory", (long)open * RdmaLibrary.PinnedByConnection, pinned, ToeReasons.ResourceMemory.With("memory that the process may pin: ulimit -l"))
        {
            ConnectionCost = RdmaLibrary.PinnedByConnection,
            ConnectionCostIPv6 = RdmaLibrary.PinnedByConnection,
        };
        return [descriptors, memory];
    }
}
