namespace Toe.Firmware;

/// <summary>What is known about adapters' firmware; immutable.</summary>
/// <param name="entries">The entries in order; the first that matches an adapter speaks for it.</param>
internal sealed class FirmwareCatalogue(IReadOnlyList<FirmwareCatalogueEntry> entries)
{
    public IReadOnlyList<FirmwareCatalogueEntry> Entries => entries;

    public FirmwareCatalogueEntry? Find(AdapterIdentity adapter) => entries.FirstOrDefault(entry => entry.Matches(adapter));
}
