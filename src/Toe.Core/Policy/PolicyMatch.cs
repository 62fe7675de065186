using System.Net;

namespace Toe.Policy;

/// <summary>What a rule matches; null matches anything, also what is not known.</summary>
internal sealed record PolicyMatch(
    PolicyDirection Direction, AddressPrefix? Local, AddressPrefix? Remote, PortSet? LocalPorts, PortSet? RemotePorts)
{
    public bool Matches(PolicyDirection direction, IPEndPoint? local, IPEndPoint? remote) =>
        (Direction == PolicyDirection.Any || Direction == direction)
        && Matches(Local, LocalPorts, local) && Matches(Remote, RemotePorts, remote);

    /// <summary>True when a listener there could meet a peer that the rule matches.</summary>
    public bool CouldMatchAt(IPEndPoint listener) => Direction != PolicyDirection.Connect && Matches(Local, LocalPorts, listener);

    /// <summary>True when whatever <paramref name="later"/> matches, this one matches. Each dimension is compared for itself, which is
    /// exact for two
    /// rules; that several rules together cover a later one is not seen.</summary>
    public bool Covers(PolicyMatch later) =>
        (Direction == PolicyDirection.Any || Direction == later.Direction)
        && Covers(Local, later.Local) && Covers(Remote, later.Remote)
        && Covers(LocalPorts, later.LocalPorts) && Covers(RemotePorts, later.RemotePorts);

    private static bool Matches(AddressPrefix? prefix, PortSet? ports, IPEndPoint? endpoint)
    {
        if (prefix is null && ports is null)
            return true;
        return endpoint is not null
            && (ports is null || ports.Contains(endpoint.Port))
            && (prefix is null || prefix.Contains(AddressBits.Of(endpoint.Address)));
    }

    private static bool Covers(AddressPrefix? mine, AddressPrefix? later) => mine is null || (later is not null && mine.Covers(later));

    private static bool Covers(PortSet? mine, PortSet? later) => mine is null || (later is not null && mine.Covers(later));
}
