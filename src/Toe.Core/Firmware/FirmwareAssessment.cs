namespace Toe.Firmware;

/// <summary>What was found about an adapter's firmware, and what follows.</summary>
/// <param name="AdapterId">The adapter.</param>
/// <param name="Verdict">What follows.</param>
/// <param name="Reason">What was found, a reason of class 05; <see cref="ToeReason.None"/> when nothing was. It may stand beside
/// <see cref="FirmwareVerdict.Ok"/> where the configuration says so.</param>
/// <param name="FirmwareText">The version as the adapter reports it; null when it reports none.</param>
/// <param name="Firmware">The version that was judged; null when it cannot be read.</param>
/// <param name="CatalogueEntry">The catalogue's entry as <c>provider/model</c>; null when it has none.</param>
/// <param name="Source">What the entry, or the advisory that blocks, stands on; null without an entry.</param>
public sealed record FirmwareAssessment(
    string AdapterId,
    FirmwareVerdict Verdict,
    ToeReason Reason,
    string? FirmwareText,
    FirmwareVersion? Firmware,
    string? CatalogueEntry,
    string? Source)
{
    /// <summary>What was found about each part of the firmware that has a version of its own, in the order in which the adapter reports them; each names its part.
    /// The hardest verdict, with its reason, entry and source, is the adapter's.</summary>
    public IReadOnlyList<FirmwareAssessment> Parts { get; init; } = [];

    /// <summary>The part that this is about; null for the adapter as a whole.</summary>
    public string? Part { get; init; }
}
