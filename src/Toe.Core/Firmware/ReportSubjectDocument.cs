namespace Toe.Firmware;

/// <summary>The adapter in the file of a conformance report.</summary>
internal sealed class ReportSubjectDocument
{
    /// <summary>The provider's name.</summary>
    public required string Provider { get; set; }

    /// <summary>The model.</summary>
    public required string Product { get; set; }

    /// <summary>The version as the adapter reported it; null where it reported none. A report without the key read no status.</summary>
    public required string? Firmware { get; set; }
}
