namespace Toe.Linux;

/// <summary>What <see cref="ILinuxHost.Watch"/> watches.</summary>
[Flags]
public enum HostTopics
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Interfaces that come, go, or gain and lose their carrier (rtnetlink).</summary>
    Links = 1,

    /// <summary>Addresses (rtnetlink).</summary>
    Addresses = 2,

    /// <summary>Routes (rtnetlink).</summary>
    Routes = 4,

    /// <summary>Neighbours (rtnetlink).</summary>
    Neighbours = 8,

    /// <summary>Devices and health reporters of devlink (generic netlink, multicast group <c>config</c>).</summary>
    Devlink = 16,

    /// <summary>Rules of the packet filter (nfnetlink, NFNLGRP_NFTABLES).</summary>
    PacketFilter = 32,
}
