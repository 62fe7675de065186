namespace Toe.Linux;

/// <summary>One change in the kernel's tables.</summary>
/// <param name="Kind">What changed.</param>
/// <param name="Link">The interface, for link changes; else null.</param>
/// <param name="Address">The address, for address changes; else null.</param>
/// <param name="Route">The route's data, for route changes; else null. It is a table entry, not the answer of a lookup.</param>
public readonly record struct NetlinkChange(
    NetlinkChangeKind Kind, LinkEntry? Link = null, AddressEntry? Address = null, RouteAnswer? Route = null);
