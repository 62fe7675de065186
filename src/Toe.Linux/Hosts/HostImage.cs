using Toe.Linux.Images;
using Toe.Linux.Routes;

namespace Toe.Linux;

/// <summary>A machine played back from a folder (<c>docs/host-images.md</c>). Works on every operating system. Nothing that stands in the folder makes it throw once it is open.</summary>
public sealed class HostImage : ILinuxHost
{
    private readonly Lock _lock = new();
    private readonly List<ImageWatch> _watches = [];
    private readonly List<ImageView> _views;
    private readonly List<string> _moments;
    private readonly RecordedRoutes?[] _routes;
    private readonly long _user;
    private volatile int _moment;

    private HostImage(string directory, ImageDocument index, List<ImageView> views)
    {
        Directory = directory;
        Name = index.Name;
        Kernel = index.Kernel;
        IsScrubbed = index.Scrubbed;
        _moments = [.. index.Moments];
        _views = views;
        _user = index.User;
        _routes = new RecordedRoutes?[views.Count];
    }

    /// <summary>The folder.</summary>
    public string Directory { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The kernel release of the machine; empty when the image does not say.</summary>
    public string Kernel { get; }

    /// <summary>True when the addresses in it are not the machine's own.</summary>
    public bool IsScrubbed { get; }

    /// <inheritdoc/>
    public bool IsReplayed => true;

    /// <summary>The moments that can be moved to, in order. Before the first of them the machine is as the image itself says.</summary>
    public IReadOnlyList<string> Moments => _moments;

    /// <summary>The moment it is at; null before the first.</summary>
    public string? Moment => _moment == 0 ? null : _moments[_moment - 1];

    private ImageView View => _views[_moment];

    /// <summary>Opens a folder.</summary>
    /// <param name="directory">The folder.</param>
    /// <exception cref="HostImageException">The folder is no image; the message names the file and what is wrong.</exception>
    public static HostImage Open(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var place = Path.GetFullPath(directory);
        var reader = new ImageReader(place);
        try
        {
            var index = reader.ReadIndex();
            return new HostImage(place, index, reader.ReadViews(index));
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or (IOException and not HostImageException))
        {
            throw new HostImageException(place, exception.Message, exception);
        }
    }

    /// <summary>Lets it become another moment, and tells every watch.</summary>
    /// <param name="moment">One of <see cref="Moments"/>; null goes back to the beginning.</param>
    /// <exception cref="ArgumentException">There is no such moment.</exception>
    public void MoveTo(string? moment)
    {
        var index = moment is null ? 0 : _moments.IndexOf(moment) + 1;
        if (moment is not null && index == 0)
            throw new ArgumentException($"'{Name}' has no moment '{moment}'; it has {(_moments.Count == 0 ? "none" : string.Join(", ", _moments))}.", nameof(moment));
        lock (_lock)
        {
            _moment = index;
            foreach (var watch in _watches.ToArray())
                watch.Changed();
        }
    }

    /// <inheritdoc/>
    public HostAnswer<byte[]> ReadFile(string path, int limit = HostLimits.File) => View.Read(Check(path), limit);

    /// <inheritdoc/>
    public HostAnswer<string> ReadLink(string path) => View.ReadLink(Check(path));

    /// <inheritdoc/>
    public HostAnswer<IReadOnlyList<string>> List(string path) => View.List(Check(path));

    /// <inheritdoc/>
    public HostAnswer<byte[]> Ethtool(string interfaceName, ReadOnlySpan<byte> command) => View.Calls.Ethtool(interfaceName, command);

    /// <inheritdoc/>
    public HostAnswer<IReadOnlyList<byte[]>> Netlink(NetlinkQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return View.Calls.Netlink(question);
    }

    /// <inheritdoc/>
    public RouteAnswer Route(RouteQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Routes().Lookup(query);
    }

    /// <inheritdoc/>
    public ValueTask<HostAnswer<ToolOutput>> RunAsync(ToolCommand command, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(View.Calls.Tool(command));
    }

    /// <inheritdoc/>
    public IDisposable Watch(HostTopics topics, Action changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        var watch = new ImageWatch(this, changed);
        lock (_lock)
            _watches.Add(watch);
        return watch;
    }

    /// <summary>Does nothing: an image holds nothing open.</summary>
    public void Dispose()
    {
    }

    /// <summary>The routes of the moment, read once.</summary>
    private RecordedRoutes Routes()
    {
        while (true)
        {
            var moment = _moment;
            if (Volatile.Read(ref _routes[moment]) is { } known)
                return known;
            var routes = RecordedRoutes.Read(this, _user);
            if (moment != _moment)
                continue; // It moved meanwhile: some of it is of another moment.
            Volatile.Write(ref _routes[moment], routes);
            return routes;
        }
    }

    private static string Check(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path;
    }

    /// <summary>One who wants to hear of moments.</summary>
    private sealed class ImageWatch(HostImage image, Action changed) : IDisposable
    {
        public void Changed() => changed();

        public void Dispose()
        {
            lock (image._lock)
                image._watches.Remove(this);
        }
    }
}
