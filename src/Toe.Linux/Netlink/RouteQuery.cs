using System.Net;

namespace Toe.Linux;

/// <summary>What a route lookup depends on. Policy rules may look at every one of these; leave out what is not known.</summary>
public sealed record RouteQuery
{
    /// <summary>The destination, IPv4 or IPv6. A scope id is taken as <see cref="OutputInterface"/>.</summary>
    public required IPAddress Destination { get; init; }

    /// <summary>The source the packets will carry (RTA_SRC), of the same family; null lets the kernel choose.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>The interface the socket is bound to (RTA_OIF), or 0.</summary>
    public int OutputInterface { get; init; }

    /// <summary>The socket's mark (RTA_MARK, SO_MARK), or 0.</summary>
    public long Mark { get; init; }

    /// <summary>True asks for TCP (RTA_IP_PROTO) with the ports below, for rules that match on them. Default true.</summary>
    public bool Tcp { get; init; } = true;

    /// <summary>The source port, 1..65535, or 0 for unknown.</summary>
    public int SourcePort { get; init; }

    /// <summary>The destination port, 1..65535, or 0 for unknown.</summary>
    public int DestinationPort { get; init; }
}
