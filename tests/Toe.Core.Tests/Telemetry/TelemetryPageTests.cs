using System.Diagnostics.Metrics;
using System.Net.Sockets;
using Toe.Core.Tests.Scripted;
using Toe.Emulated;
using Toe.Emulated.Links;

namespace Toe.Core.Tests.Telemetry;

/// <summary>docs/telemetry.md has every instrument with its kind, unit and meaning, and the code has every row of it; tags that are measured are documented.</summary>
public sealed class TelemetryPageTests
{
    [Fact]
    public async Task StacksInstruments_AreThoseOfThePage()
    {
        var (bench, measured) = Measured.Start();
        using (measured)
        await using (bench)
            Compare(ToeTelemetry.MeterName, measured.Instruments);
    }

    [Fact]
    public async Task CardsInstruments_AreThoseOfThePage()
    {
        var published = new Dictionary<string, Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == "Toe.Emulated")
                    published[instrument.Name] = instrument; // Other tests' cards have the same.
            },
        };
        listener.Start();
        await using var provider = new EmulatedProvider([new EmulatedFabricOptions { Fabric = new Fabric() }]);

        Compare("Toe.Emulated", published.Values);
    }

    [Fact]
    public async Task MeasuredTags_AreDocumented_AndEachDocumentedTagIsExplained()
    {
        var adapter = new ScriptedAdapter("one");
        adapter.Change(static status => status with { Budgets = [new ToeBudget("tids", 3, 10, ToeReasons.ResourceConnections)] });
        var (bench, measured) = Measured.Start(adapter);
        using (measured)
        await using (bench)
        {
            using var server = StackBench.HostServer();
            await using (await bench.ConnectAsync(StackBench.Elsewhere))
                measured.Observe();
            adapter.Answers(SocketError.ConnectionRefused);
            await Assert.ThrowsAsync<SocketException>(() => bench.ConnectAsync(StackBench.Elsewhere));
            adapter.Announce(AdapterHealth.Failed);
            await StackBench.UntilAsync(() => bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere)).AdapterId is null);
            await using var connection = await bench.ConnectAsync(server.LocalEndpoint);
            Assert.False((await connection.MoveAsync("nobody", TestContext.Current.CancellationToken)).IsNone);
            measured.Observe();
        }

        var page = TelemetryPage.InstrumentsOf(ToeTelemetry.MeterName).ToDictionary(static row => row.Name, static row => row.Tags);
        var seen = measured.TagNames;
        Assert.All(seen, one => Assert.Contains(one.Tag, page[one.Instrument]));
        Assert.Contains(("toe.adapter.usable", "toe.obstacle.reason"), seen); // The scenario did what it is for.
        var explained = TelemetryPage.Tags;
        Assert.Equal(explained.Order(), page.Values.Concat(TelemetryPage.InstrumentsOf("Toe.Emulated").Select(static row => row.Tags)).SelectMany(static tags => tags).Distinct().Order());
    }

    private static void Compare(string meter, IEnumerable<Instrument> instruments)
    {
        var page = TelemetryPage.InstrumentsOf(meter).Select(static row => (row.Name, row.Kind, row.Unit, row.Meaning)).Order();
        Assert.Equal(page, instruments.Select(static instrument => (instrument.Name, KindOf(instrument), instrument.Unit!, instrument.Description!)).Order());
    }

    private static string KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0].Replace("Observable", "", StringComparison.Ordinal) switch
    {
        "Counter" => "counter",
        "UpDownCounter" => "up-down counter",
        "Histogram" => "histogram",
        "Gauge" => "gauge",
        var other => throw new InvalidOperationException($"{instrument.Name} is a {other}"),
    };
}
