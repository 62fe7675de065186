namespace Toe.Firmware;

/// <summary>What follows from a look at an adapter's firmware.</summary>
public enum FirmwareVerdict
{
    /// <summary>Offload.</summary>
    Ok,

    /// <summary>Offload, and say so in log, health and tool.</summary>
    Warn,

    /// <summary>Do not offload; connections run on the host stack or another adapter.</summary>
    Refuse,
}
