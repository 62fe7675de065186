namespace Toe.Chelsio;

/// <summary>How the Chelsio provider tells the sockets that the card shall carry from those that it shall not.</summary>
/// <remarks>
/// Unified Wire's modules take any TCP socket that a connection offload policy (COP) lets them. With neither <see cref="Mark"/> nor
/// <see cref="Dscp"/> nothing is set on a socket, and the policy that is loaded decides alone.
/// </remarks>
public sealed class ChelsioOptions
{
    private static readonly TimeSpan LongestDeadline = TimeSpan.FromDays(1);

    /// <summary>Sockets for the card get this SO_MARK, 1 to 2,147,483,647; it needs CAP_NET_ADMIN or CAP_NET_RAW. Default null: none. Not together with <see cref="Dscp"/>.</summary>
    public int? Mark { get; set; }

    /// <summary>Sockets for the card get this DSCP, 1 to 63; it needs no privilege, and the network sees it. Default null: none. Not together with <see cref="Mark"/>.</summary>
    public int? Dscp { get; set; }

    /// <summary>Addresses and ports that stay on the host stack in the policy that the SDK writes, whatever a socket carries. Default none.</summary>
    public IList<ChelsioHostOnly> HostOnly { get; } = [];

    /// <summary>
    /// Asks each connection whether the TOE module has it, by a socket option that only the module knows (TCP_SCHEDCLASS with a class that does not
    /// exist). Experimental: read from the module's source, proven by nobody on a card; it makes a placement <c>Likely</c> at most. Default false.
    /// </summary>
    public bool ProbeConnections { get; set; }

    /// <summary>
    /// How long a send may stand still before its connection is ended with <c>Quality.Stalled</c>, where a connection's own
    /// <see cref="ToeSocketOptions.UserTimeout"/> does not say; the module's sockets on a dead card may hang. Default 5 minutes.
    /// </summary>
    public TimeSpan SendDeadline { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Why these options cannot be used; null when they can.</summary>
    internal string? Check() => (Mark, Dscp) switch
    {
        (not null, not null) => $"{nameof(Mark)} and {nameof(Dscp)} exclude each other",
        ( <= 0, _) => $"{nameof(Mark)} is 1 or more",
        (_, < 1 or > 63) => $"{nameof(Dscp)} is 1 to 63",
        _ when SendDeadline <= TimeSpan.Zero || SendDeadline > LongestDeadline => $"{nameof(SendDeadline)} is more than zero and at most a day",
        _ => HostOnly.Select(static one => one.Check()).FirstOrDefault(static wrong => wrong is not null),
    };
}
