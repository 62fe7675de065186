using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Toe.Telemetry;

namespace Toe.Adapters;

/// <summary>Owns the providers: discovers their adapters at the start and when asked to, reads every card on a timer, and keeps the list in order of preference.</summary>
internal sealed class AdapterSupervisor : IAsyncDisposable
{
    private readonly SupervisionContext _context;
    private readonly ImmutableArray<ProviderHost> _providers;
    private readonly SemaphoreSlim _discovering = new(1, 1);
    private readonly CancellationTokenSource _stopping;
    private readonly ITimer _refreshTimer;
    private readonly Task _firstDiscovery;
    private ImmutableArray<SupervisedAdapter> _adapters = [];
    private ImmutableArray<SupervisedAdapter> _removed = []; // Those whose lost connections the application still holds.
    private ImmutableArray<SupervisedAdapter> _leaving = []; // Those that discovery no longer returns and that are not disposed yet.
    private int _rescanWanted;
    private long _discoveredAt;

    public AdapterSupervisor(
        IEnumerable<IToeProvider> providers, ILoggerFactory logging, SupervisionContext context, CancellationTokenSource stopping)
    {
        _context = context;
        _stopping = stopping;
        _providers = [.. providers.Select(provider => new ProviderHost(provider, logging, context.Time, Rescan))];
        _firstDiscovery = Task.Run(() => DiscoverAllAsync(), CancellationToken.None);
        context.AdapterChanged += () => Changed?.Invoke();
        var interval = context.Options.RefreshInterval;
        _refreshTimer = context.Time.CreateTimer(static state => ((AdapterSupervisor)state!).RefreshAll(), this, interval, interval);
    }

    /// <summary>Raised after a discovery that changed the list.</summary>
    public event Action? Discovered;

    /// <summary>Raised when the gates may answer otherwise than before: the list, a health, a judgement or a circuit changed.</summary>
    public event Action? Changed;

    /// <summary>The adapters in order of preference.</summary>
    public ImmutableArray<SupervisedAdapter> Adapters => _adapters;

    /// <summary>What providers saw and did not take, with providers that failed.</summary>
    public IEnumerable<NotTaken> NotTaken => _providers.SelectMany(provider => provider.NotTaken);

    /// <summary>Providers whose last discovery failed, each with the reason.</summary>
    public IEnumerable<NotTaken> FailedProviders => _providers.Where(static provider => provider.HasFailed).SelectMany(static provider => provider.NotTaken);

    /// <summary>Completes when every provider has been asked once.</summary>
    public Task Ready => _firstDiscovery;

    public SupervisedAdapter? Find(string id)
    {
        foreach (var adapter in _adapters)
        {
            if (adapter.Identity.Id == id)
                return adapter;
        }

        return null;
    }

    /// <summary>The operator sets an adapter aside until <see cref="Readmit"/>: nothing new is admitted to it, and what it carries stays. It may be one that is not here yet.</summary>
    public void Isolate(string id)
    {
        if (!_context.Isolated.Add(id))
            return;
        StackLog.Isolated(_context.Logger, id);
        _context.Announce();
    }

    /// <summary>The operator takes an adapter back.</summary>
    /// <returns>False when it was not set aside.</returns>
    public bool Readmit(string id)
    {
        if (!_context.Isolated.Remove(id))
            return false;
        StackLog.Readmitted(_context.Logger, id);
        _context.Announce();
        return true;
    }

    /// <summary>Reads every card now.</summary>
    public async Task RefreshAllAsync(CancellationToken cancellationToken)
    {
        foreach (var adapter in _adapters)
            await adapter.RefreshAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Judges every adapter's firmware again: the catalogue or the consequences changed.</summary>
    public void RejudgeAll()
    {
        foreach (var adapter in _adapters)
            adapter.Rejudge();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _refreshTimer.DisposeAsync().ConfigureAwait(false);
        await _firstDiscovery.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _discovering.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        await Task.WhenAll(_adapters.Concat(_removed).Select(adapter => adapter.WhenClosedAsync())).ConfigureAwait(false); // Sockets first: their FIN goes out through the adapter.
        await Task.WhenAll(Undisposed().Select(adapter => DisposeQuietlyAsync(adapter.Id, adapter.Adapter))).ConfigureAwait(false);
        await Task.WhenAll(_providers.Select(provider => DisposeQuietlyAsync(provider.Name, provider.Provider))).ConfigureAwait(false);
    }

    /// <summary>Several wishes in a row are one: a storm costs one discovery more than is under way.</summary>
    private void Rescan()
    {
        if (Interlocked.Exchange(ref _rescanWanted, 1) == 0)
            _ = Task.Run(() => DiscoverAllAsync(), CancellationToken.None);
    }

    /// <summary>Every adapter that a provider handed over, also those that an end in the middle of a discovery left unknown.</summary>
    private IEnumerable<(string Id, IToeAdapter Adapter)> Undisposed()
    {
        var disposed = new HashSet<IToeAdapter>(ReferenceEqualityComparer.Instance);
        foreach (var adapter in _adapters.Concat(_leaving))
        {
            if (disposed.Add(adapter.Adapter))
                yield return (adapter.Identity.Id, adapter.Adapter);
        }

        foreach (var adapter in _providers.SelectMany(provider => provider.Adapters))
        {
            if (disposed.Add(adapter))
                yield return ("unidentified", adapter);
        }
    }

    private void RefreshAll()
    {
        foreach (var adapter in _adapters)
            _context.RefreshSoon(adapter);
        if (_providers.Any(provider => provider.HasFailed) && _context.Time.GetElapsedTime(Volatile.Read(ref _discoveredAt)) >= _context.Options.ProbeInterval)
            Rescan();
    }

    private async Task DiscoverAllAsync()
    {
        try
        {
            await _discovering.WaitAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return; // The stack ends.
        }

        try
        {
            Volatile.Write(ref _rescanWanted, 0); // Before the look: what changes from here on is looked for again.
            await Task.WhenAll(_providers.Select(provider => provider.DiscoverAsync(_context, _stopping.Token))).ConfigureAwait(false);
            await MergeAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The stack ends.
        }
        finally
        {
            Volatile.Write(ref _discoveredAt, _context.Time.GetTimestamp());
            _discovering.Release();
        }
    }

    private async Task MergeAsync()
    {
        var known = _adapters.ToDictionary(adapter => adapter.Adapter);
        var merged = ImmutableArray.CreateBuilder<SupervisedAdapter>();
        var fresh = new List<SupervisedAdapter>();
        foreach (var adapter in _providers.SelectMany(provider => provider.Adapters))
        {
            if (known.Remove(adapter, out var supervised))
            {
                merged.Add(supervised);
                continue;
            }

            if (Introduce(adapter, merged) is not { } added)
                continue;
            merged.Add(added);
            fresh.Add(added);
        }

        _leaving = [.. known.Values];
        _adapters = merged.ToImmutable(); // Before the first readings: an adapter that hangs in its own keeps nobody else waiting, and none is judged yet.
        await Task.WhenAll(fresh.Select(adapter => adapter.RefreshAsync(_stopping.Token))).ConfigureAwait(false);
        _removed = [.. _removed.Where(removed => removed.CarrierCount > 0), .. known.Values];
        foreach (var removed in known.Values)
        {
            removed.DeclareRemoved();
            await removed.WhenClosedAsync().ConfigureAwait(false);
            await DisposeQuietlyAsync(removed.Identity.Id, removed.Adapter).ConfigureAwait(false);
            _leaving = _leaving.Remove(removed);
        }

        if (fresh.Count > 0 || known.Count > 0)
        {
            Discovered?.Invoke();
            Changed?.Invoke();
        }
    }

    private SupervisedAdapter? Introduce(IToeAdapter adapter, IEnumerable<SupervisedAdapter> others)
    {
        try
        {
            var supervised = new SupervisedAdapter(adapter, _context);
            if (others.Any(other => other.Identity.Id == supervised.Identity.Id))
                throw new AdapterFaultException(ToeReasons.InternalContractViolation.With($"a second adapter calls itself {supervised.Identity.Id}"));
            adapter.Subscribe(supervised);
            StackLog.AdapterFound(_context.Logger, supervised.Identity.Id, supervised.Identity.Model, supervised.View.Status.FirmwareText);
            return supervised;
        }
        catch (Exception exception)
        {
            StackLog.AdapterFault(_context.Logger, "unidentified", AdapterFaultException.From(exception).Reason, exception);
            return null;
        }
    }

    private async Task DisposeQuietlyAsync(string id, IAsyncDisposable owned)
    {
        try
        {
            await ControlCall.RunAsync(_ => owned.DisposeAsync(), _context.Options.ControlDeadline, _context.Time, CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (AdapterFaultException fault)
        {
            StackLog.AdapterFault(_context.Logger, id, fault.Reason, fault.InnerException);
        }
    }
}
