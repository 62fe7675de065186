using Toe.Iwarp;
using Toe.Linux;

namespace Toe.Chelsio.Adapters;

/// <summary>
/// A card's other way to offload: iWARP under the kernel's own iw_cxgb4, where both ends speak rsockets. An adapter of its own beside the card's, since its model is another. Source: Linux
/// drivers/infiniband/hw/cxgb4; rdma-core providers/cxgb4.
/// </summary>
internal static class ChelsioIwarp
{
    private const HostBypass Everything =
        HostBypass.NetfilterIn | HostBypass.NetfilterOut | HostBypass.Conntrack | HostBypass.Qdisc | HostBypass.CgroupBpf | HostBypass.Xfrm;

    /// <summary>The RDMA device of a card's function; null when iw_cxgb4 has none for it.</summary>
    public static InfinibandDevice? Find(ILinuxHost host, string address) =>
        InfinibandDevices.Find(host).FirstOrDefault(device => device.IsIwarp && device.PciAddress == address);

    /// <summary>What iWARP code needs to know of a card.</summary>
    public static IwarpAdapterSource Source(ILinuxHost host, ChelsioAdapter card, string address) => new(
        card.Identity with { Id = $"{card.Identity.Id}/iwarp" },
        () => Find(host, address),
        _ => Read(card.Status),
        Facts.Assumed(Everything));

    /// <summary>One firmware and one chip serve both.</summary>
    private static IwarpReading Read(AdapterStatus card) =>
        new() { FirmwareText = card.FirmwareText, Firmware = card.Firmware, Health = card.Health, HealthReason = card.Reason };
}
