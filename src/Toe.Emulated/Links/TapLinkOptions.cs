using System.Net;
using System.Net.NetworkInformation;

namespace Toe.Emulated.Links;

/// <summary>The settings of a <see cref="TapLink"/>.</summary>
public sealed record TapLinkOptions
{
    /// <summary>The engine's own addresses, at least one. The kernel must not have them.</summary>
    public required IReadOnlyList<InterfaceAddress> Addresses { get; init; }

    /// <summary>
    /// The next hop for destinations outside of every prefix, at most one for each family. Default none: they are unreachable.
    /// </summary>
    public IReadOnlyList<IPAddress> Gateways { get; init; } = [];

    /// <summary>The engine's hardware address; null takes a random, locally administered one.</summary>
    public PhysicalAddress? HardwareAddress { get; init; }

    /// <summary>
    /// The most entries of the neighbour table, from 1. Default 1024. <see cref="TapLink.NeighborLimit"/> changes it later.
    /// </summary>
    public int NeighborLimit { get; init; } = 1024;

    /// <summary>The most bytes that wait for the resolution of one neighbour; the oldest give way. Default 65536.</summary>
    public int PendingBytes { get; init; } = 65536;

    /// <summary>How long a neighbour counts as reachable after it answered. Default 30 s (RFC 4861 §10, REACHABLE_TIME).</summary>
    public TimeSpan ReachableTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time between two questions to a neighbour. Default 1 s (RFC 4861 §10, RETRANS_TIMER).</summary>
    public TimeSpan ResolutionInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a neighbour is asked before it is given up. Default 3 (RFC 4861 §10, MAX_MULTICAST_SOLICIT).</summary>
    public int ResolutionAttempts { get; init; } = 3;

    /// <summary>
    /// Lets the kernel make checksums, cut what is sent into segments and join what arrives. Default true; where the kernel does not, the
    /// link does without: <see cref="TapLink.Offloads"/> tells. False for single packets on the device.
    /// </summary>
    public bool Offloads { get; init; } = true;

    internal TapLinkOptions Validated()
    {
        if (Addresses is null or { Count: 0 } || Addresses.Any(address => address.Address is null))
            throw Refuse(nameof(Addresses), "Addresses needs at least one address, with its prefix length.");
        if (Gateways.GroupBy(gateway => gateway.AddressFamily).Any(family => family.Skip(1).Any()))
            throw Refuse(nameof(Gateways), "Gateways can hold one address of each family.");
        bool IsReached(IPAddress gateway) => Addresses.Any(own => own.IsOnLink(gateway) && !own.Address.Equals(gateway));
        if (Gateways.FirstOrDefault(gateway => !IsReached(gateway)) is { } far)
        {
            throw Refuse(
                nameof(Gateways), $"The gateway {far} is not a neighbour: it lies in no prefix of Addresses, or is the link's own.");
        }

        if (HardwareAddress is not null && (HardwareAddress.GetAddressBytes() is not { Length: 6 } bytes || (bytes[0] & 1) != 0))
            throw Refuse(nameof(HardwareAddress), "HardwareAddress must be an individual Ethernet address of six bytes.");
        if (NeighborLimit < 1 || PendingBytes < 1 || ResolutionAttempts < 1)
            throw Refuse(nameof(NeighborLimit), "NeighborLimit, PendingBytes and ResolutionAttempts must be 1 or more.");
        if (ReachableTime <= TimeSpan.Zero || ResolutionInterval <= TimeSpan.Zero)
            throw Refuse(nameof(ReachableTime), "ReachableTime and ResolutionInterval must be longer than zero.");
        return this;
    }

    private static ArgumentException Refuse(string setting, string text) => new(text, setting);
}
