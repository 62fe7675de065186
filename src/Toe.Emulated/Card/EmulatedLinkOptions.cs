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

    /// <summary>A file that takes a copy of every packet in pcapng, as the engine sends and receives them; one that exists is replaced. Default none.
    /// The second of <see cref="EmulatedCardOptions.Shards"/> has its own, with a <c>1</c> before the extension, and so on.</summary>
    /// <remarks>What goes wrong with it is logged and does not hurt the link.</remarks>
    public string? CapturePath { get; init; }

    /// <summary>The most bytes of <see cref="CapturePath"/>; there the capture ends. Default 1 GiB.</summary>
    public long CaptureLimit { get; init; } = CapturingLink.DefaultMaximumBytes;

    /// <summary>How discovery names the link when it cannot be had.</summary>
    public abstract string Device { get; }
}
