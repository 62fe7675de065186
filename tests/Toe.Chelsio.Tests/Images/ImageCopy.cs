using System.Text.Json.Nodes;
using Toe.Linux;
using Toe.Testing;

namespace Toe.Chelsio.Tests.Images;

/// <summary>A sample image with something changed, in a folder of its own.</summary>
internal sealed class ImageCopy : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("toe-image-").FullName;

    public static ImageCopy Of(string name)
    {
        var copy = new ImageCopy();
        var source = Repository.PathOf("samples", "images", name);
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var place = Path.Combine(copy._folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            System.IO.File.Copy(file, place);
        }

        return copy;
    }

    public static ImageCopy Empty()
    {
        var copy = new ImageCopy();
        System.IO.File.WriteAllText(Path.Combine(copy._folder, "image.json"), """{ "format": 1, "name": "empty" }""");
        return copy;
    }

    /// <summary>Puts a file where it was, or where there was none.</summary>
    public void File(string path, string content)
    {
        var place = Path.Combine([_folder, "files", .. path.Trim('/').Split('/').Select(static part => part.Replace(":", "%3A", StringComparison.Ordinal))]);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        System.IO.File.WriteAllText(place, content + "\n");
    }

    public void Link(string path, string target) => Change("tree.json", tree => tree["links"]!.AsObject()[path] = target);

    public void Error(string path, string error) => Change("tree.json", tree => (tree["errors"] ??= new JsonObject()).AsObject()[path] = error);

    /// <summary>The firmware's string that every port's driver gives.</summary>
    public void Calls(Action<JsonNode> change) => Change("calls.json", change);

    public HostImage Open() => HostImage.Open(_folder);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private void Change(string name, Action<JsonNode> change)
    {
        var place = Path.Combine(_folder, name);
        var node = JsonNode.Parse(System.IO.File.Exists(place) ? System.IO.File.ReadAllText(place) : "{}")!;
        change(node);
        System.IO.File.WriteAllText(place, node.ToJsonString());
    }
}
