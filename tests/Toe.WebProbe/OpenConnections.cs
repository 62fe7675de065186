using System.Diagnostics.Metrics;

namespace Toe.WebProbe;

/// <summary>Kestrel's own count of its connections, as its meter tells it.</summary>
public sealed class OpenConnections : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly IMeterFactory _meters;
    private long _count;

    /// <summary>Listens to the meter of one site.</summary>
    public OpenConnections(IMeterFactory meters)
    {
        _meters = meters;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "kestrel.active_connections" && ReferenceEquals(instrument.Meter.Scope, _meters))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, change, _, _) => Interlocked.Add(ref _count, change));
        _listener.Start();
    }

    /// <summary>How many are open.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
