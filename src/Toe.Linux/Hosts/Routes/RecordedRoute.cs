using System.Net;
using System.Net.Sockets;

namespace Toe.Linux.Routes;

/// <summary>A route of a dump.</summary>
/// <param name="Destination">Where it leads.</param>
/// <param name="Metric">Among routes of one length the lowest counts (RTA_PRIORITY).</param>
/// <param name="IsUsable">False while its next hop is dead (RTNH_F_DEAD).</param>
/// <param name="Answer">What a lookup that ends here answers.</param>
internal sealed record RecordedRoute(IPNetwork Destination, long Metric, bool IsUsable, RouteAnswer Answer)
{
    /// <summary>True when a lookup that is bound to an interface ends here though the route does not lead through it.</summary>
    /// <remarks>IPv4 looks at a refusal before it looks at the interface (fib_table_lookup, net/ipv4/fib_trie.c); IPv6 has refusals on the loopback interface.</remarks>
    public bool IsOnEveryInterface =>
        Destination.BaseAddress.AddressFamily == AddressFamily.InterNetwork && Answer.Type is (RouteType.Blackhole or RouteType.Unreachable or RouteType.Prohibit or RouteType.Throw);
}
