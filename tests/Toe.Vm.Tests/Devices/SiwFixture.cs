using System.Runtime.Versioning;
using Toe.Conformance;
using Toe.Iwarp.Siw;

namespace Toe.Vm.Tests.Devices;

/// <summary>Soft-iWARP under the kit.</summary>
[SupportedOSPlatform("linux")]
internal sealed class SiwFixture : ConformanceFixture
{
    public override string Substrate => "Soft-iWARP on a dummy interface";

    public override ValueTask<IToeProvider> CreateProviderAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IToeProvider>(new SiwProvider());

    public override ValueTask<IConformancePeer> CreatePeerAsync(IReadOnlyList<IToeAdapter> adapters, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IConformancePeer>(new AdapterPeer(adapters[0], SiwDevice.Address, SiwDevice.Address, cancellationToken) { Refuses = true });
}
