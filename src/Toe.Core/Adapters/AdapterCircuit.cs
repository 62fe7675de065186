using Polly;
using Polly.CircuitBreaker;

namespace Toe.Adapters;

/// <summary>Sets an adapter aside after repeated faults. Once open it stays open until probes, never a customer's connection, have succeeded often enough in a row.</summary>
internal sealed class AdapterCircuit
{
    private readonly CircuitBreakerManualControl _control = new();
    private readonly CircuitBreakerStateProvider _state = new();
    private readonly ResiliencePipeline<bool> _pipeline;
    private readonly CircuitOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private ToeReason _reason;
    private int _probeSuccesses;
    private long _openedAt;
    private long? _probedAt;

    public AdapterCircuit(CircuitOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _pipeline = new ResiliencePipelineBuilder<bool> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<bool>
            {
                FailureRatio = options.FailureRatio,
                MinimumThroughput = options.MinimumThroughput,
                SamplingDuration = options.SamplingDuration,
                BreakDuration = options.BreakDuration,
                ShouldHandle = static arguments => new ValueTask<bool>(arguments.Outcome.Exception is AdapterFaultException),
                ManualControl = _control,
                StateProvider = _state,
            })
            .Build();
    }

    /// <summary>Why no connection is admitted; <see cref="ToeReason.None"/> while the circuit is closed.</summary>
    public ToeReason Reason
    {
        get
        {
            lock (_lock)
                return _reason;
        }
    }

    /// <summary>True while connections are admitted.</summary>
    public bool IsClosed => Reason.IsNone;

    /// <summary>A call ended well; the peer's own answers count as such.</summary>
    public void Succeeded() => Record(Outcome.FromResult(true));

    /// <summary>The adapter was at fault. A missed deadline sets it aside at once, other faults once there are too many.</summary>
    /// <param name="fault">What it did.</param>
    public void Faulted(AdapterFaultException fault)
    {
        if (fault.IsLate)
        {
            Open(ToeReasons.HealthQuarantined.With(fault.Reason.ToString()));
            return;
        }

        Record(Outcome.FromException<bool>(fault));
        if (_state.CircuitState == CircuitState.Open)
            Open(ToeReasons.HealthCircuitOpen.With(fault.Reason.ToString()));
    }

    /// <summary>Sets the adapter aside.</summary>
    /// <param name="reason">Why.</param>
    public void Open(ToeReason reason)
    {
        lock (_lock)
        {
            _probeSuccesses = 0;
            if (!_reason.IsNone)
                return;
            _reason = reason;
            _openedAt = _time.GetTimestamp();
            _probedAt = null;
        }

        Complete(_control.IsolateAsync());
    }

    /// <summary>A reading of the card ended. It counts as a probe from the end of the break on, once in each interval; enough good probes in a row close the circuit.</summary>
    /// <param name="succeeded">How it ended; a failure counts at any time.</param>
    /// <param name="interval">The time between two probes.</param>
    /// <returns>True when this probe closed the circuit.</returns>
    public bool Probed(bool succeeded, TimeSpan interval)
    {
        lock (_lock)
        {
            if (_reason.IsNone || (succeeded && !IsProbeDue(interval)))
                return false;
            _probedAt = _time.GetTimestamp();
            _probeSuccesses = succeeded ? _probeSuccesses + 1 : 0;
            if (_probeSuccesses < _options.ProbeSuccesses)
                return false;
            _reason = ToeReason.None;
        }

        Complete(_control.CloseAsync());
        return true;
    }

    private bool IsProbeDue(TimeSpan interval) =>
        _time.GetElapsedTime(_openedAt) >= _options.BreakDuration && (_probedAt is not { } last || _time.GetElapsedTime(last) >= interval);

    private static void Complete(Task control) => control.GetAwaiter().GetResult(); // Completes synchronously: our pipeline has no callbacks.

    private void Record(Outcome<bool> outcome)
    {
        if (!IsClosed)
            return;
        var context = ResilienceContextPool.Shared.Get();
        try
        {
            var recording = _pipeline.ExecuteOutcomeAsync(static (_, result) => new ValueTask<Outcome<bool>>(result), context, outcome);
            if (!recording.IsCompleted)
                throw new InvalidOperationException("A circuit breaker without asynchronous callbacks completes at once.");
            _ = recording.Result;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
