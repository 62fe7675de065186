using Toe;

[assembly: ToeProvider(typeof(Acme.AcmeProvider), ContractVersion.Major, ContractVersion.Minor)]

namespace Acme;

/// <summary>Finds Acme's cards: on Linux always one.</summary>
public sealed class AcmeProvider : IToeProvider
{
    /// <summary>The card, for those who want to work its faults.</summary>
    public ToeOneCard Card { get; } = new();

    public string Name => "acme";

    public ValueTask<Discovery> DiscoverAsync(IProviderHost host, CancellationToken cancellationToken) => ValueTask.FromResult(
        OperatingSystem.IsLinux() ? new Discovery([Card], []) : new Discovery([], [new NotTaken("ToeOne", ToeReasons.EnvironmentOperatingSystem)]));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask; // The stack disposes the card.
}
