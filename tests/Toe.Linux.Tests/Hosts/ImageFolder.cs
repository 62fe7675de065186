namespace Toe.Linux.Tests.Hosts;

/// <summary>A folder of its own for an image, written file by file.</summary>
internal sealed class ImageFolder : IDisposable
{
    public ImageFolder(string? index = """{ "format": 1, "name": "test" }""")
    {
        if (index is not null)
            Write("image.json", index);
    }

    public string Place { get; } = Directory.CreateTempSubdirectory("toe-image-").FullName;

    public ImageFolder Write(string name, string content)
    {
        var file = Path.Combine(Place, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        return this;
    }

    public HostImage Open() => HostImage.Open(Place);

    public void Dispose() => Directory.Delete(Place, recursive: true);
}
