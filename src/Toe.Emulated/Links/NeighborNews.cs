using Toe.Emulated.Wire;

namespace Toe.Emulated.Links;

/// <summary>What a neighbour said of itself, by ARP or neighbour discovery.</summary>
/// <param name="Address">Its address.</param>
/// <param name="HardwareAddress">Where it is; null when it only said that it is there.</param>
/// <param name="IsSolicited">It was asked.</param>
/// <param name="IsOverride">What it says replaces what is known.</param>
internal readonly record struct NeighborNews(AddressValue Address, ulong? HardwareAddress, bool IsSolicited, bool IsOverride);
