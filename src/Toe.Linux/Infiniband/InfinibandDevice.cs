namespace Toe.Linux;

/// <summary>An RDMA device as <c>/sys/class/infiniband</c> shows it. Source: Linux Documentation/ABI/stable/sysfs-class-infiniband.</summary>
/// <param name="Name">Its name; its number may change when it comes back.</param>
/// <param name="NodeType">What it is, by the number before the colon: 1 a channel adapter (InfiniBand, RoCE), 4 an iWARP NIC; 0 when it does not say. The description is free text and decides nothing.</param>
public sealed record InfinibandDevice(string Name, int NodeType)
{
    private const int RdmaNic = 4;      // RDMA_NODE_RNIC, rdma/ib_verbs.h

    /// <summary>True when its transport is TCP: only such a device carries what this SDK calls <see cref="OffloadModel.Rdma"/>.</summary>
    public bool IsIwarp => NodeType == RdmaNic;

    /// <summary>The product, where the driver says; empty where it does not.</summary>
    public string Type { get; init; } = "";

    /// <summary>The firmware's version without blanks; empty when there is none.</summary>
    public string Firmware { get; init; } = "";

    /// <summary>The hardware's revision; empty when there is none.</summary>
    public string Revision { get; init; } = "";

    /// <summary>The board's id; empty when there is none.</summary>
    public string Board { get; init; } = "";

    /// <summary>True while programs can open it: its <c>uverbs</c> node is there. A device that is being taken away loses it first; one without the module ib_uverbs never has it.</summary>
    public bool IsUsable { get; init; }

    /// <summary>The driver of the device below; null for a software device.</summary>
    public string? Driver { get; init; }

    /// <summary>Its PCI function; null for a software device.</summary>
    public string? PciAddress { get; init; }

    /// <summary>Its ports, by number.</summary>
    public IReadOnlyList<InfinibandPort> Ports { get; init; } = [];

    /// <summary>The network interfaces of its ports.</summary>
    public IEnumerable<string> Interfaces => Ports.Select(static port => port.Interface).OfType<string>();
}
