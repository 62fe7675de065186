using System.Diagnostics.Metrics;

namespace Toe.Telemetry;

/// <summary>The meter <c>Toe</c>. All instruments are in development until 1.0. Tags are bounded: never an endpoint.</summary>
internal sealed class ToeMetrics : IDisposable
{
    private static readonly InstrumentAdvice<double> Waits = new() { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] };

    private static readonly InstrumentAdvice<double> Standstills = new() { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1] };

    private readonly Meter _meter;
    private readonly UpDownCounter<long> _active;
    private readonly Histogram<double> _connects;
    private readonly Counter<long> _accepts;
    private readonly Counter<long> _fallbacks;
    private readonly Counter<long> _downgrades;
    private readonly Counter<long> _losses;
    private readonly Counter<long> _moves;
    private readonly Counter<long> _io;
    private readonly Counter<long> _errors;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _standstill;
    private readonly Histogram<long> _queued;
    private readonly ObservableCounter<long> _retransmits;

    public ToeMetrics(IMeterFactory? factory)
    {
        _meter = factory?.Create(ToeTelemetry.MeterName) ?? new Meter(ToeTelemetry.MeterName);
        _active = _meter.CreateUpDownCounter<long>("toe.connection.active", "{connection}", "Connections that are open.");
        _connects = _meter.CreateHistogram("toe.connect.duration", "s", "How long connects took, however they ended.", advice: Waits);
        _accepts = _meter.CreateCounter<long>("toe.connection.accepts", "{accept}", "Incoming connections that were handed to the application or turned away.");
        _fallbacks = _meter.CreateCounter<long>("toe.connection.fallbacks", "{fallback}", "Connections that run on the host stack although an adapter was wanted.");
        _downgrades = _meter.CreateCounter<long>("toe.connection.downgrades", "{downgrade}", "Wishes of connections that their carrier does not honour.");
        _losses = _meter.CreateCounter<long>("toe.connection.losses", "{connection}", "Connections that ended with their adapter.");
        _moves = _meter.CreateCounter<long>("toe.connection.moves", "{move}", "Moves to another carrier that were made or refused.");
        _duration = _meter.CreateHistogram<double>("toe.connection.offload.duration", "s", "How long connections were carried by an adapter.");
        _standstill = _meter.CreateHistogram(
            "toe.connection.move.standstill", "s", "How long connections stood still while they moved to another carrier.", advice: Standstills);
        _queued = _meter.CreateHistogram<long>("toe.connection.move.queued", "By", "Bytes that connections had in both queues when they moved.");
        _io = _meter.CreateCounter<long>("toe.io", "By", "Bytes between applications and carriers.");
        _errors = _meter.CreateCounter<long>("toe.adapter.errors", "{error}", "Faults of adapters and their providers.");
        _retransmits = _meter.CreateObservableCounter("toe.tcp.retransmits", ObserveRetransmits, "{segment}", "Segments sent again, where the carrier tells.");
    }

    /// <summary>Segments that carriers have sent again so far, by provider; set once.</summary>
    public Func<IReadOnlyDictionary<string, long>>? ReadRetransmits { get; set; }

    /// <summary>True when somebody counts retransmits.</summary>
    public bool CountsRetransmits => _retransmits.Enabled;

    /// <summary>True when somebody counts bytes.</summary>
    public bool CountsBytes => _io.Enabled;

    public void ConnectionOpened(string? provider) => _active.Add(1, Provider(provider));

    public void ConnectionMoved(string? before, string? after, TimeSpan onBefore)
    {
        ConnectionClosed(before, onBefore);
        ConnectionOpened(after);
    }

    public void Connected(string? provider, TimeSpan duration) => _connects.Record(duration.TotalSeconds, Provider(provider));

    public void ConnectFailed(string error, TimeSpan duration) => _connects.Record(duration.TotalSeconds, Tag("error.type", error));

    public void Accepted(string? provider) => _accepts.Add(1, Provider(provider));

    public void AcceptRefused(string? provider, string error) => _accepts.Add(1, Provider(provider), Tag("error.type", error));

    public void ConnectionLost(string? provider, ToeReason reason) => _losses.Add(1, Provider(provider), Tag("error.type", reason.Name));

    public void Downgraded(IReadOnlyList<ToeReason> downgrades)
    {
        foreach (var downgrade in downgrades)
            _downgrades.Add(1, Tag("toe.downgrade.reason", downgrade.Name));
    }

    public void MoveRefused(string? before, string? after, ToeReason reason) =>
        _moves.Add(1, Tag("toe.move.from", before ?? "host"), Tag("toe.move.to", after ?? "host"), Tag("error.type", reason.Name));

    public void Moved(string? before, string? after, TimeSpan standstill, long queued)
    {
        KeyValuePair<string, object?> from = Tag("toe.move.from", before ?? "host"), to = Tag("toe.move.to", after ?? "host");
        _moves.Add(1, from, to);
        _standstill.Record(standstill.TotalSeconds, from, to);
        _queued.Record(queued, from, to);
    }

    public void ConnectionClosed(string? provider, TimeSpan duration)
    {
        _active.Add(-1, Provider(provider));
        if (provider is not null)
            _duration.Record(duration.TotalSeconds, Tag("toe.provider", provider));
    }

    public void Fallback(ToeReason reason) => _fallbacks.Add(1, Tag("toe.fallback.reason", reason.Name));

    public void Bytes(string direction, string? provider, long bytes) =>
        _io.Add(bytes, Tag("network.io.direction", direction), Provider(provider));

    public void AdapterFault(AdapterIdentity adapter, ToeReason reason) =>
        _errors.Add(1, Tag("toe.provider", adapter.Provider), Tag("error.type", reason.Name));

    /// <summary>Measures also what is asked for.</summary>
    public void Observe(FallbackLog fallbacks, AdapterInstruments adapters)
    {
        _meter.CreateObservableGauge("toe.fallback.share", () => fallbacks.Share, "1", "The share of the window's opens that wanted an adapter and came to the host stack.");
        adapters.CreateIn(_meter);
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> ObserveRetransmits() =>
        ReadRetransmits?.Invoke().Select(sum => new Measurement<long>(sum.Value, Tag("toe.provider", sum.Key))) ?? [];

    private static KeyValuePair<string, object?> Provider(string? provider) => Tag("toe.provider", provider ?? "host");

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
