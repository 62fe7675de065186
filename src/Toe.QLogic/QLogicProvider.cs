using Toe.Iwarp;
using Toe.Linux;
using Toe.QLogic.Adapters;
using Toe.QLogic.Devices;

[assembly: Toe.ToeProvider(typeof(Toe.QLogic.QLogicProvider), Toe.ContractVersion.Major, Toe.ContractVersion.Minor)]

namespace Toe.QLogic;

/// <summary>
/// Finds QLogic's adapters (now Marvell's) in all their families, on this machine or on one that is played back: FastLinQ, which carries connections by iWARP, and NetXtreme II, NetXen and QLE8xxx, which
/// carry none on Linux and say why. Looking costs a few files and needs no privilege.
/// </summary>
public sealed class QLogicProvider : IwarpProvider
{
    internal const string ProviderName = "qlogic";

    /// <summary>Looks at the machine that the program runs on.</summary>
    public QLogicProvider()
        : this(null)
    {
    }

    /// <summary>Looks at a machine.</summary>
    /// <param name="host">The machine; null is the one that the program runs on. The caller disposes it.</param>
    public QLogicProvider(ILinuxHost? host)
        : base(host)
    {
    }

    /// <inheritdoc/>
    public override string Name => ProviderName;

    /// <inheritdoc/>
    protected override string Kind => "QLogic adapters";

    /// <summary>The identity of a function's adapter: by its place, which stays whatever its interface and RDMA device are called.</summary>
    internal static AdapterIdentity Identify(PciDevice device, QLogicProduct product) => new()
    {
        Id = $"{ProviderName}:{device.Address}",
        Provider = ProviderName,
        Model = product.Name,
        Evidence = EvidenceLevel.E1,
        Location = $"PCI {device.Address}",
        Interfaces = device.Interfaces,
    };

    /// <inheritdoc/>
    protected override ToeReason Check() => OperatingSystem.IsLinux()
        ? ToeReason.None
        : ToeReasons.EnvironmentOperatingSystem.With("iWARP is used on Linux; TCP Chimney, which Windows had, is gone");

    /// <inheritdoc/>
    protected override Discovery Find(ILinuxHost machine, IProviderHost host)
    {
        var functions = FunctionSurvey.Of(machine);
        if (functions.Ethernet.Count != 0)
            Watch(HostTopics.Links | HostTopics.Addresses | HostTopics.Devlink);
        if (functions.Ethernet.Any(IsRdma))
            WatchRdma();
        return new Discovery([.. functions.Ethernet.Select(one => Keep(one.Device.Address, () => Make(machine, one)))], functions.NotTaken);
    }

    /// <summary>One adapter for each Ethernet function.</summary>
    private IWatchedAdapter Make(ILinuxHost machine, EthernetFunction function) => IsRdma(function)
        ? new IwarpAdapter(machine, Transport, new FastLinQFunction(machine, function.Device, function.Product).Source)
        : new NetworkAdapter(machine, function.Device, function.Product);

    private static bool IsRdma(EthernetFunction function) => QLogicOffload.Of(function.Product.Family).Model == OffloadModel.Rdma;
}
