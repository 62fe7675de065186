namespace Toe.Linux.Images;

/// <summary>One netlink question and its answer.</summary>
internal sealed class NetlinkDocument
{
    public required string Family { get; set; }

    public required int Command { get; set; }

    public bool Dump { get; set; }

    public string Request { get; set; } = "";

    public string[]? Messages { get; set; }

    public string? Error { get; set; }

    public string? Text { get; set; }

    public string? Comment { get; set; }
}
