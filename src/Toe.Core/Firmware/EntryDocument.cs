namespace Toe.Firmware;

/// <summary>One family of models in the catalogue's file. Versions are one to four numbers with dots between them.</summary>
internal sealed class EntryDocument
{
    /// <summary>The provider's name.</summary>
    public required string Provider { get; set; }

    /// <summary>The model, or a pattern with <c>*</c> and <c>?</c>.</summary>
    public required string Model { get; set; }

    /// <summary>The part of the firmware that the entry is about. Default null: what the adapter reports as its firmware.</summary>
    public string? Part { get; set; }

    /// <summary>What the numbers stand on: a document, a header, a measurement.</summary>
    public required string Source { get; set; }

    /// <summary>Older is refused by default. Default null: none is known.</summary>
    public string? Minimum { get; set; }

    /// <summary>Older is warned about. Default null: none is known.</summary>
    public string? Recommended { get; set; }

    /// <summary>The newest tested version; newer is warned about. Default null: none is known.</summary>
    public string? Tested { get; set; }

    /// <summary>Versions that must not offload. Default empty.</summary>
    public IReadOnlyList<BlockedDocument> Blocked { get; set; } = [];
}
