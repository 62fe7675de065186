namespace Toe.Firmware;

/// <summary>The catalogue's file. Unknown and doubled names are errors.</summary>
internal sealed class CatalogueDocument
{
    /// <summary>1.</summary>
    public required int Format { get; set; }

    /// <summary>The entries; the first that matches an adapter speaks for it.</summary>
    public required IReadOnlyList<EntryDocument> Adapters { get; set; }
}
