using System.Globalization;

namespace Toe.Linux;

/// <summary>Finds RDMA devices in <c>/sys/class/infiniband</c>. Needs no privilege.</summary>
public static class InfinibandDevices
{
    private const string Root = "/sys/class/infiniband";
    private const string Verbs = "/sys/class/infiniband_verbs";
    private const string Interfaces = "/sys/class/net";
    private const string Active = "4";      // IB_PORT_ACTIVE, rdma/ib_verbs.h
    private const int MostPorts = 254;

    /// <summary>Finds all devices.</summary>
    /// <param name="host">The host.</param>
    /// <returns>The devices by name; empty when there are none, or the kernel has no RDMA.</returns>
    public static IReadOnlyList<InfinibandDevice> Find(ILinuxHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var names = host.List(Root).Value ?? [];
        var usable = FindUsable(host);
        return [.. names.Select(name => Read(host, name, usable.Contains(name))).OfType<InfinibandDevice>()];
    }

    /// <summary>The names of devices that programs can open.</summary>
    /// <param name="host">The host.</param>
    public static IReadOnlySet<string> FindUsable(ILinuxHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var nodes = host.List(Verbs).Value ?? [];
        return nodes.Select(node => host.ReadText($"{Verbs}/{node}/ibdev").Value).OfType<string>().ToHashSet(StringComparer.Ordinal);
    }

    private static InfinibandDevice? Read(ILinuxHost host, string name, bool isUsable)
    {
        var path = $"{Root}/{name}";
        if (!host.List(path).IsFound)
            return null;
        var address = host.ReadLinkName($"{path}/device");
        return new InfinibandDevice(name, NumberBefore(':', host.ReadText($"{path}/node_type").Value) ?? 0)
        {
            Type = host.ReadText($"{path}/hca_type").Value ?? "",
            Firmware = (host.ReadText($"{path}/fw_ver").Value ?? "").Replace(" ", "", StringComparison.Ordinal), // A driver of 2019 wrote blanks behind the dots.
            Revision = host.ReadText($"{path}/hw_rev").Value ?? "",
            Board = host.ReadText($"{path}/board_id").Value ?? "",
            IsUsable = isUsable,
            Driver = host.ReadLinkName($"{path}/device/driver"),
            PciAddress = address is not null && IsPciAddress(address) ? address : null,
            Ports = ReadPorts(host, name),
        };
    }

    private static List<InfinibandPort> ReadPorts(ILinuxHost host, string device)
    {
        var ports = new List<InfinibandPort>();
        foreach (var entry in host.List($"{Root}/{device}/ports").Value ?? [])
        {
            if (!int.TryParse(entry, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > MostPorts)
                continue;
            var state = host.ReadText($"{Root}/{device}/ports/{entry}/state").Value;
            var netdev = host.ReadText($"{Root}/{device}/ports/{entry}/gid_attrs/ndevs/0").Value;
            ports.Add(new InfinibandPort(number, state is null ? null : state.Split(':')[0] == Active, string.IsNullOrEmpty(netdev) ? FindInterface(host, device, number) : netdev));
        }

        ports.Sort(static (one, other) => one.Number.CompareTo(other.Number));
        return ports;
    }

    /// <summary>Where the port has no table of GIDs, the interface of the same PCI function and port.</summary>
    private static string? FindInterface(ILinuxHost host, string device, int port)
    {
        foreach (var name in host.List($"{Root}/{device}/device/net").Value ?? [])
        {
            if (host.ReadNumber($"{Interfaces}/{name}/dev_port") == port - 1)
                return name;
        }

        return null;
    }

    private static int? NumberBefore(char end, string? text) =>
        int.TryParse(text?.Split(end)[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary><c>0000:3b:00.4</c></summary>
    private static bool IsPciAddress(string name) => name.Length >= 12 && name[^2] == '.' && name[^5] == ':' && name[^8] == ':';
}
