namespace Toe;

/// <summary>What an adapter can do, as data, each statement with its source.</summary>
/// <param name="Model">The offload model.</param>
/// <param name="Addresses">Whose addresses its connections have.</param>
/// <param name="Bypasses">What of the host an offloaded connection walks around.</param>
/// <param name="Features">What it can do.</param>
/// <param name="CanKeepOff">False when the host's own sockets may be offloaded by the kernel too and cannot be told not to be: then a host placement is never certain.</param>
public sealed record AdapterCapabilities(
    OffloadModel Model, AddressModel Addresses, Fact<HostBypass> Bypasses, Fact<AdapterFeatures> Features, bool CanKeepOff = true)
{
    /// <summary>True when all of the features are there.</summary>
    /// <param name="features">The features asked for.</param>
    public bool Has(AdapterFeatures features) => (Features.Value & features) == features;
}
