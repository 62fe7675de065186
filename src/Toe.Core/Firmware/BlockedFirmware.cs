namespace Toe.Firmware;

/// <summary>Versions that must not offload.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The last, itself blocked.</param>
/// <param name="Reason">What is wrong with them.</param>
/// <param name="Source">Who says so.</param>
internal sealed record BlockedFirmware(FirmwareVersion First, FirmwareVersion Last, string Reason, string Source)
{
    public bool Contains(FirmwareVersion version) => version >= First && version <= Last;
}
