using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Toe.Connections;
using Toe.Telemetry;

namespace Toe.Adapters;

/// <summary>One adapter as the stack sees it: its last status, the judgement of its firmware, its circuit, what is lent of its tables, and the connections on it.</summary>
internal sealed class SupervisedAdapter : IAdapterEvents
{
    private readonly SupervisionContext _context;
    private readonly ConcurrentDictionary<ILosable, bool> _carriers = new();
    private readonly Lock _lock = new();
    private int _refreshing;
    private volatile AdapterView _view;
    private TaskCompletionSource<ToeReason> _lost = NewLossSignal();

    public SupervisedAdapter(IToeAdapter adapter, SupervisionContext context)
    {
        Adapter = adapter;
        Identity = adapter.Identity;
        _context = context;
        Circuit = new AdapterCircuit(context.Options.Circuit, context.Time);
        var status = adapter.Status;
        _view = new AdapterView(status, context.Judge.Judge(Identity, status), IsJudged: false);
        if (IsGone(status.Health))
            _lost.TrySetResult(ReasonFor(status));
    }

    public IToeAdapter Adapter { get; }

    public AdapterIdentity Identity { get; }

    public AdapterCircuit Circuit { get; }

    public BudgetLeases Leases { get; } = new();

    /// <summary>Status and judgement, read together.</summary>
    public AdapterView View => _view;

    /// <summary>Completes with the reason when the adapter fails or is removed.</summary>
    public Task<ToeReason> Lost
    {
        get
        {
            lock (_lock)
                return _lost.Task;
        }
    }

    /// <summary>Connections on the adapter.</summary>
    public int CarrierCount => _carriers.Count;

    /// <summary>True when the adapter can be believed to be beyond use.</summary>
    public static bool IsGone(AdapterHealth health) => health is AdapterHealth.Failed or AdapterHealth.Removed;

    /// <summary>True when the address is the adapter's own, which the host cannot bind.</summary>
    public bool Owns(IPAddress local)
    {
        if (View.Status.Capabilities.Addresses != AddressModel.Own)
            return false;
        try
        {
            return Adapter.Serves(local).IsNone;
        }
        catch (Exception exception)
        {
            ReportFault(AdapterFaultException.From(exception));
            return false;
        }
    }

    /// <summary>Remembers a connection, so that it ends or moves with the adapter.</summary>
    public void Attach(ILosable carrier)
    {
        _carriers[carrier] = true;
        if (Lost is { IsCompletedSuccessfully: true } lost)
            carrier.Lose(lost.Result);
    }

    public void Detach(ILosable carrier) => _carriers.TryRemove(carrier, out _);

    /// <summary>The adapter's own announcement, on its thread: the snapshot is taken over here, the rest happens elsewhere.</summary>
    public void StatusChanged(AdapterStatus status)
    {
        if (status is null)
        {
            ReportFault(new AdapterFaultException(ToeReasons.InternalContractViolation.With("StatusChanged without a status")));
            return;
        }

        Apply(status, judged: false);
    }

    /// <summary>The adapter was at fault.</summary>
    public void ReportFault(AdapterFaultException fault)
    {
        var wasClosed = Circuit.IsClosed;
        Circuit.Faulted(fault);
        _context.Metrics.AdapterFault(Identity, fault.Reason);
        StackLog.AdapterFault(_context.Logger, Identity.Id, fault.Reason, fault.InnerException);
        if (wasClosed && !Circuit.IsClosed)
            StackLog.CircuitOpened(_context.Logger, Identity.Id, Circuit.Reason);
    }

    /// <summary>Reads the card, judges its firmware, and counts as a probe while the circuit is open.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _refreshing, 1) != 0)
            return; // One reading at a time; the one that runs will do.
        try
        {
            var status = await ControlCall.RunAsync(
                Adapter.RefreshAsync, _context.Options.ControlDeadline, _context.Time, static _ => { }, cancellationToken).ConfigureAwait(false);
            if (status is null)
                throw new AdapterFaultException(ToeReasons.InternalContractViolation.With("RefreshAsync without a status"));
            Apply(status, judged: true);
            Probed(succeeded: status.Health is AdapterHealth.Healthy or AdapterHealth.Degraded);
        }
        catch (AdapterFaultException fault)
        {
            ReportFault(fault);
            Probed(succeeded: false);
            if (fault.IsLate)
                DeclareFailed(ToeReasons.HealthFailed.With("its health watch does not answer"));
        }
        finally
        {
            Volatile.Write(ref _refreshing, 0);
        }
    }

    /// <summary>Judges again by the catalogue and policy now in force.</summary>
    public void Rejudge()
    {
        lock (_lock)
            _view = _view with { Assessment = _context.Judge.Judge(Identity, _view.Status) };
        _context.Announce();
    }

    /// <summary>Discovery no longer returns the adapter.</summary>
    public void DeclareRemoved() => Apply(_view.Status with { Health = AdapterHealth.Removed, Reason = ToeReasons.HealthRemoved }, judged: false);

    private static TaskCompletionSource<ToeReason> NewLossSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static ToeReason ReasonFor(AdapterStatus status) => status switch
    {
        { Health: AdapterHealth.Removed } => ToeReasons.HealthRemoved.With(status.Reason.Text),
        { Reason.IsNone: false } => status.Reason,
        _ => ToeReasons.HealthFailed,
    };

    private void DeclareFailed(ToeReason reason) =>
        Apply(_view.Status with { Health = AdapterHealth.Failed, Reason = reason }, judged: false);

    private void Apply(AdapterStatus status, bool judged)
    {
        AdapterHealth before;
        bool changed;
        TaskCompletionSource<ToeReason>? lost = null;
        lock (_lock)
        {
            var old = _view;
            before = old.Status.Health;
            var cameBack = before is AdapterHealth.Failed or AdapterHealth.Removed or AdapterHealth.Recovering
                && status.Health is AdapterHealth.Healthy or AdapterHealth.Degraded;
            var isJudged = judged || (_view.IsJudged && !cameBack && status.FirmwareText == _view.Status.FirmwareText);
            _view = new AdapterView(status, _context.Judge.Judge(Identity, status), isJudged);
            changed = before != status.Health || old.IsJudged != isJudged || old.Assessment.Verdict != _view.Assessment.Verdict;
            if (IsGone(status.Health))
                lost = _lost;
            else if (_lost.Task.IsCompleted)
                _lost = NewLossSignal();
        }

        Leases.Refreshed();
        if (before != status.Health)
            StackLog.HealthChanged(_context.Logger, Identity.Id, before, status.Health, status.Reason);
        if (lost is not null && lost.TrySetResult(ReasonFor(status)))
            ThreadPool.UnsafeQueueUserWorkItem(static adapter => adapter.LoseCarriers(), this, preferLocal: false);
        if (changed)
            _context.Announce();
        if (!_view.IsJudged && !IsGone(status.Health))
            _context.RefreshSoon(this);
    }

    private void LoseCarriers()
    {
        var reason = ReasonFor(_view.Status);
        foreach (var carrier in _carriers.Keys.ToImmutableArray())
            carrier.Lose(reason);
    }

    private void Probed(bool succeeded)
    {
        if (!Circuit.Probed(succeeded))
            return;
        StackLog.CircuitClosed(_context.Logger, Identity.Id);
        _context.Announce();
    }
}
