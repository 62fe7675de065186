namespace Toe.Firmware;

/// <summary>What is known about adapters' firmware; immutable.</summary>
/// <param name="entries">The entries in order; the first that matches an adapter speaks for it.</param>
internal sealed class FirmwareCatalogue(IReadOnlyList<FirmwareCatalogueEntry> entries)
{
    public IReadOnlyList<FirmwareCatalogueEntry> Entries => entries;

    /// <summary>What speaks for a part of an adapter's firmware; null stands for what the adapter reports as its firmware.</summary>
    public FirmwareCatalogueEntry? Find(AdapterIdentity adapter, string? part = null) => entries.FirstOrDefault(entry => entry.Matches(adapter, part));

    /// <summary>True when both have the same entries in the same order.</summary>
    public bool SaysTheSame(FirmwareCatalogue other) =>
        ReferenceEquals(this, other)
        || entries.SequenceEqual(other.Entries, EqualityComparer<FirmwareCatalogueEntry>.Create(static (a, b) =>
            a is not null && b is not null && a with { Blocked = b.Blocked } == b && a.Blocked.SequenceEqual(b.Blocked)));
}
