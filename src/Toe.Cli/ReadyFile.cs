namespace Toe.Cli;

/// <summary>The file that says that a listener accepts. It appears whole: whoever waits for it must never read half of it.</summary>
internal sealed class ReadyFile
{
    private readonly string _path;

    public ReadyFile(string path)
    {
        _path = Path.GetFullPath(path);
        // The file is put in place by a rename, which would take the place of a device or of a link for everybody on the machine.
        var isDevice = _path.StartsWith("/dev/", StringComparison.Ordinal) && !_path.StartsWith("/dev/shm/", StringComparison.Ordinal);
        if (isDevice || new FileInfo(_path).LinkTarget is not null)
            throw new UsageException($"--ready-file {path}: a regular file is needed.");
        if (!Directory.Exists(Path.GetDirectoryName(_path)))
            throw new UsageException($"--ready-file {path}: there is no such folder.");
    }

    public async Task WriteAsync(string content, CancellationToken cancellationToken)
    {
        var temporary = $"{_path}.{Path.GetRandomFileName()}";
        try
        {
            await File.WriteAllTextAsync(temporary, content + Environment.NewLine, cancellationToken).ConfigureAwait(false);
            File.Move(temporary, _path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
