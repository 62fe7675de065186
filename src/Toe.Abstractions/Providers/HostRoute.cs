using System.Net;

namespace Toe;

/// <summary>The host's route to a peer, as its routing table answers.</summary>
/// <param name="Interface">The name of the outgoing interface.</param>
/// <param name="InterfaceIndex">Its index.</param>
/// <param name="Source">The source address the host would use; null when the table does not say.</param>
/// <param name="Gateway">The next hop; null when the peer is on the link.</param>
/// <param name="IsLocal">True when the peer is this host itself.</param>
public sealed record HostRoute(string Interface, int InterfaceIndex, IPAddress? Source, IPAddress? Gateway, bool IsLocal);
