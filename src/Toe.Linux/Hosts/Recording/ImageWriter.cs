using System.Text.Json;
using Toe.Linux.Images;

namespace Toe.Linux.Recording;

/// <summary>Writes an image's folder.</summary>
internal sealed class ImageWriter(string directory)
{
    private readonly TreeDocument _tree = new();
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);
    private readonly CallsDocument _calls = new();
    private readonly List<EthtoolDocument> _ethtool = [];
    private readonly List<NetlinkDocument> _netlink = [];
    private readonly List<ToolDocument> _tools = [];

    /// <summary>How many files were written.</summary>
    public int Files { get; private set; }

    /// <summary>How many bytes they have.</summary>
    public long Bytes { get; private set; }

    /// <summary>Begins in a folder that is new or empty.</summary>
    /// <exception cref="IOException">It has something in it, or cannot be written.</exception>
    public void Begin()
    {
        var folder = Directory.CreateDirectory(directory);
        if (folder.EnumerateFileSystemInfos().Any())
            throw new IOException($"'{directory}' is not empty.");
    }

    public void File(string path, byte[] content)
    {
        var place = Path.Combine([directory, "files", .. path.Trim('/').Split('/').Select(ImagePath.Encode)]);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        System.IO.File.WriteAllBytes(place, content);
        Files++;
        Bytes += content.Length;
    }

    public void Link(string path, string target) => _tree.Links[path] = target;

    public void Folder(string path) => _directories.Add(path);

    public void Error(string path, int number) => _tree.Errors[path] = ErrorNumber.Name(number);

    public void Ethtool(EthtoolDocument call) => _ethtool.Add(call);

    public void Netlink(NetlinkDocument call) => _netlink.Add(call);

    public void Tool(ToolDocument call, string? output)
    {
        _tools.Add(call);
        if (output is null)
            return;
        Directory.CreateDirectory(Path.Combine(directory, "tools"));
        System.IO.File.WriteAllText(Path.Combine(directory, "tools", call.Output!), output);
        Files++;
        Bytes += output.Length;
    }

    public void Finish(ImageDocument index)
    {
        _tree.Directories = [.. _directories.Where(path => !_tree.Links.ContainsKey(path)).Order(StringComparer.Ordinal)];
        (_calls.Ethtool, _calls.Netlink, _calls.Tools) = ([.. _ethtool], [.. _netlink], [.. _tools]);
        Write("tree.json", JsonSerializer.SerializeToUtf8Bytes(_tree, ImageJson.Default.TreeDocument));
        Write("calls.json", JsonSerializer.SerializeToUtf8Bytes(_calls, ImageJson.Default.CallsDocument));
        Write("image.json", JsonSerializer.SerializeToUtf8Bytes(index, ImageJson.Default.ImageDocument)); // Last: a folder without it is no image.
    }

    private void Write(string name, byte[] content)
    {
        System.IO.File.WriteAllBytes(Path.Combine(directory, name), content);
        Files++;
        Bytes += content.Length;
    }
}
