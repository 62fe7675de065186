using Toe.Iwarp;
using Toe.Linux;
using Toe.QLogic.Devices;

namespace Toe.QLogic.Adapters;

/// <summary>What keeps a FastLinQ function from iWARP, and what to do about it. Source: Linux drivers/net/ethernet/qlogic/qed/{qed_mcp.c,qed_devlink.c}, Documentation/networking/devlink/qed.rst.</summary>
internal static class FastLinQObstacle
{
    private const string SetProtocol = "set the adapter's RDMA protocol to iWARP in its setup (UEFI) or with qlediag, and start the machine again";

    /// <summary>Finds it.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="reading">The function.</param>
    /// <param name="product">What it is.</param>
    /// <param name="devices">The function's RDMA devices, none of which is usable iWARP.</param>
    public static IwarpObstacle Of(ILinuxHost host, QLogicReading reading, QLogicProduct product, IReadOnlyList<InfinibandDevice> devices)
    {
        if (reading.Device is not { } function)
            return new("NotAttached", ToeReasons.HealthRemoved);
        var needed = QLogicOffload.Of(product.Family).Driver;
        if (function.Driver != needed)
            return new("Unsupported", ToeReasons.EnvironmentDriver.With($"{(function.Driver is { } bound ? $"{bound} is bound" : "no driver is bound")}; {needed} is needed, and qedr on top of it"));
        foreach (var device in devices)
        {
            switch (FastLinQRdma.ProtocolOf(device))
            {
                case RdmaProtocol.Iwarp:
                    return new("NotAttached", ToeReasons.EnvironmentDriver.With($"{device.Name} cannot be opened by programs: it is being taken away, or ib_uverbs is not loaded: modprobe ib_uverbs"));
                case RdmaProtocol.Roce:
                    return new("Disabled", ToeReasons.CapabilityDisabled.With($"{device.Name} speaks RoCE, which is no TCP: {SetProtocol}; set to both, Linux takes RoCE alone{OfTwoEngines(product, function)}"));
                default:
                    return new("Unsupported", ToeReasons.EnvironmentDriver.With($"{device.Name} does not say that it is iWARP (node type {device.NodeType}, '{device.Type}')"));
            }
        }

        if (KernelModule.Read(host, "qedr") is null)
            return new("NotAttached", ToeReasons.EnvironmentDriver.With("qedr is not loaded: modprobe qedr"));
        return new("Disabled", ToeReasons.CapabilityDisabled.With(
            $"qedr is loaded and has no device here: {SetProtocol}; management firmware that does not know this setting never offers iWARP: update it{OfTwoEngines(product, function)}"));
    }

    /// <summary>An adapter of 100 Gb/s is two engines side by side, of which iWARP gets one only when told.</summary>
    private static string OfTwoEngines(QLogicProduct product, PciDevice function) => product.HasTwoEngines
        ? $"; of 100 Gb/s also: devlink dev param set pci/{function.Address} name iwarp_cmt value true cmode runtime"
        : "";
}
