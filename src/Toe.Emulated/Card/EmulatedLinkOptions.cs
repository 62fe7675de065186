using Toe.Emulated.Links;

namespace Toe.Emulated;

/// <summary>A link with the card on it.</summary>
public abstract record EmulatedLinkOptions
{
    private protected EmulatedLinkOptions()
    {
    }

    /// <summary>The card.</summary>
    public EmulatedCardOptions Card { get; init; } = new();

    /// <summary>Faults of the link, both ways, by seed. Default none.</summary>
    public LinkFaults? Faults { get; init; }

    /// <summary>How discovery names the link when it cannot be had.</summary>
    public abstract string Device { get; }
}
