namespace Toe.Linux.Images;

/// <summary>Reads a folder into the views of its moments.</summary>
internal sealed class ImageReader(string directory)
{
    private const int MostMoments = 100;
    private const string Index = "image.json";

    private readonly ImageFolder _folder = new(directory);

    /// <summary>Reads the index.</summary>
    /// <exception cref="HostImageException">There is none, or it does not have the form.</exception>
    public ImageDocument ReadIndex()
    {
        var document = _folder.ReadJson(Index, ImageJson.Default.ImageDocument)
            ?? throw new HostImageException(Index, Directory.Exists(directory) ? $"is missing: '{directory}' is no host image" : $"'{directory}' does not exist");
        if (document.Format != 1)
            throw new HostImageException(Index, $"format {document.Format} is not 1");
        if (document.Moments is null || document.Moments.Length > MostMoments)
            throw new HostImageException(Index, "has more than 100 moments");
        if (document.Moments.Any(static name => string.IsNullOrEmpty(name) || !name.All(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_'))
            || document.Moments.Distinct(StringComparer.Ordinal).Count() != document.Moments.Length)
            throw new HostImageException(Index, "moments have different names of letters, digits, '-' and '_'");
        return document;
    }

    /// <summary>The view at the beginning, and after each moment.</summary>
    /// <exception cref="HostImageException">A file does not have the form.</exception>
    public List<ImageView> ReadViews(ImageDocument index)
    {
        var views = new List<ImageView>();
        Dictionary<string, ImageNode> nodes = new(StringComparer.Ordinal);
        var calls = new ImageCalls();
        foreach (var moment in index.Moments.Prepend(null))
        {
            var prefix = moment is null ? "" : $"moments/{moment}/";
            (nodes, calls) = (new(nodes, StringComparer.Ordinal), new(calls));
            Overlay(prefix, nodes);
            if (_folder.ReadJson($"{prefix}calls.json", ImageJson.Default.CallsDocument) is { } document)
                calls.Add(document, $"{prefix}calls.json", _folder, $"{prefix}tools");
            views.Add(new ImageView(nodes, calls));
        }

        return views;
    }

    private void Overlay(string prefix, Dictionary<string, ImageNode> nodes)
    {
        var name = $"{prefix}tree.json";
        var tree = _folder.ReadJson(name, ImageJson.Default.TreeDocument) ?? new TreeDocument();
        foreach (var gone in tree.Gone)
            Remove(nodes, Check(gone, name));
        var steps = new Dictionary<(string Path, string Step), string>();
        _folder.ReadFiles(
            $"{prefix}files",
            (path, place) => nodes[path] = new ImageNode.File(place),
            (path, step, place) => steps[(path, step)] = place,
            path => nodes.TryAdd(path, new ImageNode.Directory()));
        foreach (var empty in tree.Directories)
            nodes[Check(empty, name)] = new ImageNode.Directory();
        foreach (var (path, target) in tree.Links)
            nodes[Check(path, name)] = string.IsNullOrEmpty(target) || target.Length >= ImagePath.Longest || target.Contains('\0', StringComparison.Ordinal) ? throw new HostImageException(name, $"the link '{path}' leads nowhere") : new ImageNode.Link(target);
        foreach (var (path, error) in tree.Errors)
            nodes[Check(path, name)] = new ImageNode.Error(Number(error, name));
        foreach (var (path, words) in tree.Sequences)
        {
            if (words is not { Length: > 0 })
                throw new HostImageException(name, $"the sequence '{path}' is empty");
            nodes[Check(path, name)] = new ImageNode.Sequence([.. words.Select(word => Step(path, word, steps, name))]);
        }
    }

    private static ImageNode Step(string path, string word, Dictionary<(string Path, string Step), string> steps, string file)
    {
        if (word is not null && ErrorNumber.TryParse(word, out var number))
            return new ImageNode.Error(number);
        return word is not null && steps.TryGetValue((path, word), out var place)
            ? new ImageNode.File(place)
            : throw new HostImageException(file, $"the step '{word}' of '{path}' is neither an error's symbol nor a file");
    }

    private static void Remove(Dictionary<string, ImageNode> nodes, string gone)
    {
        foreach (var path in nodes.Keys.Where(path => path == gone || path.StartsWith(gone + "/", StringComparison.Ordinal)).ToList())
            nodes.Remove(path);
    }

    private static string Check(string path, string file) =>
        path is not null && ImagePath.IsCanonical(path) ? path : throw new HostImageException(file, $"'{path}' is no absolute path without '.', '..' and empty components");

    private static int Number(string name, string file) =>
        name is not null && ErrorNumber.TryParse(name, out var number) ? number : throw new HostImageException(file, $"'{name}' is no error's symbol");
}
