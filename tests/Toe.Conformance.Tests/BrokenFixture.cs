namespace Toe.Conformance.Tests;

/// <summary>The software TOE with one defect.</summary>
internal sealed class BrokenFixture(BrokenVariant variant) : ConformanceFixture
{
    private readonly FabricFixture _inner = new();

    public override string Substrate => $"fabric, broken: {variant.Name}";

    public override async ValueTask<IToeProvider> CreateProviderAsync(CancellationToken cancellationToken) => variant.Break(await _inner.CreateProviderAsync(cancellationToken));

    public override ValueTask<IConformancePeer> CreatePeerAsync(IReadOnlyList<IToeAdapter> adapters, CancellationToken cancellationToken) => _inner.CreatePeerAsync(adapters, cancellationToken);
}
