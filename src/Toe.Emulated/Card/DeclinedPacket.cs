namespace Toe.Emulated;

/// <summary>Takes an IP packet that is not the engine's.</summary>
/// <param name="packet">Valid during the call.</param>
internal delegate void DeclinedPacket(ReadOnlySpan<byte> packet);
