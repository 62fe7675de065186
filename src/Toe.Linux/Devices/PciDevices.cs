using System.Globalization;

namespace Toe.Linux;

/// <summary>Finds PCI functions in <c>/sys/bus/pci/devices</c>.</summary>
public static class PciDevices
{
    private const string Root = "/sys/bus/pci/devices";

    /// <summary>Finds a vendor's functions.</summary>
    /// <param name="host">The host.</param>
    /// <param name="vendor">The vendor id.</param>
    /// <returns>The functions in the order of their addresses; empty when there are none, or no PCI.</returns>
    public static IReadOnlyList<PciDevice> Find(ILinuxHost host, ushort vendor)
    {
        ArgumentNullException.ThrowIfNull(host);
        var found = new List<PciDevice>();
        foreach (var address in host.List(Root).Value ?? [])
        {
            if (host.ReadHexadecimal($"{Root}/{address}/vendor") == vendor && Read(host, address) is { } device)
                found.Add(device);
        }

        return found;
    }

    /// <summary>Reads one function.</summary>
    /// <param name="host">The host.</param>
    /// <param name="address">Where it sits.</param>
    /// <returns>The function; null when it is not there, or does not say what it is.</returns>
    public static PciDevice? Read(ILinuxHost host, string address)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(address);
        var path = $"{Root}/{address}";
        if (host.ReadHexadecimal($"{path}/vendor") is not { } vendor || host.ReadHexadecimal($"{path}/device") is not { } device
            || vendor > ushort.MaxValue || device > ushort.MaxValue)
            return null;
        return new PciDevice(address, (ushort)vendor, (ushort)device)
        {
            SubsystemVendor = (ushort)(host.ReadHexadecimal($"{path}/subsystem_vendor") ?? 0),
            SubsystemDevice = (ushort)(host.ReadHexadecimal($"{path}/subsystem_device") ?? 0),
            Class = (int)(host.ReadHexadecimal($"{path}/class") ?? 0) & 0xffffff,
            Driver = host.ReadLinkName($"{path}/driver"),
            Interfaces = host.List($"{path}/net").Value ?? [],
            IsVirtualFunction = host.ReadLink($"{path}/physfn").IsFound,
            VirtualFunctions = (int)Math.Clamp(host.ReadNumber($"{path}/sriov_numvfs") ?? 0, 0, ushort.MaxValue),
            NumaNode = host.ReadNumber($"{path}/numa_node") is >= 0 and <= int.MaxValue and var node ? (int)node : null,
            Errors = new PciErrors(
                ReadTotal(host, $"{path}/aer_dev_correctable", "TOTAL_ERR_COR"),
                ReadTotal(host, $"{path}/aer_dev_nonfatal", "TOTAL_ERR_NONFATAL"),
                ReadTotal(host, $"{path}/aer_dev_fatal", "TOTAL_ERR_FATAL")),
        };
    }

    private static long? ReadTotal(ILinuxHost host, string path, string label)
    {
        foreach (var line in host.ReadText(path).Value.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(label, StringComparison.Ordinal)
                && long.TryParse(line[label.Length..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var total))
                return total;
        }

        return null;
    }
}
