using System.Collections.Immutable;

namespace Toe.Linux.Recording;

/// <summary>Everything that a recording takes: what providers and gates of this SDK read, and no more. Serial numbers (VPD) are not among it.</summary>
internal static class RecordedPlaces
{
    /// <summary>Files and links, in the order in which they are taken.</summary>
    public static ImmutableArray<RecordedPlace> All { get; } =
    [
        .. Pci("vendor", "device", "class", "subsystem_vendor", "subsystem_device", "sriov_numvfs", "sriov_totalvfs", "numa_node", "enable", "current_link_speed", "current_link_width",
            "max_link_speed", "max_link_width", "aer_dev_correctable", "aer_dev_nonfatal", "aer_dev_fatal"),
        new("/sys/bus/pci/devices/*/driver", RecordedKind.Link),
        new("/sys/bus/pci/devices/*/physfn", RecordedKind.Link),
        new("/sys/bus/pci/devices/*/net/*", RecordedKind.Directory),
        .. Net("ifindex", "carrier", "operstate", "mtu", "dev_port", "speed", "duplex", "type", "flags", "uevent", "carrier_changes", "bonding/mode", "bonding/slaves"),
        new("/sys/class/net/*/address", RecordedKind.Addresses),
        new("/sys/class/net/*/lower_*", RecordedKind.Directory),
        new("/sys/class/net/*/upper_*", RecordedKind.Directory),
        .. Modules("cxgb4", "cxgb4vf", "toecore", "t4_tom", "csiostor", "iw_cxgb4", "chcr", "qed", "qede", "qedr", "bnx2", "bnx2x", "cnic", "netxen_nic", "nx_lsa", "qlcnic", "qlge", "siw", "nf_tables", "ip_tables", "ip6_tables", "nf_conntrack"),
        new("/lib/modules/*/updates/drivers/net/offload/t4_tom/t4_tom.ko", RecordedKind.Presence),
        new("/lib/modules/*/kernel", RecordedKind.Directory),
        new("/proc/sys/kernel/osrelease", RecordedKind.File),
        new("/proc/version", RecordedKind.File),
        new("/proc/sys/net/ipv4/ip_local_port_range", RecordedKind.File),
        new("/proc/modules", RecordedKind.File),
        new("/etc/os-release", RecordedKind.File),
        new("/proc/net/offload/devices", RecordedKind.File),
        new("/proc/net/offload/ipv6_offload", RecordedKind.File),
        new("/proc/net/offload/*/info", RecordedKind.File),
        new("/proc/net/offload/*/listeners", RecordedKind.Addresses),
        new("/proc/net/offload/*/read-cop", RecordedKind.Addresses),
        new("/proc/sys/toe/*/*", RecordedKind.File),
        new("/proc/net/ip_tables_names", RecordedKind.File),
        new("/proc/net/ip6_tables_names", RecordedKind.File),
        new("/sys/class/infiniband/*/device", RecordedKind.Link),
        .. Infiniband("node_type", "fw_ver", "hca_type", "hw_rev", "board_id", "ports/*/state", "ports/*/gid_attrs/ndevs/0"),
        new("/sys/class/infiniband_verbs/*/ibdev", RecordedKind.File),
        new("/sys/kernel/debug/cxgb4/*/l2t", RecordedKind.Addresses),
        new("/sys/kernel/debug/cxgb4/*/clip_tbl", RecordedKind.Addresses),
        .. Cards("tids", "meminfo", "tp_stats", "tx_rate", "pm_stats", "resources", "sensors", "uld", "path_mtus", "sge_qinfo", "crypto", "tls"),
    ];

    /// <summary>Tables of rtnetlink.</summary>
    public static ImmutableArray<int> Dumps { get; } = [RouteMessageType.GetLink, RouteMessageType.GetAddress, RouteMessageType.GetRoute, RouteMessageType.GetNeighbour, RouteMessageType.GetRule];

    /// <summary>Tables of devlink.</summary>
    public static ImmutableArray<int> DevlinkDumps { get; } = [Devlink.InfoGet, Devlink.HealthReporterGet];

    /// <summary>Tables of ethtool.</summary>
    public static ImmutableArray<int> EthtoolDumps { get; } = [EthtoolLinks.StateGet, EthtoolLinks.ModesGet, EthtoolLinks.FeaturesGet];

    /// <summary>Tools.</summary>
    public static ImmutableArray<ToolCommand> Tools { get; } =
    [
        new("nft", "-j", "list", "ruleset"), new("iptables-save"), new("ip6tables-save"), new("tc", "-j", "qdisc", "show"), new("ip", "xfrm", "policy"),
    ];

    private static IEnumerable<RecordedPlace> Pci(params string[] names) => names.Select(static name => new RecordedPlace($"/sys/bus/pci/devices/*/{name}", RecordedKind.File));

    private static IEnumerable<RecordedPlace> Net(params string[] names) => names.Select(static name => new RecordedPlace($"/sys/class/net/*/{name}", RecordedKind.File));

    private static IEnumerable<RecordedPlace> Infiniband(params string[] names) => names.Select(static name => new RecordedPlace($"/sys/class/infiniband/*/{name}", RecordedKind.File));

    private static IEnumerable<RecordedPlace> Cards(params string[] names) => names.Select(static name => new RecordedPlace($"/sys/kernel/debug/cxgb4/*/{name}", RecordedKind.File));

    private static IEnumerable<RecordedPlace> Modules(params string[] names) => names.SelectMany(static name => new[]
    {
        new RecordedPlace($"/sys/module/{name}/version", RecordedKind.File),
        new RecordedPlace($"/sys/module/{name}/refcnt", RecordedKind.File),
        new RecordedPlace($"/sys/module/{name}/parameters/*", RecordedKind.File),
        new RecordedPlace($"/sys/module/{name}", RecordedKind.Directory),
    });
}
