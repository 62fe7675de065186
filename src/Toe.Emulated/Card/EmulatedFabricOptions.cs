using Toe.Emulated.Links;

namespace Toe.Emulated;

/// <summary>A card on an in-process fabric: no privileges, any operating system; reaches listeners of the same process.</summary>
public sealed record EmulatedFabricOptions : EmulatedLinkOptions
{
    /// <summary>The fabric. Default <see cref="Fabric.Shared"/>.</summary>
    public Fabric Fabric { get; init; } = Fabric.Shared;

    /// <inheritdoc/>
    public override string Device => "fabric";
}
