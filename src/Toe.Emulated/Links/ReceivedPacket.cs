namespace Toe.Emulated.Links;

/// <summary>What a link says of a packet it gives.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="ChecksumIsVerified">
/// The TCP checksum needs no look: it was found good, or the packet comes from this machine's memory and never had one.
/// </param>
public readonly record struct ReceivedPacket(int Length, bool ChecksumIsVerified);
