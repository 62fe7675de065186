using Toe.Linux;

namespace Toe.Iwarp;

/// <summary>What a vendor's package knows of an iWARP device, and this one does not.</summary>
/// <param name="Identity">The adapter's identity: by something that stays when the device comes back under another name.</param>
/// <param name="Find">Reads the host and finds the device; null while it is not there.</param>
/// <param name="ReadFirmware">Reads the firmware's version: what the adapter reports, and what the vendor's grammar makes of it.</param>
/// <param name="Bypasses">What of the host its connections walk around.</param>
public sealed record IwarpAdapterSource(
    AdapterIdentity Identity, Func<InfinibandDevice?> Find, Func<InfinibandDevice, (string? Text, FirmwareVersion? Version)> ReadFirmware, Fact<HostBypass> Bypasses)
{
    /// <summary>True when it connects to the addresses of its own interfaces too. Default false: that a device loops back is for its package to know.</summary>
    public bool ReachesItself { get; init; }

    /// <summary>How the vendor's health signals stand; null leaves it to what every RDMA device shows.</summary>
    public Func<(AdapterHealth Health, ToeReason Reason)>? ReadHealth { get; init; }
}
