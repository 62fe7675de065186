using Toe.Core.Tests.Scripted;
using Toe.Firmware;

namespace Toe.Core.Tests.Telemetry;

/// <summary>How each adapter is, as its gauges say.</summary>
public sealed class AdapterInstrumentsTests
{
    private const string One = "toe.adapter.id=scripted:one";

    [Fact]
    public async Task Tables_ShowWhatIsUsedOrLent_AndWhereAdmissionStops()
    {
        var adapter = new ScriptedAdapter("one");
        adapter.Change(static status => status with
        {
            Budgets = [new ToeBudget("tids", 3, 100, ToeReasons.ResourceConnections) { ConnectionCost = 2, Reserve = 1 }, new ToeBudget("stids", 0, 8, ToeReasons.ResourceListeners)],
        });
        var (bench, measured) = Measured.Start(adapter);
        using (measured)
        await using (bench)
        {
            await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);

            measured.Observe();

            const string Tids = $"{One} toe.budget.table=tids";
            Assert.Equal((5, 100, 5), (measured.Sum("toe.adapter.budget.used", Tids), measured.Sum("toe.adapter.budget.limit", Tids), measured.Sum("toe.adapter.budget.reserved", Tids)));
            Assert.Equal((0, 8), (measured.Sum("toe.adapter.budget.used", $"{One} toe.budget.table=stids"), measured.Sum("toe.adapter.budget.limit", $"{One} toe.budget.table=stids")));
            Assert.Equal([(1, One)], measured.Of("toe.adapter.connections"));
        }
    }

    [Fact]
    public async Task Usable_IsZeroWithTheReason_AndTheHealthIsOneOfItsStates()
    {
        var adapter = new ScriptedAdapter("one");
        var (bench, measured) = Measured.Start(adapter);
        using (measured)
        await using (bench)
        {
            await bench.RunAsync(bench.Stack.StartAsync(TestContext.Current.CancellationToken).AsTask());
            measured.Observe();
            Assert.Equal([(1, One)], measured.Of("toe.adapter.usable"));

            adapter.Announce(AdapterHealth.Recovering);
            await StackBench.UntilAsync(() => bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere)).AdapterId is null);
            measured.Observe();

            Assert.Equal((0, $"{One} toe.obstacle.reason=Health.Recovering"), measured.Of("toe.adapter.usable")[^1]);
            var health = measured.Of("toe.adapter.health");
            Assert.Equal((1, $"{One} toe.adapter.state=Healthy"), health[0]);
            Assert.Equal((1, $"{One} toe.adapter.state=Recovering"), health.Skip(5).Single(static one => one.Value == 1));
            Assert.Equal(10, health.Count);
        }
    }

    [Fact]
    public async Task OpenCircuit_AndRefusedFirmware_AreSeen()
    {
        var adapter = new ScriptedAdapter("one") { OpenScript = static call => call.Throws(static () => new IOException("scripted")) };
        var (bench, measured) = Measured.Start(adapter);
        using (measured)
        await using (bench)
        {
            using var server = StackBench.HostServer();
            await using (await bench.ConnectAsync(server.LocalEndpoint))
                measured.Observe();
            while (bench.Log.Of(1002).Count == 0)
                await using (await bench.ConnectAsync(server.LocalEndpoint)) { }
            adapter.Announce(static status => status with { FirmwareText = "rubbish", Firmware = null });
            await StackBench.UntilAsync(() => bench.Stack.GetFirmwareAssessment("scripted:one")?.Verdict == FirmwareVerdict.Refuse);
            measured.Observe();

            Assert.Equal([(0, One), (1, One)], measured.Of("toe.adapter.circuit.open"));
            Assert.Equal((1, $"{One} toe.firmware.verdict=Refuse"), measured.Of("toe.adapter.firmware")[^1]);
            Assert.Equal((0, $"{One} toe.firmware.verdict=Refuse"), measured.Of("toe.adapter.firmware")[2]);
        }
    }
}
