namespace Toe;

/// <summary>What a provider found.</summary>
/// <param name="Adapters">Adapters that can be asked, in the provider's order of preference.</param>
/// <param name="NotTaken">Devices of the vendor that were seen and not taken, each with its reason.</param>
public sealed record Discovery(IReadOnlyList<IToeAdapter> Adapters, IReadOnlyList<NotTaken> NotTaken);
