namespace Toe.Linux;

/// <summary>Interface flags. Source: linux/if.h (<c>IFF_</c>); the values are the kernel's, and others may be set.</summary>
[Flags]
public enum LinkFlags : long
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>The administrator set the interface up (IFF_UP).</summary>
    Up = 0x1,

    /// <summary>It has a broadcast address (IFF_BROADCAST).</summary>
    Broadcast = 0x2,

    /// <summary>It is a loopback interface (IFF_LOOPBACK).</summary>
    Loopback = 0x8,

    /// <summary>It is a point-to-point interface (IFF_POINTOPOINT).</summary>
    PointToPoint = 0x10,

    /// <summary>It is operationally up (IFF_RUNNING, RFC 2863).</summary>
    Running = 0x40,

    /// <summary>It has no ARP (IFF_NOARP).</summary>
    NoAddressResolution = 0x80,

    /// <summary>It receives all packets (IFF_PROMISC).</summary>
    Promiscuous = 0x100,

    /// <summary>It is the master of a bundle (IFF_MASTER).</summary>
    Master = 0x400,

    /// <summary>It is a member of a bundle (IFF_SLAVE).</summary>
    Slave = 0x800,

    /// <summary>It takes part in multicast (IFF_MULTICAST).</summary>
    Multicast = 0x1000,

    /// <summary>The driver reports carrier (IFF_LOWER_UP).</summary>
    LowerUp = 0x10000,
}
