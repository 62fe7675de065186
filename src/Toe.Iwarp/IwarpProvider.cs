using Microsoft.Extensions.Logging;
using Toe.Linux;

namespace Toe.Iwarp;

/// <summary>
/// A provider whose adapters carry connections by iWARP, alone or beside another way. This is what such providers share: the machine, the adapters that stay the same between two discoveries, and
/// what is watched for them. A vendor's package says what it finds.
/// </summary>
public abstract class IwarpProvider : IToeProvider
{
    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, IWatchedAdapter> _adapters = new(StringComparer.Ordinal);
    private readonly HashSet<string> _found = new(StringComparer.Ordinal);
    private readonly bool _ownsMachine;
    private ILinuxHost? _machine;
    private IProviderHost _host = null!;        // from the first discovery on
    private IDisposable? _watch;
    private IwarpWatch? _rdmaWatch;
    private int _looking;
    private bool _isDisposed;

    /// <summary>Looks at nothing yet.</summary>
    /// <param name="machine">The machine; null is the one that the program runs on. The caller disposes it.</param>
    protected IwarpProvider(ILinuxHost? machine)
    {
        _machine = machine;
        _ownsMachine = machine is null;
    }

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <summary>What its adapters share.</summary>
    protected IwarpTransport Transport { get; } = new();

    /// <summary>What a person calls its adapters, where none can be looked for.</summary>
    protected abstract string Kind { get; }

    /// <inheritdoc/>
    public ValueTask<Discovery> DiscoverAsync(IProviderHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (Open(out var reason) is not { } machine)
                return ValueTask.FromResult(new Discovery([], [new NotTaken(Kind, reason)]));
            _host = host;
            _found.Clear();
            var discovery = Find(machine, host);
            foreach (var gone in _adapters.Keys.Except(_found, StringComparer.Ordinal).ToList())
                _adapters.Remove(gone);
            return ValueTask.FromResult(discovery);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        IDisposable? watch, rdmaWatch;
        lock (_lock)
        {
            _isDisposed = true;
            (watch, _watch) = (_watch, null);
            (rdmaWatch, _rdmaWatch) = (_rdmaWatch, null);
        }

        watch?.Dispose(); // Outside the lock: they wait for a callback under way.
        rdmaWatch?.Dispose();
        Transport.Dispose();
        if (_ownsMachine)
            _machine?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Whether its adapters can be used on a machine like the one that the program runs on. Asked where no other machine was given.</summary>
    /// <returns><see cref="ToeReason.None"/>, or why not; always a reason where the system is not Linux.</returns>
    protected abstract ToeReason Check();

    /// <summary>Finds adapters. One at a time; it may call <see cref="Keep"/>, <see cref="Watch"/> and <see cref="WatchRdma"/>, and nothing else may.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="host">What the stack lends.</param>
    protected abstract Discovery Find(ILinuxHost machine, IProviderHost host);

    /// <summary>The adapter that was there before, or a new one; what it has to say is logged then. One that a discovery does not ask for is forgotten: it comes back as a new adapter with the same id.</summary>
    /// <typeparam name="T">Its type: the same at each call with a key.</typeparam>
    /// <param name="key">Tells it from the provider's others, and stays.</param>
    /// <param name="make">Makes it.</param>
    protected T Keep<T>(string key, Func<T> make)
        where T : class, IWatchedAdapter
    {
        ArgumentNullException.ThrowIfNull(make);
        _found.Add(key);
        if (_adapters.TryGetValue(key, out var known))
            return (T)known;
        var adapter = make();
        _adapters.Add(key, adapter);
        foreach (var note in (adapter as IReportsNotes)?.Notes ?? [])
            Log.Note(Logger(), adapter.Identity.Id, note.Kind, note.Text, note.Source);
        return adapter;
    }

    /// <summary>From now on looks at all adapters again when the machine tells of changes. Once is enough.</summary>
    /// <param name="topics">What to hear of.</param>
    protected void Watch(HostTopics topics)
    {
        try
        {
            _watch ??= _machine!.Watch(topics, LookSoon);
        }
        catch (LinuxException exception)
        {
            Log.NotWatched(Logger(), exception.Message); // The stack reads every adapter on its timer all the same.
        }
    }

    /// <summary>From now on looks at all adapters again when RDMA devices come and go. Once is enough.</summary>
    protected void WatchRdma() => _rdmaWatch ??= new IwarpWatch(_machine!, _host.Time, LookSoon);

    private ILinuxHost? Open(out ToeReason reason)
    {
        reason = ToeReason.None;
        if (_machine is not null)
            return _machine;
        reason = Check();
        if (!OperatingSystem.IsLinux() || !reason.IsNone)
            return null;
        try
        {
            return _machine = new LiveHost();
        }
        catch (LinuxException exception)
        {
            reason = ToeReasons.EnvironmentDevice.With(exception.Message);
            return null;
        }
    }

    private ILogger Logger() => _host.Logging.CreateLogger(GetType());

    /// <summary>Many changes at once are one look, off the host's thread: reading a dying adapter can block.</summary>
    private void LookSoon()
    {
        if (Interlocked.Exchange(ref _looking, 1) != 0)
            return;
        ThreadPool.UnsafeQueueUserWorkItem(
            static provider =>
            {
                Volatile.Write(ref provider._looking, 0);
                provider.Look();
            },
            this, preferLocal: false);
    }

    private void Look()
    {
        List<IWatchedAdapter> adapters;
        lock (_lock)
        {
            if (_isDisposed)
                return;
            adapters = [.. _adapters.Values];
        }

        foreach (var adapter in adapters) // In the order in which they were found: one may build on what another has read.
            adapter.Changed();
        _host.RescanNeeded();
    }
}
