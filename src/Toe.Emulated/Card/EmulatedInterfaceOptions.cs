namespace Toe.Emulated;

/// <summary>A card on an interface of the host, whose addresses it shares: connections it takes are steered to it, all else stays the host's. Linux 6.6 or later, with CAP_NET_ADMIN and CAP_BPF.</summary>
/// <param name="Interface">The interface's name; it carries Ethernet.</param>
public sealed record EmulatedInterfaceOptions(string Interface) : EmulatedLinkOptions
{
    /// <summary>Lets the kernel make checksums and cut and join segments. Default true; with <see cref="EmulatedLinkOptions.Faults"/> never, since faults hit single packets.</summary>
    public bool Offloads { get; init; } = true;

    /// <inheritdoc/>
    public override string Device => Interface;
}
