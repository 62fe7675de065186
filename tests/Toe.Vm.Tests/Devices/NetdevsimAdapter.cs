using System.Net;
using System.Runtime.Versioning;

namespace Toe.Vm.Tests.Devices;

/// <summary>An adapter with the firmware of a netdevsim device, read through devlink whenever the stack asks.</summary>
[SupportedOSPlatform("linux")]
internal sealed class NetdevsimAdapter(Netdevsim device, IToeAdapter carrier) : IToeAdapter
{
    public AdapterIdentity Identity { get; } = new()
    {
        Id = "netdevsim:" + device.Name,
        Provider = NetdevsimProvider.ProviderName,
        Model = "netdevsim",
        Evidence = EvidenceLevel.E2,
        Location = device.Name,
    };

    public AdapterStatus Status => WithFirmware(carrier.Status);

    public async ValueTask<AdapterStatus> RefreshAsync(CancellationToken cancellationToken) => WithFirmware(await carrier.RefreshAsync(cancellationToken));

    public ToeReason Reaches(IPAddress? local, IPEndPoint remote, HostRoute? host) => carrier.Reaches(local, remote, host);

    public ToeReason Serves(IPAddress local) => carrier.Serves(local);

    public void Subscribe(IAdapterEvents events) => carrier.Subscribe(new Events(this, events));

    public ValueTask<OpenResult> OpenAsync(OpenRequest request, IAdapterSocketEvents events, CancellationToken cancellationToken) =>
        carrier.OpenAsync(request, events, cancellationToken);

    public ValueTask<ListenResult> ListenAsync(AdapterListenRequest request, IAdapterListenerEvents events, CancellationToken cancellationToken) =>
        carrier.ListenAsync(request, events, cancellationToken);

    public ValueTask DisposeAsync() => carrier.DisposeAsync();

    private AdapterStatus WithFirmware(AdapterStatus status)
    {
        var text = device.RunningFirmware();
        return status with { FirmwareText = text, Firmware = FirmwareVersion.TryParse(text, null, out var version) ? version : null };
    }

    private sealed class Events(NetdevsimAdapter adapter, IAdapterEvents events) : IAdapterEvents
    {
        public void StatusChanged(AdapterStatus status) => events.StatusChanged(adapter.WithFirmware(status));
    }
}
