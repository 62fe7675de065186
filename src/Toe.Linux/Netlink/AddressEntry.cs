using System.Net;

namespace Toe.Linux;

/// <summary>One address of an interface as rtnetlink reports it (RTM_NEWADDR). Source: linux/if_addr.h.</summary>
public sealed record AddressEntry
{
    /// <summary>The index of the interface.</summary>
    public required int InterfaceIndex { get; init; }

    /// <summary>The host's own address (IFA_LOCAL, else IFA_ADDRESS). Link-local IPv6 addresses carry the interface as scope id.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>The length of the on-link prefix in bits, 0..32 or 0..128.</summary>
    public required int PrefixLength { get; init; }

    /// <summary>The peer's address on a point-to-point interface, or null.</summary>
    public IPAddress? Peer { get; init; }

    /// <summary>RT_SCOPE_ (linux/rtnetlink.h): 0 universe, 253 link, 254 host.</summary>
    public int Scope { get; init; }

    /// <summary>The IFA_F_ flags (linux/if_addr.h).</summary>
    public long Flags { get; init; }

    /// <summary>
    /// True while duplicate address detection runs or after it failed (IFA_F_TENTATIVE 0x40, IFA_F_DADFAILED 0x08): not usable.
    /// </summary>
    public bool IsTentative => (Flags & 0x48) != 0;
}
