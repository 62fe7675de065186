using System.Net;

namespace Toe.Linux.Rules;

/// <summary>A packet of a TCP connection as rules see it; null is what is not known.</summary>
/// <param name="IsNew">True for the packet that opens the connection, false for all others: conntrack's states <c>new</c> and <c>established</c>.</param>
/// <param name="Source">Where it comes from; a port of 0 is not known.</param>
/// <param name="Destination">Where it goes; a port of 0 is not known.</param>
internal sealed record RulePacket(bool IsNew, IPEndPoint? Source, IPEndPoint? Destination)
{
    /// <summary>The interface it comes in through; null on the way out.</summary>
    public string? InputInterface { get; init; }

    /// <summary>The interface it goes out through; null on the way in.</summary>
    public string? OutputInterface { get; init; }

    /// <summary>What a port of 0 at the local end can become: the host's range for connects; null when it can be any.</summary>
    public (int First, int Last)? LocalPorts { get; init; }

    /// <summary>True for IPv6.</summary>
    public bool IsIPv6 { get; init; }

    /// <summary>True on the way in.</summary>
    public bool IsInbound { get; init; }
}
