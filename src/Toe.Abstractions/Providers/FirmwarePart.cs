namespace Toe;

/// <summary>A part of an adapter's firmware that has a version of its own.</summary>
/// <param name="Name">Its name; the firmware catalogue has entries for it.</param>
/// <param name="Text">Its version as the adapter reports it; null when it reports none.</param>
/// <param name="Version">The version by the provider's grammar; null when the text does not follow it.</param>
public sealed record FirmwarePart(string Name, string? Text, FirmwareVersion? Version);
