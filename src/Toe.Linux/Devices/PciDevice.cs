namespace Toe.Linux;

/// <summary>A PCI function as sysfs shows it. Source: Linux Documentation/ABI/testing/sysfs-bus-pci.</summary>
/// <param name="Address">Where it sits: <c>0000:3b:00.4</c>.</param>
/// <param name="Vendor">Its vendor id.</param>
/// <param name="Device">Its device id.</param>
public sealed record PciDevice(string Address, ushort Vendor, ushort Device)
{
    /// <summary>The vendor of the board; 0 when the file cannot be read.</summary>
    public ushort SubsystemVendor { get; init; }

    /// <summary>The board; 0 when the file cannot be read.</summary>
    public ushort SubsystemDevice { get; init; }

    /// <summary>The class code: 0x020000 is an Ethernet controller. 0 when the file cannot be read.</summary>
    public int Class { get; init; }

    /// <summary>The driver that is bound; null when none is.</summary>
    public string? Driver { get; init; }

    /// <summary>Its network interfaces, in ordinal order.</summary>
    public IReadOnlyList<string> Interfaces { get; init; } = [];

    /// <summary>True for a virtual function.</summary>
    public bool IsVirtualFunction { get; init; }

    /// <summary>How many virtual functions are on; 0 when it has none.</summary>
    public int VirtualFunctions { get; init; }

    /// <summary>The memory node it is near; null when the machine has none or does not say.</summary>
    public int? NumaNode { get; init; }

    /// <summary>What PCI Express reported about it.</summary>
    public PciErrors Errors { get; init; }
}
