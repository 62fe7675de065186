using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Toe.Linux.Images;

/// <summary>Reads the files of an image's folder within limits. Links in the folder are not followed: an image shows nothing of the machine it is opened on.</summary>
internal sealed class ImageFolder(string root)
{
    private const int MostFiles = 100_000;
    private const int MostBytesOfJson = 64 << 20;

    private static readonly EnumerationOptions Walk = new()
    {
        RecurseSubdirectories = false,
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = true,
        ReturnSpecialDirectories = false,
    };

    /// <summary>A JSON file; null when there is none.</summary>
    /// <exception cref="HostImageException">It is too long, cannot be read, or does not have the form.</exception>
    public T? ReadJson<T>(string name, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            var file = new FileInfo(Path.Combine(root, name));
            if (!file.Exists || file.LinkTarget is not null)
                return null;
            if (file.Length > MostBytesOfJson)
                throw new HostImageException(name, "is too long");
            if (file.Length == 0)
                throw new HostImageException(name, "is empty"); // Also a pipe or a device, which are not opened: that could wait for ever.
            return JsonSerializer.Deserialize(File.ReadAllBytes(file.FullName), type) ?? throw new HostImageException(name, "is null");
        }
        catch (JsonException exception)
        {
            throw new HostImageException(name, exception.Message, exception);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or (IOException and not HostImageException))
        {
            throw new HostImageException(name, exception.Message, exception);
        }
    }

    /// <summary>All files under a folder of the image, each with its path on the machine; a sequence's steps apart. Names that stand for no path are errors.</summary>
    public void ReadFiles(string folder, Action<string, string> file, Action<string, string, string> step, Action<string> directory)
    {
        var top = new DirectoryInfo(Path.Combine(root, folder));
        if (!top.Exists || top.LinkTarget is not null)
            return;
        var left = MostFiles;
        var waiting = new Stack<(DirectoryInfo Place, string Path)>([(top, "")]);
        while (waiting.TryPop(out var here))
        {
            foreach (var entry in here.Place.EnumerateFileSystemInfos("*", Walk))
            {
                if (--left < 0)
                    throw new HostImageException(folder, "has more than 100,000 files");
                if (!ImagePath.TryDecode(entry.Name, out var component, out var name))
                    throw new HostImageException(Path.GetRelativePath(root, entry.FullName), "is no name of a path's component");
                var path = $"{here.Path}/{component}";
                if (entry is DirectoryInfo inner)
                {
                    directory(path);
                    waiting.Push((inner, path));
                }
                else if (name is null)
                {
                    file(path, entry.FullName);
                }
                else
                {
                    step(path, name, entry.FullName);
                }
            }
        }
    }

    /// <summary>Reads a file of the image.</summary>
    public static HostAnswer<byte[]> Read(string place, int limit)
    {
        try
        {
            if (new FileInfo(place).Length == 0)
                return HostAnswers.Found<byte[]>([]); // Also a pipe or a device, which are not opened: that could wait for ever.
            using var handle = File.OpenHandle(place);
            var length = RandomAccess.GetLength(handle);
            if (length > limit)
                return HostAnswers.Failed<byte[]>(ErrorNumber.FileTooBig);
            var content = new byte[length];
            var read = RandomAccess.Read(handle, content, 0);
            return HostAnswers.Found(read == length ? content : content[..read]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return HostAnswers.Failed<byte[]>(ErrorNumber.InputOutput, exception.Message);
        }
    }

    /// <summary>The place of a file in <c>tools/</c>; null when there is none.</summary>
    public string? FindTool(string folder, string name)
    {
        if (name != Path.GetFileName(name) || name is "" or "." or ".." || name.Contains('\0', StringComparison.Ordinal))
            return null;
        var file = new FileInfo(Path.Combine(root, folder, name));
        return file.Exists && file.LinkTarget is null ? file.FullName : null;
    }
}
