namespace Toe.Linux.Images;

/// <summary>One run of a tool.</summary>
internal sealed class ToolDocument
{
    public required string[] Command { get; set; }

    public int? Exit { get; set; }

    public string? Output { get; set; }

    public string? StandardError { get; set; }

    public string? Error { get; set; }

    public string? Text { get; set; }

    public string? Comment { get; set; }
}
