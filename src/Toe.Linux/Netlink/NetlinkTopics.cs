namespace Toe.Linux;

/// <summary>
/// What a <see cref="NetlinkMonitor"/> listens to. Source: linux/rtnetlink.h (<c>RTMGRP_</c>); the values are the kernel's.
/// </summary>
[Flags]
public enum NetlinkTopics
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Interfaces that come, change or go (RTMGRP_LINK).</summary>
    Links = 0x1,

    /// <summary>IPv4 addresses (RTMGRP_IPV4_IFADDR).</summary>
    Ipv4Addresses = 0x10,

    /// <summary>IPv4 routes (RTMGRP_IPV4_ROUTE).</summary>
    Ipv4Routes = 0x40,

    /// <summary>IPv6 addresses (RTMGRP_IPV6_IFADDR).</summary>
    Ipv6Addresses = 0x100,

    /// <summary>IPv6 routes (RTMGRP_IPV6_ROUTE).</summary>
    Ipv6Routes = 0x400,

    /// <summary>IPv4 and IPv6 addresses.</summary>
    Addresses = Ipv4Addresses | Ipv6Addresses,

    /// <summary>IPv4 and IPv6 routes.</summary>
    Routes = Ipv4Routes | Ipv6Routes,

    /// <summary>Everything above.</summary>
    All = Links | Addresses | Routes,
}
