namespace Toe.Linux.Images;

/// <summary>The machine at one moment of an image. Immutable but for the steps of its sequences.</summary>
internal sealed class ImageView
{
    private const int MostLinks = 40; // MAXSYMLINKS, linux/namei.h

    private readonly Dictionary<string, ImageNode> _nodes;
    private readonly Dictionary<string, SortedSet<string>> _children = new(StringComparer.Ordinal);

    public ImageView(Dictionary<string, ImageNode> nodes, ImageCalls calls)
    {
        _nodes = nodes;
        Calls = calls;
        foreach (var path in nodes.Keys)
        {
            // Whatever stands somewhere makes the folders above it.
            for (var child = path; child.Length != 0; child = ImagePath.Parent(child))
            {
                if (!_children.TryGetValue(ImagePath.Parent(child), out var names))
                    _children.Add(ImagePath.Parent(child), names = new SortedSet<string>(StringComparer.Ordinal));
                if (!names.Add(ImagePath.Name(child)))
                    break;
            }
        }
    }

    public ImageCalls Calls { get; }

    public HostAnswer<byte[]> Read(string path, int limit)
    {
        var error = Resolve(path, followLast: true, out var resolved);
        if (error != 0)
            return HostAnswers.Failed<byte[]>(error);
        var node = _nodes.GetValueOrDefault(resolved);
        if (node is ImageNode.Sequence sequence)
            node = sequence.Next();
        return node switch
        {
            ImageNode.File file => ImageFolder.Read(file.Place, limit),
            ImageNode.Error failure => HostAnswers.Failed<byte[]>(failure.Number),
            ImageNode.Directory => HostAnswers.Failed<byte[]>(ErrorNumber.IsDirectory),
            _ => HostAnswers.Failed<byte[]>(_children.ContainsKey(resolved) ? ErrorNumber.IsDirectory : ErrorNumber.NoEntry),
        };
    }

    public HostAnswer<string> ReadLink(string path)
    {
        var error = Resolve(path, followLast: false, out var resolved);
        if (error != 0)
            return HostAnswers.Failed<string>(error);
        return _nodes.GetValueOrDefault(resolved) is ImageNode.Link link
            ? HostAnswers.Found(link.Target)
            : HostAnswers.Failed<string>(Exists(resolved) ? ErrorNumber.InvalidArgument : ErrorNumber.NoEntry);
    }

    public HostAnswer<IReadOnlyList<string>> List(string path)
    {
        var error = Resolve(path, followLast: true, out var resolved);
        if (error != 0)
            return HostAnswers.Failed<IReadOnlyList<string>>(error);
        if (_children.TryGetValue(resolved, out var names))
            return HostAnswers.Found<IReadOnlyList<string>>([.. names]);
        return _nodes.GetValueOrDefault(resolved) is ImageNode.Directory
            ? HostAnswers.Found<IReadOnlyList<string>>([])
            : HostAnswers.Failed<IReadOnlyList<string>>(Exists(resolved) ? ErrorNumber.NotDirectory : ErrorNumber.NoEntry);
    }

    private bool Exists(string path) => path.Length == 0 || _nodes.ContainsKey(path) || _children.ContainsKey(path);

    /// <summary>Walks a path as the kernel does: links are followed on the way, errors answer for what is under them.</summary>
    /// <returns>0, or the error number.</returns>
    private int Resolve(string path, bool followLast, out string resolved)
    {
        resolved = "";
        if (path.Length == 0 || path[0] != '/' || path.Contains('\0', StringComparison.Ordinal))
            return ErrorNumber.NoEntry;
        if (path.Length >= ImagePath.Longest)
            return ErrorNumber.NameTooLong;
        var left = new Stack<string>(path.Split('/').Reverse());
        var links = 0;
        while (left.TryPop(out var component))
        {
            if (component is "" or ".")
                continue;
            if (component == "..")
            {
                resolved = ImagePath.Parent(resolved);
                continue;
            }

            var here = $"{resolved}/{component}";
            var isLast = left.All(static rest => rest is "" or ".");
            switch (_nodes.GetValueOrDefault(here))
            {
                case ImageNode.Error error:
                    return error.Number;
                case ImageNode.Link link when followLast || !isLast:
                    if (++links > MostLinks)
                        return ErrorNumber.TooManyLinks;
                    if (link.Target.StartsWith('/'))
                        resolved = "";
                    foreach (var target in link.Target.Split('/').Reverse())
                        left.Push(target);
                    continue;
                case ImageNode.File or ImageNode.Sequence when !isLast:
                    return ErrorNumber.NotDirectory;
            }

            resolved = here;
            if (!Exists(here))
                return ErrorNumber.NoEntry;
        }

        return 0;
    }
}
