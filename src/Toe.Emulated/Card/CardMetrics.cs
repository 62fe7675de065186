using System.Diagnostics.Metrics;

namespace Toe.Emulated;

/// <summary>The meter <c>Toe.Emulated</c>: how one provider's cards are, asked when somebody listens. All instruments are in development until 1.0.</summary>
internal sealed class CardMetrics : IDisposable
{
    public const string MeterName = "Toe.Emulated";

    private readonly Meter _meter = new(MeterName);

    /// <summary>Measures cards.</summary>
    /// <param name="cards">The cards there are now.</param>
    public CardMetrics(Func<IReadOnlyList<EmulatedCard>> cards)
    {
        _meter.CreateObservableGauge(
            "toe.loop.busy_ratio", () => MeasureLoops(cards()), "1", "The share of time since the last reading that a thread of the card worked.");
        _meter.CreateObservableGauge(
            "toe.adapter.queue.depth", () => Measure(cards(), static card => card.Shards.Loops.Sum(static loop => (long)loop.QueueDepth)), "{entry}", "Calls that wait for the card's threads.");
        _meter.CreateObservableGauge(
            "toe.buffer.pinned", () => Measure(cards(), static card => card.Shards.Loops.Sum(static loop => (long)loop.PinnedBytes)), "By", "Memory that the garbage collector may not move.");
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<T>> Measure<T>(IReadOnlyList<EmulatedCard> cards, Func<EmulatedCard, T> read)
        where T : struct => cards.Select(card => new Measurement<T>(read(card), AdapterTag(card)));

    private static IEnumerable<Measurement<double>> MeasureLoops(IReadOnlyList<EmulatedCard> cards) =>
        from card in cards
        from loop in card.Shards.Loops
        select new Measurement<double>(loop.ReadBusyRatio(), AdapterTag(card), new KeyValuePair<string, object?>("toe.loop.index", loop.Index));

    private static KeyValuePair<string, object?> AdapterTag(EmulatedCard card) => new("toe.adapter.id", card.Identity.Id);
}
