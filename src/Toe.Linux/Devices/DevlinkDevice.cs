namespace Toe.Linux;

/// <summary>What devlink says about a device (DEVLINK_CMD_INFO_GET). Source: linux/devlink.h.</summary>
/// <param name="Bus">The bus it sits on, such as <c>pci</c>.</param>
/// <param name="Name">Its name there, such as a PCI address.</param>
public sealed record DevlinkDevice(string Bus, string Name)
{
    /// <summary>The driver; empty when it does not say.</summary>
    public string Driver { get; init; } = "";

    /// <summary>The serial number; null when it has none.</summary>
    public string? SerialNumber { get; init; }

    /// <summary>Versions that never change, by component.</summary>
    public IReadOnlyDictionary<string, string> Fixed { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Versions that run, by component, such as <c>fw.mgmt</c>.</summary>
    public IReadOnlyDictionary<string, string> Running { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Versions that run after the next start, by component.</summary>
    public IReadOnlyDictionary<string, string> Stored { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
