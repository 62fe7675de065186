namespace Toe.Linux;

/// <summary>What a route does with a packet. Source: linux/rtnetlink.h (<c>RTN_</c>); the values are the kernel's.</summary>
public enum RouteType
{
    /// <summary>No route was found, or the lookup failed.</summary>
    None = 0,

    /// <summary>A gateway or a directly reached destination.</summary>
    Unicast = 1,

    /// <summary>The destination is an address of this host.</summary>
    Local = 2,

    /// <summary>A broadcast address.</summary>
    Broadcast = 3,

    /// <summary>An anycast address of this host.</summary>
    Anycast = 4,

    /// <summary>A multicast group.</summary>
    Multicast = 5,

    /// <summary>Packets are dropped silently.</summary>
    Blackhole = 6,

    /// <summary>Packets are answered with host unreachable.</summary>
    Unreachable = 7,

    /// <summary>Packets are answered with administratively prohibited.</summary>
    Prohibit = 8,

    /// <summary>The lookup goes on in another table.</summary>
    Throw = 9,

    /// <summary>Stateless address translation, no longer used by the kernel.</summary>
    AddressTranslation = 10,

    /// <summary>An external resolver decides.</summary>
    ExternalResolve = 11,
}
