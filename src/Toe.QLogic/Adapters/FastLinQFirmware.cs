using Toe.Linux;
using Toe.QLogic.Devices;

namespace Toe.QLogic.Adapters;

/// <summary>
/// A FastLinQ adapter's two firmwares: the management firmware in its flash, which an operator upgrades, and the storm firmware that the driver loads, which carries the connections. They are judged apart.
/// devlink gives both uncut and is asked first; then ethtool's strings; then, for storm, the RDMA device.
/// </summary>
/// <param name="Text">The management firmware as it was given; null when nobody gave one.</param>
/// <param name="Management">Its version; null when it cannot be read.</param>
/// <param name="Storm">The storm firmware.</param>
internal sealed record FastLinQFirmware(string? Text, FirmwareVersion? Management, FirmwarePart Storm)
{
    /// <summary>The name of the part in the firmware catalogue.</summary>
    public const string StormPart = "storm";

    // qed_devlink.c: the management firmware is listed as stored, the storm firmware as running
    private const string DevlinkManagement = "fw.mgmt";
    private const string DevlinkStorm = "fw.app";

    public static FastLinQFirmware Of(QLogicReading reading, InfinibandDevice? rdma)
    {
        var ethtool = reading.Driver.Value is { } driver ? QLogicFirmware.Read(driver.Driver, driver.Firmware, driver.Version) : null;
        var management = reading.Devlink?.Stored.GetValueOrDefault(DevlinkManagement) ?? reading.Devlink?.Running.GetValueOrDefault(DevlinkManagement);
        var storm = reading.Devlink?.Running.GetValueOrDefault(DevlinkStorm) ?? ethtool?.Storm?.ToString() ?? (string.IsNullOrEmpty(rdma?.Firmware) ? null : rdma.Firmware);
        return new FastLinQFirmware(
            management ?? ethtool?.Text,
            management is null ? ethtool?.Adapter : QLogicFirmware.ReadAlone(management),
            new FirmwarePart(StormPart, storm, storm is null ? null : QLogicFirmware.ReadAlone(storm)));
    }
}
