using System.Net;
using Toe.Emulated.Links;

namespace Toe.Emulated;

/// <summary>A card on a TAP device made beforehand (<c>ip tuntap add dev toe0 mode tap user USER</c>), with addresses of its own. Linux; no privilege when the device is the user's.</summary>
/// <param name="TapDevice">The device's name.</param>
/// <param name="Addresses">The engine's addresses with their prefixes; the kernel's side of the device has another address of the same prefix.</param>
public sealed record EmulatedTapOptions(string TapDevice, IReadOnlyList<InterfaceAddress> Addresses) : EmulatedLinkOptions
{
    /// <summary>Next hops for peers beyond the prefixes. Default none.</summary>
    public IReadOnlyList<IPAddress> Gateways { get; init; } = [];

    /// <summary>Lets the kernel make checksums and cut and join segments, where it does: <see cref="TapLinkOptions.Offloads"/>. Default true; with <see cref="EmulatedLinkOptions.Faults"/> never, since faults hit single packets.</summary>
    public bool Offloads { get; init; } = true;

    /// <inheritdoc/>
    public override string Device => TapDevice;
}
