using System.Collections.Concurrent;
using System.Net;
using Toe.Telemetry;

namespace Toe.Adapters;

/// <summary>One adapter as the stack sees it: its last status, the judgement of its firmware, its circuit, what is lent of its tables, and the connections on it.</summary>
internal sealed class SupervisedAdapter : IAdapterEvents
{
    private readonly SupervisionContext _context;
    private readonly ConcurrentDictionary<Task, bool> _closings = new();
    private readonly Lock _lock = new();
    private int _refreshing;
    private int _readings;
    private int _turns; // How often the adapter's health or firmware changed other than by a reading.
    private bool _isRetired;
    private long _wellSince;
    private bool _isWell;
    private volatile AdapterView _view;
    private volatile AdapterLife _life = new();

    public SupervisedAdapter(IToeAdapter adapter, SupervisionContext context)
    {
        Adapter = adapter;
        Identity = adapter.Identity;
        _context = context;
        Circuit = new AdapterCircuit(context.Options.Circuit, context.Time);
        var status = StatusCheck.Checked(adapter.Status, "Status");
        _view = new AdapterView(status, context.Judge.Judge(Identity, status), IsJudged: false);
        if (IsGone(status.Health))
            _life.End(ReasonFor(status), TellsStates(status));
        NoteWell(status.Health);
    }

    public IToeAdapter Adapter { get; }

    public AdapterIdentity Identity { get; }

    public AdapterCircuit Circuit { get; }

    public BudgetLeases Leases { get; } = new();

    /// <summary>Status and judgement, read together.</summary>
    public AdapterView View => _view;

    /// <summary>The present life; its end is the end of all that was attached to it.</summary>
    public AdapterLife Life => _life;

    /// <summary>True while the operator does not want it used.</summary>
    public bool IsIsolated => _context.Isolated.Contains(Identity.Id);

    /// <summary>Why no connection is admitted although the adapter is well: the operator's word, or an open circuit; <see cref="ToeReason.None"/> while one is.</summary>
    public ToeReason SetAside => IsIsolated ? ToeReasons.OperatorIsolated : Circuit.Reason;

    /// <summary>Since when it has been healthy and nothing has spoken against it, as the stack's clock counts; null while it is not.</summary>
    public long? WellSince
    {
        get
        {
            if (!SetAside.IsNone)
                return null;
            lock (_lock)
                return _isWell ? _wellSince : null;
        }
    }

    /// <summary>Connections on the adapter.</summary>
    public int CarrierCount => _life.CarrierCount;

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

    /// <summary>The adapter's own reason for being unwell.</summary>
    /// <param name="otherwise">What is said where the adapter has not given one.</param>
    public ToeReason WhatBefell(string otherwise) =>
        View.Status is { Health: not AdapterHealth.Healthy, Reason.IsNone: false } status ? status.Reason : ToeReasons.HealthFailed.With(otherwise);

    /// <summary>Runs a control call under its deadline; a fault is reported.</summary>
    /// <typeparam name="T">What the call returns; null breaks the contract.</typeparam>
    /// <param name="call">The call.</param>
    /// <param name="discard">Takes an answer that comes too late.</param>
    /// <param name="cancellationToken">The caller's own wish to stop.</param>
    /// <exception cref="AdapterFaultException">The provider threw, was late or broke the contract.</exception>
    public async Task<T> CallAsync<T>(Func<CancellationToken, ValueTask<T>> call, Action<T> discard, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await ControlCall.RunAsync(call, _context.Options.ControlDeadline, _context.Time, discard, cancellationToken).ConfigureAwait(false);
            return answer ?? throw new AdapterFaultException(ToeReasons.InternalContractViolation.With("a control call answered null"));
        }
        catch (AdapterFaultException fault)
        {
            // What the peer did is no fault, though the call could not be done; and that an adapter that has failed cannot do it is no news.
            if (!fault.Reason.Is(ToeReasons.PeerAnswered) && !IsGone(View.Status.Health))
                ReportFault(fault);
            throw;
        }
    }

    /// <summary>Disposes something of the adapter's off the caller's thread, as a control call: what lingers, or hangs, does so in the background.</summary>
    /// <param name="dispose">The call.</param>
    /// <returns>Its end, which nobody needs to wait for.</returns>
    public Task CloseInBackground(Func<ValueTask> dispose)
    {
        var closing = CloseAsync(dispose);
        _closings[closing] = true;
        _ = closing.ContinueWith(
            (ended, closings) => ((ConcurrentDictionary<Task, bool>)closings!).TryRemove(ended, out _), _closings,
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return closing;
    }

    /// <summary>Aborts and disposes a socket that nobody wants, off the caller's thread.</summary>
    /// <param name="socket">The socket, if any.</param>
    public void Discard(IToeAdapterSocket? socket)
    {
        if (socket is not null)
        {
            _ = CloseInBackground(() =>
            {
                socket.Abort();
                return socket.DisposeAsync();
            });
        }
    }

    /// <summary>Completes when everything that was being disposed is, or missed its deadline.</summary>
    public Task WhenClosedAsync() => Task.WhenAll(_closings.Keys);

    /// <summary>The adapter's own announcement, on its thread: the snapshot is taken over here, the rest happens elsewhere.</summary>
    public void StatusChanged(AdapterStatus status)
    {
        try
        {
            Apply(StatusCheck.Checked(status, nameof(StatusChanged)));
            Leases.Announced();
        }
        catch (Exception exception)
        {
            ReportFaultSoon(exception); // Nothing of ours may unwind the adapter's thread.
        }
    }

    /// <summary>The adapter was at fault, seen on its own thread: logs and metrics run the application's code, which has no place there.</summary>
    public void ReportFaultSoon(Exception exception)
    {
        var fault = AdapterFaultException.From(exception);
        ThreadPool.UnsafeQueueUserWorkItem(_ => ReportFault(fault), null);
    }

    /// <summary>The adapter was at fault.</summary>
    public void ReportFault(AdapterFaultException fault)
    {
        var wasClosed = Circuit.IsClosed;
        Circuit.Faulted(fault);
        _context.Metrics.AdapterFault(Identity, fault.Reason);
        StackLog.AdapterFault(_context.Logger, Identity.Id, fault.Reason, fault.InnerException);
        if (!wasClosed || Circuit.IsClosed)
            return;
        StackLog.CircuitOpened(_context.Logger, Identity.Id, Circuit.Reason);
        _context.Announce();
    }

    /// <summary>Reads the card, judges its firmware, and counts as a probe while the circuit is open.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _refreshing, 1) != 0)
            return; // One reading at a time; the one that runs will do, or repeats itself.
        var isStale = false;
        try
        {
            if (Volatile.Read(ref _readings) != 0)
            {
                Probed(succeeded: false); // A reading that missed its deadline hangs still: another one would only hang beside it.
                return;
            }

            Leases.ReadingBegins();
            var turns = Volatile.Read(ref _turns);
            Interlocked.Increment(ref _readings);
            var status = await ControlCall.RunAsync(
                ReadAsync, _context.Options.ControlDeadline, _context.Time, static _ => { }, cancellationToken).ConfigureAwait(false);
            isStale = !Apply(StatusCheck.Checked(status, nameof(Adapter.RefreshAsync)), turns);
            if (isStale)
                return;
            Leases.ReadingEnded();
            Probed(succeeded: status.Health is AdapterHealth.Healthy or AdapterHealth.Degraded);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            var fault = AdapterFaultException.From(exception);
            ReportFault(fault);
            Probed(succeeded: false);
            if (fault.IsLate)
                DeclareFailed(ToeReasons.HealthFailed.With("its health watch does not answer"));
        }
        finally
        {
            Volatile.Write(ref _refreshing, 0);
            if (isStale)
                _context.RefreshSoon(this);
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
    public void DeclareRemoved()
    {
        Apply(_view.Status with { Health = AdapterHealth.Removed, Reason = ToeReasons.HealthRemoved });
        lock (_lock)
            _isRetired = true; // Whatever it announces later is about a device that the stack gave back.
    }

    private static bool HasSameFirmware(AdapterStatus one, AdapterStatus other) =>
        one.FirmwareText == other.FirmwareText && one.FirmwareParts.SequenceEqual(other.FirmwareParts);

    private static ToeReason ReasonFor(AdapterStatus status) => status switch
    {
        { Health: AdapterHealth.Removed } => ToeReasons.HealthRemoved.With(status.Reason.Text),
        { Reason.IsNone: false } => status.Reason,
        _ => ToeReasons.HealthFailed,
    };

    /// <summary>A failed adapter that says nothing to the contrary has what it needs to give its connections up.</summary>
    private static bool TellsStates(AdapterStatus status) => status.Health == AdapterHealth.Failed && status.Capabilities.Has(AdapterFeatures.ExportsState);

    /// <summary>It does not answer, and so tells no states either.</summary>
    private void DeclareFailed(ToeReason reason)
    {
        var capabilities = _view.Status.Capabilities;
        var features = capabilities.Features with { Value = capabilities.Features.Value & ~AdapterFeatures.ExportsState };
        Apply(_view.Status with { Health = AdapterHealth.Failed, Reason = reason, Capabilities = capabilities with { Features = features } });
    }

    /// <summary>Under the lock, but for the first time.</summary>
    private void NoteWell(AdapterHealth health)
    {
        if (health == AdapterHealth.Healthy && !_isWell)
            _wellSince = _context.Time.GetTimestamp();
        _isWell = health == AdapterHealth.Healthy;
    }

    private async ValueTask<AdapterStatus> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Adapter.RefreshAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _readings);
        }
    }

    private async Task CloseAsync(Func<ValueTask> dispose)
    {
        try
        {
            await ControlCall.RunAsync(_ => dispose(), _context.Options.ControlDeadline, _context.Time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (AdapterFaultException fault)
        {
            ReportFault(fault);
        }
    }

    /// <summary>Takes a status over.</summary>
    /// <param name="status">The status.</param>
    /// <param name="readSince">For a reading: the turn in which it began. One that began before the adapter's last turn knows nothing of it, and is not taken.</param>
    /// <returns>False when it was not taken.</returns>
    private bool Apply(AdapterStatus status, int? readSince = null)
    {
        AdapterView old;
        AdapterView view;
        lock (_lock)
        {
            if (_isRetired)
                return true;
            if (readSince is { } turn && turn != _turns)
                return false;
            old = _view;
            var isJudgedNow = readSince is not null;
            if (!isJudgedNow && (status.Health != old.Status.Health || !HasSameFirmware(status, old.Status)))
                _turns++;
            var cameBack = old.Status.Health is AdapterHealth.Failed or AdapterHealth.Removed or AdapterHealth.Recovering
                && status.Health is AdapterHealth.Healthy or AdapterHealth.Degraded;
            var isJudged = isJudgedNow || (old.IsJudged && !cameBack && HasSameFirmware(status, old.Status));
            _view = view = new AdapterView(status, _context.Judge.Judge(Identity, status), isJudged);
            NoteWell(status.Health);
            if (IsGone(status.Health))
                _life.End(ReasonFor(status), TellsStates(status));
            else if (_life.Lost.IsCompleted)
                _life = new AdapterLife();
        }

        if (old.Status.Health != status.Health)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ => StackLog.HealthChanged(_context.Logger, Identity.Id, old.Status.Health, status.Health, status.Reason), null);
        }

        if (old.Status.Health != status.Health || old.IsJudged != view.IsJudged || old.Assessment.Verdict != view.Assessment.Verdict)
            _context.Announce();
        if (!view.IsJudged && !IsGone(status.Health))
            _context.RefreshSoon(this);
        return true;
    }

    private void Probed(bool succeeded)
    {
        if (!Circuit.Probed(succeeded, _context.Options.ProbeInterval))
            return;
        lock (_lock)
            _wellSince = _context.Time.GetTimestamp();
        StackLog.CircuitClosed(_context.Logger, Identity.Id);
        _context.Announce();
    }
}
