using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Toe.Core.Tests.Modelling;

/// <summary>Counts one stack's open connections by provider, as its metrics tell.</summary>
internal sealed class ModelMeters : IMeterFactory
{
    private readonly ConcurrentBag<Meter> _meters = [];
    private readonly ConcurrentDictionary<string, long> _active = new();
    private readonly MeterListener _listener = new();

    public ModelMeters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, this) && instrument.Name == "toe.connection.active")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, change, tags, _) => _active.AddOrUpdate((string)tags[0].Value!, change, (_, count) => count + change));
        _listener.Start();
    }

    /// <summary>Open connections by provider; a correct stack that has none left has zero everywhere.</summary>
    public IReadOnlyDictionary<string, long> Active => _active;

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(new MeterOptions(options.Name) { Scope = this });
        _meters.Add(meter);
        return meter;
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var meter in _meters)
            meter.Dispose();
    }
}
