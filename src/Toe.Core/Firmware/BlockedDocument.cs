namespace Toe.Firmware;

/// <summary>Blocked versions in the catalogue's file: either <c>version</c>, or <c>from</c> and <c>to</c>, both blocked
/// themselves.</summary>
internal sealed class BlockedDocument
{
    /// <summary>One version.</summary>
    public string? Version { get; set; }

    /// <summary>The first of a range.</summary>
    public string? From { get; set; }

    /// <summary>The last of a range.</summary>
    public string? To { get; set; }

    /// <summary>What is wrong with them.</summary>
    public required string Reason { get; set; }

    /// <summary>The advisory.</summary>
    public required string Source { get; set; }
}
