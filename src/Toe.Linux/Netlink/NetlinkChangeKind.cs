namespace Toe.Linux;

/// <summary>What changed.</summary>
public enum NetlinkChangeKind
{
    /// <summary>Events were lost (ENOBUFS, or a message that could not be read): read the tables again.</summary>
    Resync,

    /// <summary>An interface came or changed; <see cref="NetlinkChange.Link"/> is its new state.</summary>
    LinkChanged,

    /// <summary>An interface went; <see cref="NetlinkChange.Link"/> is its last state.</summary>
    LinkRemoved,

    /// <summary>An address came or changed.</summary>
    AddressChanged,

    /// <summary>An address went.</summary>
    AddressRemoved,

    /// <summary>A route came or changed.</summary>
    RouteChanged,

    /// <summary>A route went.</summary>
    RouteRemoved,
}
