using Toe.Chelsio.Devices;
using Toe.Chelsio.Tables;

namespace Toe.Chelsio.Adapters;

/// <summary>The card's finite tables, read live. An IPv6 connection takes two identifiers (Unified Wire config files; FreeBSD t4_tom).</summary>
internal static class ChelsioBudgets
{
    private const int MostNeighbours = 4096;            // L2T_SIZE, cxgb4 l2t.h: how many this card has it does not say
    private const int MemoryFreeConnections = 256;      // Unified Wire docs/README.txt: 256 over IPv4, 128 over IPv6

    public static IReadOnlyList<ToeBudget> Of(ChelsioReading reading, ChelsioProduct product)
    {
        var budgets = new List<ToeBudget>();
        var connections = reading.Identifiers?.Connections;
        if (reading.Identifiers is { } table)
        {
            if (table.Tids is { Size: var size } tids)
                budgets.Add(new ToeBudget("tids", tids.Used ?? connections ?? 0, size, ToeReasons.ResourceConnections) { ConnectionCost = 1, ConnectionCostIPv6 = 2 });
            if (table.Stids is { } stids)
                budgets.Add(new ToeBudget("stids", stids.Used ?? 0, stids.Size, ToeReasons.ResourceListeners) { ListenerCost = 1 });
            if (table.Atids is { } atids)
                budgets.Add(new ToeBudget("atids", atids.Used ?? 0, atids.Size, ToeReasons.ResourceOther.With("atids")) { ConnectionCost = 1, ConnectionCostIPv6 = 1 });
        }

        if (product.Support == ToeSupport.MemoryFree)
        {
            budgets.Add(new ToeBudget("connections without card memory", InUse(reading), MemoryFreeConnections, ToeReasons.ResourceConnections.With("memory-free card"))
            {
                ConnectionCost = 1,
                ConnectionCostIPv6 = 2,
                Source = FactSource.Assumed,
            });
        }

        if (reading.Setting(TomSettings.MaximumConnections) is >= 0 and var most)
        {
            budgets.Add(new ToeBudget(TomSettings.MaximumConnections, connections ?? 0, most, ToeReasons.ResourceConnections.With(TomSettings.MaximumConnections))
            {
                ConnectionCost = 1,
                ConnectionCostIPv6 = 1,
            });
        }

        if (reading.Neighbours is { } neighbours)
            budgets.Add(new ToeBudget("l2t", neighbours, MostNeighbours, ToeReasons.ResourceNeighbours) { ConnectionCost = 1, ConnectionCostIPv6 = 1, Source = FactSource.Assumed });
        if (reading.Clip is { Free: { } free } clip)
            budgets.Add(new ToeBudget("clip", clip.Used, clip.Used + Math.Min(free, int.MaxValue), ToeReasons.ResourceOther.With("clip")) { ConnectionCostIPv6 = ClipCost(clip) });
        if (reading.Memory?.ReceivePages is { } receive)
            budgets.Add(new ToeBudget("rx pages", receive.Used, receive.Total, ToeReasons.ResourceMemory.With("rx pages")) { ConnectionCost = 1, ConnectionCostIPv6 = 1 });
        if (reading.Memory?.TransmitPages is { } transmit)
            budgets.Add(new ToeBudget("tx pages", transmit.Used, transmit.Total, ToeReasons.ResourceMemory.With("tx pages")) { ConnectionCost = 1, ConnectionCostIPv6 = 1 });
        return budgets;
    }

    /// <summary>An address that the table has already costs nothing; only an empty table says that the next one is new.</summary>
    private static int ClipCost(ClipTable clip) => clip.Used == 0 ? 1 : 0;

    private static long InUse(ChelsioReading reading) =>
        reading.Identifiers is { HardwareIPv4: { } ipv4, HardwareIPv6: { } ipv6 } && ipv6 < int.MaxValue && ipv4 < int.MaxValue ? ipv4 + (2 * ipv6) : reading.Identifiers?.Connections ?? 0;
}
