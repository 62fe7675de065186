using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Telemetry;

/// <summary>Everything one stack measures, and nothing of others.</summary>
internal sealed class Measured : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly IMeterFactory _factory;
    private readonly ConcurrentQueue<(string Name, double Value, string Tags)> _all = new();

    private Measured(IMeterFactory factory)
    {
        _factory = factory;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope != _factory)
                return;
            Instruments.Add(instrument);
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public ConcurrentBag<Instrument> Instruments { get; } = [];

    public IEnumerable<string> Tags => _all.Select(one => one.Tags);

    /// <summary>Every tag that was seen, with its instrument.</summary>
    public IReadOnlyCollection<(string Instrument, string Tag)> TagNames =>
        [.. _all.SelectMany(static one => one.Tags.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(tag => (one.Name, tag.Split('=')[0]))).Distinct()];

    /// <summary>A stack over the adapters, and what it measures.</summary>
    public static (StackBench Bench, Measured Measured) Start(params ScriptedAdapter[] adapters)
    {
        // The factory of one container marks its meters with itself, so that other stacks of the process stay out.
        var factory = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        var measured = new Measured(factory);
        return (StackBench.Create([], [new ScriptedProvider(adapters)], adapters, services => services.AddSingleton(factory)), measured);
    }

    /// <summary>Asks the instruments that are asked.</summary>
    public void Observe() => _listener.RecordObservableInstruments();

    /// <summary>The measurements of an instrument, each with its tags as <c>name=value</c>, sorted.</summary>
    public IReadOnlyList<(double Value, string Tags)> Of(string name) => [.. _all.Where(one => one.Name == name).Select(one => (one.Value, one.Tags))];

    public double Sum(string name, string tags) => Of(name).Where(one => one.Tags == tags).Sum(one => one.Value);

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _all.Enqueue((instrument.Name, value, string.Join(' ', tags.ToArray().OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}"))));
}
