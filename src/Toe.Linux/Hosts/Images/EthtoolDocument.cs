namespace Toe.Linux.Images;

/// <summary>One ethtool call and its answer.</summary>
internal sealed class EthtoolDocument
{
    public required string Interface { get; set; }

    public required string Request { get; set; }

    public string? Answer { get; set; }

    public string? Error { get; set; }

    public string? Text { get; set; }

    public string? Comment { get; set; }
}
