using System.Runtime.Versioning;
using Toe.Emulated;

namespace Toe.Vm.Tests.Devices;

/// <summary>Offers one netdevsim device as an adapter: its firmware is the device's, its connections are carried by the software TOE's fabric.</summary>
[SupportedOSPlatform("linux")]
internal sealed class NetdevsimProvider(Netdevsim device) : IToeProvider
{
    public const string ProviderName = "netdevsim";

    private readonly EmulatedProvider _carrier = new([new EmulatedFabricOptions()]);
    private NetdevsimAdapter? _adapter;

    public string Name => ProviderName;

    public async ValueTask<Discovery> DiscoverAsync(IProviderHost host, CancellationToken cancellationToken)
    {
        if (_adapter is null)
        {
            var found = await _carrier.DiscoverAsync(host, cancellationToken);
            _adapter = new NetdevsimAdapter(device, found.Adapters[0]);
        }

        return new Discovery([_adapter], []);
    }

    public ValueTask DisposeAsync() => _carrier.DisposeAsync();
}
