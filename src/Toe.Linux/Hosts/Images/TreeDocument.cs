namespace Toe.Linux.Images;

/// <summary><c>tree.json</c>: what files cannot say.</summary>
internal sealed class TreeDocument
{
    public Dictionary<string, string> Links { get; set; } = [];

    public string[] Directories { get; set; } = [];

    public Dictionary<string, string> Errors { get; set; } = [];

    public string[] Gone { get; set; } = [];

    public Dictionary<string, string[]> Sequences { get; set; } = [];

    public string? Comment { get; set; }
}
