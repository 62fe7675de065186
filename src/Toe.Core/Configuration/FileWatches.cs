namespace Toe;

/// <summary>Watches the files that the options name, and others as soon as they name others.</summary>
/// <param name="time">The clock.</param>
/// <param name="look">Reads the file of a path again.</param>
/// <param name="inFolder">Which files of a path that is a folder count.</param>
internal sealed class FileWatches(TimeProvider time, Action<string> look, string inFolder = "*") : IDisposable
{
    private FileWatch[] _watches = [];
    private volatile bool _disposed;

    /// <summary>Watches these paths from now on, and no other.</summary>
    /// <param name="paths">The paths.</param>
    /// <param name="period">The time between two looks without notification.</param>
    public void Follow(IReadOnlyList<string> paths, TimeSpan period)
    {
        Replace([.. paths.Select(path => new FileWatch(path, time, period, () => look(path), inFolder))]);
        if (_disposed)
            Replace([]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        Replace([]);
    }

    private void Replace(FileWatch[] watches)
    {
        foreach (var watch in Interlocked.Exchange(ref _watches, watches))
            watch.Dispose();
    }
}
