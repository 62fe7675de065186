namespace Toe.Emulated.Links;

/// <summary>Why a link dropped a packet or frame.</summary>
public enum LinkDropCause
{
    /// <summary>The receiver's queue, or the device's, had no room.</summary>
    QueueFull,

    /// <summary>It was larger than the MTU.</summary>
    TooLarge,

    /// <summary>It was not a whole packet or frame, or failed a check its RFC demands.</summary>
    Malformed,

    /// <summary>Nobody claims its destination endpoint (fabric).</summary>
    Unclaimed,

    /// <summary>It was addressed to another station (TAP).</summary>
    NotForUs,

    /// <summary>Its protocol is not served: neither TCP nor what a station must answer (TAP).</summary>
    UnsupportedProtocol,

    /// <summary>It was a fragment; the links do not reassemble.</summary>
    Fragment,

    /// <summary>The link was down or gone.</summary>
    LinkDown,

    /// <summary>No route leads to its destination (TAP).</summary>
    NoRoute,

    /// <summary>The next hop did not answer address resolution (TAP).</summary>
    Unresolved,

    /// <summary>The packets waiting for address resolution were too many (TAP).</summary>
    ResolutionQueueFull,

    /// <summary>The neighbour table was full (TAP).</summary>
    NeighborTableFull,
}
