namespace Toe.Linux.Images;

/// <summary><c>image.json</c>.</summary>
internal sealed class ImageDocument
{
    public required int Format { get; set; }

    public required string Name { get; set; }

    public string Kernel { get; set; } = "";

    public long User { get; set; }

    public bool Scrubbed { get; set; }

    public string[] Moments { get; set; } = [];

    public string? Comment { get; set; }
}
