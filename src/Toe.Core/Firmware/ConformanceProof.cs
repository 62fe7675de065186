namespace Toe.Firmware;

/// <summary>What a good and complete conformance report is about: it proves adapters of which all three are the same.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Product">The model.</param>
/// <param name="Firmware">The version as the adapter reported it; null where it reported none.</param>
internal sealed record ConformanceProof(string Provider, string Product, string? Firmware);
