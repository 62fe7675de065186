using Toe.Iwarp;
using Toe.Linux;
using Toe.QLogic.Devices;

namespace Toe.QLogic.Adapters;

/// <summary>
/// A FastLinQ Ethernet function as iWARP code sees it. It stays the same adapter through recoveries, after which its RDMA device comes back under another number, and without one it says what keeps it from having
/// one. Source: Linux drivers/net/ethernet/qlogic/{qed,qede}, drivers/infiniband/hw/qedr.
/// </summary>
internal sealed class FastLinQFunction(ILinuxHost host, PciDevice device, QLogicProduct product)
{
    private const int LongestBacklog = 256;     // QED_IWARP_PREALLOC_CNT, qed_iwarp.h
    private const HostBypass Everything =
        HostBypass.NetfilterIn | HostBypass.NetfilterOut | HostBypass.Conntrack | HostBypass.Qdisc | HostBypass.CgroupBpf | HostBypass.Xfrm;

    private volatile SeenDevice? _seen;

    /// <summary>What iWARP code needs to know.</summary>
    public IwarpAdapterSource Source => new(QLogicProvider.Identify(device, product), Find, Read, Facts.Assumed(Everything)) { LongestBacklog = LongestBacklog };

    private InfinibandDevice? Find() => Devices().FirstOrDefault(static one => one.IsUsable && FastLinQRdma.ProtocolOf(one) == RdmaProtocol.Iwarp);

    private IReadOnlyList<InfinibandDevice> Devices() =>
        [.. FastLinQRdma.Find(host, device.Address, PciDevices.Read(host, device.Address)?.Interfaces ?? [])];

    private IwarpReading Read(InfinibandDevice? rdma)
    {
        var reading = QLogicReading.Of(host, device.Address, hasDevlink: true);
        var (health, reason) = QLogicHealth.Of(reading, QLogicOffload.Of(product.Family).Driver);
        var firmware = FastLinQFirmware.Of(reading, rdma);
        IwarpObstacle? obstacle = null;
        if (rdma is not null)
        {
            _seen = new SeenDevice(rdma.Name, reading.FatalErrors?.Errors ?? 0);
        }
        else
        {
            var devices = Devices();
            obstacle = FastLinQObstacle.Of(host, reading, product, devices);
            if (_seen is { } seen)
            {
                // Its connections ended with the device, so it is gone until there is one again, however well the function is.
                (health, reason) = (AdapterHealth.Removed, ToeReasons.HealthRemoved.With(seen.WhyGone(reading, health, reason, devices.Count == 0 ? null : obstacle.Value.Reason)));
                obstacle = new IwarpObstacle("NotAttached", reason);
            }
        }

        return new IwarpReading
        {
            FirmwareText = firmware.Text,
            Firmware = firmware.Management,
            FirmwareParts = [firmware.Storm],
            Health = health,
            HealthReason = reason,
            Obstacle = obstacle,
            Notes = FastLinQNotes.Of(host, firmware.Storm.Version),
        };
    }
}
