using System.Net;
using Toe.Iwarp;
using Toe.Linux;
using Toe.QLogic.Devices;

namespace Toe.QLogic.Adapters;

/// <summary>An Ethernet function of a family without a TCP offload that a program on Linux can use: it says what it is, how it is, and why connections are on the host stack.</summary>
internal sealed class NetworkAdapter : IWatchedAdapter
{
    private readonly ILinuxHost _host;
    private readonly QLogicProduct _product;
    private readonly string _address;
    private IAdapterEvents? _events;
    private AdapterStatus _status;

    public NetworkAdapter(ILinuxHost host, PciDevice device, QLogicProduct product)
    {
        (_host, _product, _address) = (host, product, device.Address);
        Identity = QLogicProvider.Identify(device, product);
        _status = Read();
    }

    /// <inheritdoc/>
    public AdapterIdentity Identity { get; }

    /// <inheritdoc/>
    public AdapterStatus Status => Volatile.Read(ref _status);

    /// <inheritdoc/>
    public ValueTask<AdapterStatus> RefreshAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var status = Read();
        Volatile.Write(ref _status, status);
        return ValueTask.FromResult(status);
    }

    /// <inheritdoc/>
    public void Changed()
    {
        var before = Status;
        var status = Read();
        Volatile.Write(ref _status, status);
        if (status.Health != before.Health || status.Rung != before.Rung || status.FirmwareText != before.FirmwareText)
            Volatile.Read(ref _events)?.StatusChanged(status);
    }

    /// <inheritdoc/>
    public ToeReason Reaches(IPAddress? local, IPEndPoint remote, HostRoute? host) => ToeReason.None; // Its rung's reason is the one that helps.

    /// <inheritdoc/>
    public ToeReason Serves(IPAddress local) => ToeReason.None;

    /// <inheritdoc/>
    public void Subscribe(IAdapterEvents events) => Volatile.Write(ref _events, events);

    /// <inheritdoc/>
    public ValueTask<OpenResult> OpenAsync(OpenRequest request, IAdapterSocketEvents events, CancellationToken cancellationToken) =>
        ValueTask.FromResult(OpenResult.Refused(Obstacle()));

    /// <inheritdoc/>
    public ValueTask<ListenResult> ListenAsync(AdapterListenRequest request, IAdapterListenerEvents events, CancellationToken cancellationToken) =>
        ValueTask.FromResult(ListenResult.Refused(Obstacle()));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask; // It holds nothing.

    private ToeReason Obstacle() => ToeReasons.CapabilityHardware.With(QLogicOffload.Of(_product.Family).Explanation);

    private AdapterStatus Read()
    {
        var offload = QLogicOffload.Of(_product.Family);
        var reading = QLogicReading.Of(_host, _address, hasDevlink: false);
        var (health, reason) = QLogicHealth.Of(reading, offload.Driver);
        var firmware = reading.Driver.Value is { } driver ? QLogicFirmware.Read(driver.Driver, driver.Firmware, driver.Version) : null;
        var capabilities = new AdapterCapabilities(
            offload.Model, AddressModel.SharedWithHost, Facts.Assumed(HostBypass.None), Facts.Assumed(AdapterFeatures.None), CanKeepOff: !MayOffloadUnseen());
        return new AdapterStatus(health, firmware?.Text, firmware?.Adapter, capabilities, [])
        {
            Rung = reading.Device?.Driver == offload.Driver ? "NicOnly" : "Unsupported",
            Reason = health is AdapterHealth.Healthy or AdapterHealth.Degraded ? Obstacle() : reason,
        };
    }

    /// <summary>NetXen's own module takes sockets of the applications that its rules name (HP NC51xx user guide), and nothing here can tell it not to.</summary>
    private bool MayOffloadUnseen() => _product.Family == QLogicFamily.NetXen && KernelModule.Read(_host, "nx_lsa") is not null;
}
