namespace Toe.Linux;

/// <summary>A network interface as <c>/sys/class/net</c> shows it. Source: Linux Documentation/ABI/testing/sysfs-class-net.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Index">Its index; 0 when the file cannot be read.</param>
public sealed record NetworkDevice(string Name, int Index)
{
    private const string Root = "/sys/class/net";

    /// <summary>True while it has a carrier; null when it is down, since the kernel then does not say.</summary>
    public bool? HasCarrier { get; init; }

    /// <summary>RFC 2863's state: <c>up</c>, <c>down</c>, <c>unknown</c>, …; empty when the file cannot be read.</summary>
    public string State { get; init; } = "";

    /// <summary>Its MTU in bytes; 0 when the file cannot be read.</summary>
    public int Mtu { get; init; }

    /// <summary>Which port of its device it is, from 0.</summary>
    public int Port { get; init; }

    /// <summary>The interfaces it stands on: a VLAN's link, a bond's members.</summary>
    public IReadOnlyList<string> Lower { get; init; } = [];

    /// <summary>The interfaces that stand on it.</summary>
    public IReadOnlyList<string> Upper { get; init; } = [];

    /// <summary>For a bond its mode, such as <c>active-backup 1</c>; null for everything else.</summary>
    public string? BondMode { get; init; }

    /// <summary>True for a VLAN interface.</summary>
    public bool IsVlan { get; init; }

    /// <summary>Reads an interface.</summary>
    /// <param name="host">The host.</param>
    /// <param name="name">Its name.</param>
    /// <returns>The interface; null when it is not there.</returns>
    public static NetworkDevice? Read(ILinuxHost host, string name)
    {
        ArgumentNullException.ThrowIfNull(host);
        var path = $"{Root}/{name}";
        var entries = host.List(path);
        if (!entries.IsFound)
            return null;
        return new NetworkDevice(name, Number(host, $"{path}/ifindex"))
        {
            HasCarrier = host.ReadNumber($"{path}/carrier") switch { 1 => true, 0 => false, _ => null },
            State = host.ReadText($"{path}/operstate").Value ?? "",
            Mtu = Number(host, $"{path}/mtu"),
            Port = Number(host, $"{path}/dev_port"),
            Lower = Names(entries.Value, "lower_"),
            Upper = Names(entries.Value, "upper_"),
            BondMode = host.ReadText($"{path}/bonding/mode").Value,
            IsVlan = (host.ReadText($"{path}/uevent").Value ?? "").Contains("DEVTYPE=vlan", StringComparison.Ordinal),
        };
    }

    private static int Number(ILinuxHost host, string path) => (int)Math.Clamp(host.ReadNumber(path) ?? 0, 0, int.MaxValue);

    private static string[] Names(IReadOnlyList<string> entries, string prefix) =>
        [.. entries.Where(entry => entry.StartsWith(prefix, StringComparison.Ordinal)).Select(entry => entry[prefix.Length..])];
}
