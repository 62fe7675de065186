namespace Toe;

/// <summary>What an adapter is; never changes.</summary>
public sealed record AdapterIdentity
{
    /// <summary>Stable across resets, re-indexing and return: made of the provider's name and the device's own identity, for example <c>chelsio:0000:3b:00.4</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The provider's name.</summary>
    public required string Provider { get; init; }

    /// <summary>The product, as the vendor names it; the firmware catalogue is keyed by it.</summary>
    public required string Model { get; init; }

    /// <summary>What the claims stand on.</summary>
    public required EvidenceLevel Evidence { get; init; }

    /// <summary>Where it sits: a PCI address, an interface, or words. Empty when it has no place.</summary>
    public string Location { get; init; } = "";

    /// <summary>The host's network interfaces it serves. Empty when it has none.</summary>
    public IReadOnlyList<string> Interfaces { get; init; } = [];

    /// <summary>The product and the id.</summary>
    public override string ToString() => $"{Model} ({Id})";
}
