using Toe.Linux;

namespace Toe.QLogic.Devices;

/// <summary>
/// The RDMA side of a FastLinQ function under qedr. The same PCI id may run RoCE, iWARP or neither, and the description says RoCE for both: only what the kernel says of the device counts.
/// Source: Linux drivers/infiniband/hw/qedr/main.c.
/// </summary>
internal static class FastLinQRdma
{
    private const int ChannelAdapter = 1;       // RDMA_NODE_IB_CA, rdma/ib_verbs.h
    private const int RdmaNic = 4;              // RDMA_NODE_RNIC
    private const int NotSaid = 0;

    /// <summary>The devices of a function, under whatever number they are now.</summary>
    public static IEnumerable<InfinibandDevice> Find(ILinuxHost host, string address, IReadOnlyList<string> interfaces) =>
        InfinibandDevices.Find(host).Where(device => device.PciAddress is { } place ? place == address : device.Interfaces.Intersect(interfaces, StringComparer.Ordinal).Any());

    /// <summary>What a device speaks: by its node type, and by its product only where the kernel gives no type.</summary>
    public static RdmaProtocol ProtocolOf(InfinibandDevice device) => device.NodeType switch
    {
        RdmaNic => RdmaProtocol.Iwarp,
        ChannelAdapter => RdmaProtocol.Roce,
        NotSaid when device.Type.EndsWith("iWARP", StringComparison.Ordinal) => RdmaProtocol.Iwarp,
        NotSaid when device.Type.EndsWith("RoCE", StringComparison.Ordinal) => RdmaProtocol.Roce,
        _ => RdmaProtocol.Unknown,
    };
}
