using System.Collections.Concurrent;

namespace Toe.Emulated;

/// <summary>What can go wrong with a card, on demand.</summary>
public sealed partial class EmulatedCard
{
    private readonly ConcurrentDictionary<ScriptedFault, bool> _script = new();
    private TaskCompletionSource? _hang;
    private string? _firmware;
    private AdapterHealth _health = AdapterHealth.Healthy;
    private ToeReason _reason;
    private volatile bool _doubleEvents;
    private volatile bool _dead;

    /// <summary>Delays every control call's answer; a cancelled call is answered late all the same. Default zero.</summary>
    public TimeSpan ControlDelay { get; set; }

    /// <summary>Announces every readiness twice, against the contract. Default false.</summary>
    public bool DoubleEvents
    {
        get => _doubleEvents;
        set => _doubleEvents = value;
    }

    /// <summary>Makes all tables pretend to be full. Default false.</summary>
    public bool TablesFull
    {
        get => Tables.PretendFull;
        set
        {
            Tables.PretendFull = value;
            Announce();
        }
    }

    /// <summary>True while the card's processor has stopped.</summary>
    internal bool IsDead => _dead;

    /// <summary>Flashes firmware: the text is what the card reports from now on, whatever it is. Null reports none.</summary>
    /// <param name="version">The version's text.</param>
    public void LoadFirmware(string? version)
    {
        lock (_lock)
            _firmware = version;
        Announce();
    }

    /// <summary>The firmware crashes: the processor stops, every connection on the card is lost, and the card says so.</summary>
    public void Crash() => Die(AdapterHealth.Failed, ToeReasons.HealthFailed.With("the firmware crashed"));

    /// <summary>The card is pulled out.</summary>
    public void Remove() => Die(AdapterHealth.Removed, ToeReasons.HealthRemoved);

    /// <summary>The processor hangs: packets are lost, control calls never come back, and the card says nothing about it.</summary>
    public void Hang()
    {
        Interlocked.CompareExchange(ref _hang, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null);
        Loop.SetHalted(halted: true);
    }

    /// <summary>Ends a <see cref="Hang"/>: waiting control calls are answered, late, and the card runs on as it was.</summary>
    public void Unhang()
    {
        Interlocked.Exchange(ref _hang, null)?.TrySetResult();
        if (!_dead)
            Loop.SetHalted(halted: false);
    }

    /// <summary>Resets the card after a <see cref="Crash"/> or <see cref="Remove"/>, or at any time: recovering first, then, after <see cref="EmulatedCardOptions.RecoveryTime"/>, healthy, with empty tables.</summary>
    public async Task ResetAsync()
    {
        Die(AdapterHealth.Recovering, ToeReasons.HealthRecovering.With("the card was reset"));
        Interlocked.Increment(ref _generation);
        Loop.Reset();
        var reason = ToeReasons.HealthFailed.With("the card was reset");
        foreach (var socket in Sockets.Keys)
            socket.Lost(reason);
        if (_options.RecoveryTime > TimeSpan.Zero)
            await Task.Delay(_options.RecoveryTime, _time).ConfigureAwait(false);
        Unhang();
        lock (_lock)
        {
            _dead = false;
            _health = AdapterHealth.Healthy;
            _reason = ToeReason.None;
        }

        Loop.SetHalted(halted: false);
        Announce();
    }

    /// <summary>Degrades the card, or ends that; connections and opens go on.</summary>
    /// <param name="degraded">The new state.</param>
    public void SetDegraded(bool degraded)
    {
        lock (_lock)
        {
            if (_dead)
                return;
            _health = degraded ? AdapterHealth.Degraded : AdapterHealth.Healthy;
        }

        Announce();
    }

    /// <summary>Does something once, when the card has carried so many payload bytes in both directions since it was made. On the card's thread: it must be quick.</summary>
    /// <param name="bytes">The count.</param>
    /// <param name="fault">What to do, for example <c>card => card.Crash()</c>.</param>
    public void AtBytes(long bytes, Action<EmulatedCard> fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        _script[new ScriptedFault(bytes, fault)] = true;
    }

    /// <summary>Why the card takes nothing now.</summary>
    internal ToeReason RefusalNow()
    {
        lock (_lock)
        {
            if (_health is AdapterHealth.Failed or AdapterHealth.Removed or AdapterHealth.Recovering)
                return _reason;
        }

        return Network.Link.IsUp ? ToeReason.None : ToeReasons.HealthLinkDown;
    }

    internal void Announce(IAdapterSocketEvents? events, Readiness what)
    {
        events?.OnReady(what);
        if (_doubleEvents)
            events?.OnReady(what);
    }

    private void Announce() => Volatile.Read(ref _events)?.StatusChanged(ReadStatus());

    private void Die(AdapterHealth health, ToeReason reason)
    {
        lock (_lock)
        {
            _dead = true;
            _health = health;
            _reason = reason;
        }

        Loop.SetHalted(halted: true);
        Announce();
        var listeners = Interlocked.Exchange(ref _listeners, []);
        foreach (var listener in listeners)
            listener.Lost(reason);
        Closing.Sweep(all: true);
    }

    private async ValueTask AnswerAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _hang) is { } hang)
            await hang.Task.ConfigureAwait(false); // A hung processor does not hear a cancellation either.
        if (ControlDelay > TimeSpan.Zero)
            await Task.Delay(ControlDelay, _time, CancellationToken.None).ConfigureAwait(false);
        else
            cancellationToken.ThrowIfCancellationRequested();
    }

    private void RunScript()
    {
        if (_script.IsEmpty)
            return;
        var statistics = Network.Link.Statistics;
        var carried = statistics.BytesSent + statistics.BytesReceived;
        foreach (var scripted in _script.Keys)
        {
            if (carried >= scripted.Bytes && _script.TryRemove(scripted, out _))
                scripted.Fault(this);
        }
    }

    private sealed record ScriptedFault(long Bytes, Action<EmulatedCard> Fault);
}
