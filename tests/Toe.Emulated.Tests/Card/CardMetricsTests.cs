using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Toe.Emulated.Links;

namespace Toe.Emulated.Tests.Card;

/// <summary>The meter <c>Toe.Emulated</c>.</summary>
public sealed class CardMetricsTests
{
    [Fact]
    public async Task Cards_AreMeasuredWhenAsked_AndNoMoreAfterTheEnd()
    {
        var seen = new ConcurrentBag<(string Name, string? Unit, double Value, object? Loop)>();
        using var listener = new MeterListener { InstrumentPublished = static (instrument, listener) => Listen(instrument, listener) };
        string? card = null;
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();
        await using var bench = await CardBench.CreateAsync();
        var options = new EmulatedFabricOptions { Fabric = new Fabric(new FabricOptions()), Card = new EmulatedCardOptions { Name = "measured", Shards = 2 } };
        await using (var provider = new EmulatedProvider([options]))
        {
            await using var measured = (await provider.DiscoverAsync(bench, TestContext.Current.CancellationToken)).Adapters.Single();
            card = measured.Identity.Id;
            listener.RecordObservableInstruments();
        }

        Assert.Equal([("toe.adapter.queue.depth", "{entry}"), ("toe.buffer.pinned", "By"), ("toe.loop.busy_ratio", "1"), ("toe.loop.busy_ratio", "1")], seen.Select(one => (one.Name, one.Unit!)).Order());
        var loops = seen.Where(one => one.Name == "toe.loop.busy_ratio").ToList();
        Assert.All(loops, loop => Assert.InRange(loop.Value, 0, 1));
        Assert.Equal([0, 1], loops.Select(loop => (int)loop.Loop!).Order());
        Assert.True(seen.Single(one => one.Name == "toe.buffer.pinned").Value >= 2 * 65535);
        listener.RecordObservableInstruments();
        Assert.Equal(4, seen.Count);

        // Other tests' cards are measured beside ours.
        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (Equals(tags[0].Value, card))
                seen.Add((instrument.Name, instrument.Unit, value, tags.Length > 1 ? tags[1].Value : null));
        }
    }

    [Fact]
    public void BusyRatio_IsTheShareOfTimeBetweenReadingsThatWasNotSlept()
    {
        var clock = new WorkClock();
        clock.Rest(Second(2));
        clock.Work(Second(3));
        Assert.Equal(0.75, clock.Read(Second(4)), 6);
        clock.Rest(Second(5));
        Assert.Equal(0.25, clock.Read(Second(8)), 6); // It sleeps still.
        Assert.Equal(0, clock.Read(Second(9)), 6);
        clock.Work(Second(10));
        Assert.Equal(0.5, clock.Read(Second(11)), 6);
        Assert.Equal(0, clock.Read(Second(11)), 6); // No time has passed.
    }

    private static TimeSpan Second(int number) => TimeSpan.FromSeconds(number);

    private static void Listen(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name == "Toe.Emulated")
            listener.EnableMeasurementEvents(instrument);
    }
}
