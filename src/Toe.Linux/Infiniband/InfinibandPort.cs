namespace Toe.Linux;

/// <summary>A port of an RDMA device.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="IsActive">True when its logical state is ACTIVE; null when it does not say.</param>
/// <param name="Interface">The network interface that it shares; null when it names none.</param>
public sealed record InfinibandPort(int Number, bool? IsActive, string? Interface);
