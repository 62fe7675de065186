using Toe.Conformance;

namespace Toe.Cli.Conforming;

/// <summary>A fixture whose provider has a defect.</summary>
internal sealed class BrokenFixture(ConformanceFixture fixture, BrokenVariant variant) : ConformanceFixture
{
    public override string Substrate => $"{fixture.Substrate}, broken: {variant.Name}";

    public override ConformanceFaults? Faults => fixture.Faults;

    public override async ValueTask<IToeProvider> CreateProviderAsync(CancellationToken cancellationToken) =>
        variant.Break(await fixture.CreateProviderAsync(cancellationToken).ConfigureAwait(false));

    public override async ValueTask<IToeProvider> CreateSmallProviderAsync(CancellationToken cancellationToken) =>
        variant.Break(await fixture.CreateSmallProviderAsync(cancellationToken).ConfigureAwait(false));

    public override ValueTask<IConformancePeer> CreatePeerAsync(IReadOnlyList<IToeAdapter> adapters, CancellationToken cancellationToken) => fixture.CreatePeerAsync(adapters, cancellationToken);
}
