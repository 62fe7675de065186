using System.Diagnostics.Metrics;

namespace Toe.MoveProbe;

/// <summary>Writes into the report of the connection under way what the stack measures of its moves.</summary>
internal sealed class MoveMeter : IDisposable
{
    private readonly MeterListener _listener = new();
    private MoveReport? _report;

    public MoveMeter()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Name.StartsWith("toe.connection.move.", StringComparison.Ordinal))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => _report?.Standstill.Add(Math.Round(seconds * 1_000_000, 1)));
        _listener.SetMeasurementEventCallback<long>((_, bytes, _, _) => _report?.Queued.Add(bytes));
        _listener.Start();
    }

    public void Begin(MoveReport report) => _report = report;

    public void Dispose() => _listener.Dispose();
}
