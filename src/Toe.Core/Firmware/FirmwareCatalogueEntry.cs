using System.IO.Enumeration;

namespace Toe.Firmware;

/// <summary>What the catalogue says about one family of models.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Model">The model, or a pattern with <c>*</c> and <c>?</c>.</param>
/// <param name="Source">What the numbers stand on.</param>
internal sealed record FirmwareCatalogueEntry(string Provider, string Model, string Source)
{
    /// <summary>The part of the firmware it speaks for; null for what the adapter reports as its firmware.</summary>
    public string? Part { get; init; }

    /// <summary>Older is refused by default.</summary>
    public FirmwareVersion? Minimum { get; init; }

    /// <summary>Older is warned about.</summary>
    public FirmwareVersion? Recommended { get; init; }

    /// <summary>Newer is warned about.</summary>
    public FirmwareVersion? Tested { get; init; }

    /// <summary>Refused by default.</summary>
    public IReadOnlyList<BlockedFirmware> Blocked { get; init; } = [];

    /// <summary>As assessments name it.</summary>
    public string Name => Part is null ? $"{Provider}/{Model}" : $"{Provider}/{Model} {Part}";

    public bool Matches(AdapterIdentity adapter, string? part) =>
        Provider == adapter.Provider && Part == part && FileSystemName.MatchesSimpleExpression(Model, adapter.Model, ignoreCase: false);
}
