using System.Net;

namespace Toe.Linux.Routes;

/// <summary>A route of a dump.</summary>
/// <param name="Destination">Where it leads.</param>
/// <param name="Metric">Among routes of one length the lowest counts (RTA_PRIORITY).</param>
/// <param name="IsUsable">False while its next hop is dead (RTNH_F_DEAD).</param>
/// <param name="Answer">What a lookup that ends here answers.</param>
internal sealed record RecordedRoute(IPNetwork Destination, long Metric, bool IsUsable, RouteAnswer Answer);
