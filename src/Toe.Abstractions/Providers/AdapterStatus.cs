namespace Toe;

/// <summary>How an adapter was when it was last read: an immutable snapshot.</summary>
/// <param name="Health">How it is.</param>
/// <param name="FirmwareText">The firmware's version as the adapter reports it; null when it reports none.</param>
/// <param name="Firmware">The version by the provider's grammar; null when the text does not follow it.</param>
/// <param name="Capabilities">What it can do.</param>
/// <param name="Budgets">Its finite tables.</param>
public sealed record AdapterStatus(
    AdapterHealth Health, string? FirmwareText, FirmwareVersion? Firmware, AdapterCapabilities Capabilities, IReadOnlyList<ToeBudget> Budgets)
{
    /// <summary>How far up the ladder to offloading it stands: <c>ToeActive</c>, <c>NicOnly</c>, <c>NotAttached</c>, <c>Disabled</c>, <c>Unsupported</c>, or the provider's own word.</summary>
    public string Rung { get; init; } = "ToeActive";

    /// <summary>Parts of the firmware that have versions of their own, beside the one in <see cref="Firmware"/>. Each is judged by itself; the hardest verdict counts. Default none.</summary>
    public IReadOnlyList<FirmwarePart> FirmwareParts { get; init; } = [];

    /// <summary>Why the health is what it is, or why the rung is below <c>ToeActive</c>.</summary>
    public ToeReason Reason { get; init; }
}
