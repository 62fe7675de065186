using System.Collections.Concurrent;

namespace Toe.Emulated;

/// <summary>What can go wrong with a card, on demand.</summary>
public sealed partial class EmulatedCard
{
    private readonly ConcurrentDictionary<ScriptedFault, bool> _script = new();
    private int _scripted; // Looked at after each turn, where the dictionary itself would take its locks.
    private TaskCompletionSource? _hang;
    private string? _firmware;
    private AdapterHealth _health = AdapterHealth.Healthy;
    private ToeReason _reason;
    private volatile bool _doubleEvents;
    private volatile bool _dead;
    private volatile bool _tellsStates = true;
    private int _deaths;

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

    /// <summary>True while the state of a connection can be read: the card runs, or <see cref="Fail"/> stopped it.</summary>
    internal bool TellsStates => _tellsStates;

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

    /// <summary>The card fails and carries nothing more, and the states of its connections can be read still: they can be given up.</summary>
    public void Fail() => Die(AdapterHealth.Failed, ToeReasons.HealthFailed.With("the processor stopped"), tellsStates: true);

    /// <summary>The card is pulled out.</summary>
    public void Remove() => Die(AdapterHealth.Removed, ToeReasons.HealthRemoved);

    /// <summary>The processor hangs: packets are lost, control calls never come back, and the card says nothing about it.</summary>
    public void Hang()
    {
        Interlocked.CompareExchange(ref _hang, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null);
        Shards.SetHalted(halted: true);
    }

    /// <summary>Ends a <see cref="Hang"/>: waiting control calls are answered, late, and the card runs on as it was.</summary>
    public void Unhang()
    {
        Interlocked.Exchange(ref _hang, null)?.TrySetResult();
        if (!_dead)
            Shards.SetHalted(halted: false);
    }

    /// <summary>Resets the card after a <see cref="Crash"/> or <see cref="Remove"/>, or at any time: recovering first, then, after <see cref="EmulatedCardOptions.RecoveryTime"/>, healthy, with empty tables. Another fault before that ends the recovery.</summary>
    public async Task ResetAsync()
    {
        var death = Die(AdapterHealth.Recovering, ToeReasons.HealthRecovering.With("the card was reset"));
        Interlocked.Increment(ref _generation);
        var restarted = Shards.ResetAsync();
        var reason = ToeReasons.HealthFailed.With("the card was reset");
        foreach (var socket in Sockets.Keys)
            socket.Lost(reason);
        if (_options.RecoveryTime > TimeSpan.Zero)
            await Task.Delay(_options.RecoveryTime, _time).ConfigureAwait(false);
        await restarted.ConfigureAwait(false); // The old engines must not have another turn.
        Unhang();
        lock (_lock)
        {
            if (_deaths != death)
                return; // It failed again meanwhile.
            _dead = false;
            _tellsStates = true;
            _health = AdapterHealth.Healthy;
            _reason = ToeReason.None;
            Shards.SetHalted(halted: false);
        }

        Announce();
    }

    /// <summary>Pulls or plugs the card's cable. Connections live through it, new ones are refused with <c>Health.LinkDown</c>.</summary>
    /// <param name="up">The new state.</param>
    /// <exception cref="NotSupportedException">The link is a TAP device, whose state is set with <c>ip link set</c>.</exception>
    public void SetLinkUp(bool up) => Network.SetLinkUp(up);

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

    /// <summary>Does something once, when the card has carried so many payload bytes in both directions since it was made. On the card's thread, or one of them: it must be quick.</summary>
    /// <param name="bytes">The count.</param>
    /// <param name="fault">What to do, for example <c>card => card.Crash()</c>.</param>
    public void AtBytes(long bytes, Action<EmulatedCard> fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        _script[new ScriptedFault(bytes, fault)] = true;
        Interlocked.Increment(ref _scripted);
    }

    /// <summary>Why the card takes nothing now.</summary>
    internal ToeReason RefusalNow()
    {
        lock (_lock)
        {
            if (_health is AdapterHealth.Failed or AdapterHealth.Removed or AdapterHealth.Recovering)
                return _reason;
        }

        return IsLinkUp ? ToeReason.None : ToeReasons.HealthLinkDown;
    }

    /// <summary>Tells the subscriber the status: in order, though several threads may have something to tell.</summary>
    private void Announce()
    {
        Interlocked.Increment(ref _version);
        if (Interlocked.Increment(ref _announcements) != 1)
            return; // Whoever announces now will do it again.
        var seen = 1;
        do
        {
            seen = Volatile.Read(ref _announcements);
            try
            {
                Volatile.Read(ref _events)?.StatusChanged(Status);
            }
            catch
            {
                Volatile.Write(ref _announcements, 0);
                throw;
            }
        }
        while (Interlocked.CompareExchange(ref _announcements, 0, seen) != seen);
    }

    /// <summary>The card stops, and everything on it is lost but what can be read still.</summary>
    /// <returns>Which of the card's deaths this is.</returns>
    private int Die(AdapterHealth health, ToeReason reason, bool tellsStates = false)
    {
        int death;
        lock (_lock)
        {
            death = ++_deaths;
            tellsStates &= _tellsStates; // What an earlier death took is gone.
            _dead = true;
            _tellsStates = tellsStates;
            _health = health;
            _reason = reason;
            Shards.SetHalted(halted: true);
        }

        if (!tellsStates)
            Tables.Clear();
        Announce();
        var listeners = Interlocked.Exchange(ref _listeners, []);
        foreach (var listener in listeners)
            listener.Lost(reason);
        if (!tellsStates)
            Forget();
        return death;
    }

    /// <summary>Nothing of what connections hold is held any more.</summary>
    private void Forget()
    {
        foreach (var claim in Claims.Keys)
            claim.OnGone();
    }

    internal async ValueTask AnswerAsync(CancellationToken cancellationToken)
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
        if (Volatile.Read(ref _scripted) == 0)
            return;
        var carried = 0L;
        foreach (var link in Network.Links)
        {
            var statistics = link.Statistics;
            carried += statistics.BytesSent + statistics.BytesReceived;
        }

        foreach (var scripted in _script.Keys)
        {
            if (carried < scripted.Bytes || !_script.TryRemove(scripted, out _))
                continue;
            Interlocked.Decrement(ref _scripted);
            scripted.Fault(this);
        }
    }

    private sealed record ScriptedFault(long Bytes, Action<EmulatedCard> Fault);
}
