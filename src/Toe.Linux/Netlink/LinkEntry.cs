using System.Net.NetworkInformation;

namespace Toe.Linux;

/// <summary>One network interface as rtnetlink reports it (RTM_NEWLINK). Source: linux/if_link.h.</summary>
public sealed record LinkEntry
{
    /// <summary>The interface index, from 1; unique in its network namespace, not in the host.</summary>
    public required int Index { get; init; }

    /// <summary>The name (IFLA_IFNAME). It may change while the index stays.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The driver family of a virtual interface (IFLA_INFO_KIND), for example <c>veth</c>, <c>tun</c> or <c>vlan</c>; null for
    /// hardware.
    /// </summary>
    public string? Kind { get; init; }

    /// <summary>The ARPHRD_ hardware type (linux/if_arp.h); 1 is Ethernet, 772 loopback.</summary>
    public int HardwareType { get; init; }

    /// <summary>The flags.</summary>
    public LinkFlags Flags { get; init; }

    /// <summary>True when the administrator set the interface up.</summary>
    public bool IsUp => (Flags & LinkFlags.Up) != LinkFlags.None;

    /// <summary>True when the interface is operationally up.</summary>
    public bool IsRunning => (Flags & LinkFlags.Running) != LinkFlags.None;

    /// <summary>The MTU in bytes (IFLA_MTU).</summary>
    public int Mtu { get; init; }

    /// <summary>The hardware address (IFLA_ADDRESS), or null where the interface has none.</summary>
    public PhysicalAddress? HardwareAddress { get; init; }

    /// <summary>The index of the bridge, bond or VRF this interface belongs to (IFLA_MASTER), or 0.</summary>
    public int Master { get; init; }

    /// <summary>The index of the interface this one stands on or is paired with (IFLA_LINK), or 0.</summary>
    public int LowerLink { get; init; }

    /// <summary>
    /// The namespace id <see cref="LowerLink"/> is counted in (IFLA_LINK_NETNSID); null when that interface is in this namespace. -1 is a
    /// namespace without an id here.
    /// </summary>
    public int? LowerLinkNamespace { get; init; }
}
