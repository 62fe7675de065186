namespace Toe.Emulated.Links;

/// <summary>What a <see cref="FaultInjector"/> has done, counted in packets.</summary>
/// <param name="Sent">Packets handed in.</param>
/// <param name="Delivered">Packets handed out, duplicates included.</param>
/// <param name="Lost">Packets dropped by <see cref="LinkFaults.Loss"/>.</param>
/// <param name="Duplicated">Packets doubled.</param>
/// <param name="Corrupted">Packets with a flipped bit.</param>
/// <param name="Reordered">Packets held back.</param>
/// <param name="QueueDropped">Packets dropped for want of room.</param>
public readonly record struct FaultStatistics(
    long Sent, long Delivered, long Lost, long Duplicated, long Corrupted, long Reordered, long QueueDropped);
