namespace Toe;

/// <summary>Looks at a file again soon after the system says that something happened to it, and in any case on a timer, because
/// notifications get lost,
/// the folder may not exist yet, and network file systems send none.</summary>
internal sealed class FileWatch : IDisposable
{
    /// <summary>Gathers the notifications of one change, and lets a writer finish.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly string _inFolder;
    private readonly TimeSpan _period;
    private readonly Action _look;
    private readonly ITimer _timer;
    private FileSystemWatcher? _watcher;
    private int _settling;
    private bool _disposed;

    /// <summary>Starts watching; the first look is the caller's own.</summary>
    /// <param name="path">The file. Neighbours whose names begin with its name (a signature) count as well. Where it is a folder, the files in it.</param>
    /// <param name="time">The clock of the timer.</param>
    /// <param name="period">The time between two looks without notification.</param>
    /// <param name="look">Reads the file and finds out itself whether anything changed; never runs twice at a time, must not throw.</param>
    /// <param name="inFolder">Which files of a folder count.</param>
    public FileWatch(string path, TimeProvider time, TimeSpan period, Action look, string inFolder = "*")
    {
        _path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        _inFolder = inFolder;
        _period = period;
        _look = look;
        _timer = time.CreateTimer(static state => ((FileWatch)state!).Look(), this, period, period);
        lock (_gate)
            Watch();
    }

    /// <summary>Stops. When it returns, no look runs or will run (unless called from within one).</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _timer.Dispose();
            Unwatch();
        }
    }

    private void Look()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            Volatile.Write(ref _settling, 0);
            Watch();
            _look();
        }
    }

    private void Watch()
    {
        var isFolder = Directory.Exists(_path);
        var folder = isFolder ? _path : Path.GetDirectoryName(_path);
        if (_watcher is not null && _watcher.Path == folder && Directory.Exists(folder))
            return;
        Unwatch();
        if (!Directory.Exists(folder))
            return;
        try
        {
            _watcher = new FileSystemWatcher(folder, isFolder ? _inFolder : Path.GetFileName(_path) + "*");
            _watcher.Changed += Notified;
            _watcher.Created += Notified;
            _watcher.Deleted += Notified;
            _watcher.Renamed += Notified;
            _watcher.Error += Failed;
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception error) when (
            error is IOException or ArgumentException or PlatformNotSupportedException or UnauthorizedAccessException)
        {
            // No watches left, or none here: the timer remains.
            Unwatch();
        }
    }

    private void Unwatch()
    {
        _watcher?.Dispose();
        _watcher = null;
    }

    private void Notified(object sender, FileSystemEventArgs change) => Soon();

    private void Failed(object sender, ErrorEventArgs error)
    {
        lock (_gate)
            Unwatch();
        Soon();
    }

    private void Soon()
    {
        if (Interlocked.Exchange(ref _settling, 1) == 0)
            _timer.Change(Settle, _period);
    }
}
