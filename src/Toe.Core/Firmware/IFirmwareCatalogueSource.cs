namespace Toe.Firmware;

/// <summary>The catalogue in force.</summary>
internal interface IFirmwareCatalogueSource
{
    /// <summary>Raised after <see cref="Current"/> changed: every adapter is judged again. Not on the caller's thread.</summary>
    event Action? Changed;

    /// <summary>What holds now.</summary>
    FirmwareCatalogue Current { get; }
}
