using Toe.Firmware;

namespace Toe;

/// <summary>What follows from each finding about an adapter's firmware: <c>Toe:Firmware:Consequences</c>. With several findings the hardest
/// consequence counts.</summary>
public sealed class FirmwareConsequenceOptions
{
    /// <summary>Older than the catalogue's minimum.</summary>
    /// <value>Default <see cref="FirmwareVerdict.Refuse"/>.</value>
    public FirmwareVerdict Old { get; set; } = FirmwareVerdict.Refuse;

    /// <summary>Blocked by the catalogue.</summary>
    /// <value>Default <see cref="FirmwareVerdict.Refuse"/>.</value>
    public FirmwareVerdict Blocked { get; set; } = FirmwareVerdict.Refuse;

    /// <summary>Newer than the newest tested version.</summary>
    /// <value>Default <see cref="FirmwareVerdict.Warn"/>.</value>
    public FirmwareVerdict Untested { get; set; } = FirmwareVerdict.Warn;

    /// <summary>Missing, or not in the provider's grammar.</summary>
    /// <value>Default <see cref="FirmwareVerdict.Refuse"/>.</value>
    public FirmwareVerdict Unreadable { get; set; } = FirmwareVerdict.Refuse;

    /// <summary>The catalogue has no entry for the model.</summary>
    /// <value>Default <see cref="FirmwareVerdict.Warn"/>.</value>
    public FirmwareVerdict Unknown { get; set; } = FirmwareVerdict.Warn;

    /// <summary>Older than recommended.</summary>
    /// <value>Default <see cref="FirmwareVerdict.Warn"/>.</value>
    public FirmwareVerdict Outdated { get; set; } = FirmwareVerdict.Warn;

    /// <summary>No report of <see cref="FirmwareOptions.Reports"/> proves the adapter with the firmware it has.</summary>
    /// <value>Default <see cref="FirmwareVerdict.Ok"/>: nobody asks for a proof.</value>
    public FirmwareVerdict Unproven { get; set; } = FirmwareVerdict.Ok;
}
