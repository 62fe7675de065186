using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.Metrics;

namespace Worker;

/// <summary>Adds up what is counted, and prints it at the end; another program would export it.</summary>
internal sealed class MetricsPrinter : IMetricsListener, IDisposable
{
    private readonly ConcurrentDictionary<string, long> _sums = new();

    public string Name => "printer";

    public void Initialize(IObservableInstrumentsSource source)
    {
        // Instruments that are asked are left out here.
    }

    public bool InstrumentPublished(Instrument instrument, out object? userState)
    {
        userState = null;
        return instrument is Counter<long>;
    }

    public void MeasurementsCompleted(Instrument instrument, object? userState)
    {
    }

    public MeasurementHandlers GetMeasurementHandlers() => new() { LongHandler = Add };

    public void Dispose()
    {
        foreach (var (name, sum) in _sums.OrderBy(static one => one.Key, StringComparer.Ordinal))
            Console.WriteLine($"metrics: {name} {sum}");
    }

    private void Add(Instrument instrument, long measurement, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var labels = string.Join(' ', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}"));
        _sums.AddOrUpdate($"{instrument.Name} {labels}", measurement, (_, before) => before + measurement);
    }
}
