using Microsoft.Extensions.DependencyInjection;
using Toe.Conformance;
using Toe.Linux;

namespace Toe.Cli.Conforming;

/// <summary>A provider on a machine that is played back: only what needs no wire is tried.</summary>
internal sealed class ImageFixture(AdapterSpec spec, HostImage image, string directory) : ConformanceFixture
{
    public override string Substrate => $"host image {Path.GetFileName(Path.TrimEndingDirectorySeparator(directory))}";

    public override bool IsReplayed => true;

    public override ValueTask<IToeProvider> CreateProviderAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(SingleProvider.Create(spec, services => services.AddSingleton<ILinuxHost>(image)));

    public override ValueTask<IConformancePeer> CreatePeerAsync(IReadOnlyList<IToeAdapter> adapters, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("Nothing passes over a wire on a machine that is played back.");
}
