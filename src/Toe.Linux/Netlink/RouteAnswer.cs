using System.Net;

namespace Toe.Linux;

/// <summary>The kernel's answer to where a packet would go. A missing route is an answer, not an exception.</summary>
public sealed record RouteAnswer
{
    /// <summary>True when packets would be sent or delivered; false when the answer is an error or a refusing route.</summary>
    public bool IsReachable => ErrorNumber == 0
        && Type is not (RouteType.None or RouteType.Blackhole or RouteType.Unreachable or RouteType.Prohibit or RouteType.Throw);

    /// <summary>What the route does. The kernel tells refusing routes by their error; it is mapped back to their type.</summary>
    public RouteType Type { get; init; }

    /// <summary>The index of the output interface (RTA_OIF), or 0. Local routes go out of the loopback interface.</summary>
    public int OutputInterface { get; init; }

    /// <summary>
    /// The next hop (RTA_GATEWAY or RTA_VIA), or null when the destination is reached directly. It may be of the other family.
    /// </summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>The source address the kernel would take (RTA_PREFSRC), or null where it told none.</summary>
    public IPAddress? PreferredSource { get; init; }

    /// <summary>The routing table the lookup ended in (RTA_TABLE); 254 is main, 255 local. 0 when there is no route.</summary>
    public long Table { get; init; }

    /// <summary>The route's MTU in bytes (RTAX_MTU), also when learnt by path MTU discovery; null when the interface's holds.</summary>
    public int? Mtu { get; init; }

    /// <summary>The MSS the kernel would advertise in bytes (RTAX_ADVMSS), or null.</summary>
    public int? AdvertisedMaximumSegmentSize { get; init; }

    /// <summary>0, or the positive error number a connect would meet, for example ENETUNREACH (101).</summary>
    public int ErrorNumber { get; init; }

    /// <summary>Why there is no usable route, in words; null when <see cref="IsReachable"/>.</summary>
    public string? Reason { get; init; }
}
