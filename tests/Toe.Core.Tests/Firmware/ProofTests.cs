using Microsoft.Extensions.DependencyInjection;
using Toe.Core.Tests.Configuration;
using Toe.Core.Tests.Scripted;
using Toe.Emulated;
using Toe.Emulated.Links;
using Toe.Firmware;

namespace Toe.Core.Tests.Firmware;

/// <summary>A stack that asks for proofs.</summary>
public sealed class ProofTests : IDisposable
{
    private readonly TempFolder _reports = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _reports.Dispose();

    [Fact, Trait("Requirement", "TOE-CIRC-010")]
    public async Task VersionUnproven_until_a_report_appears()
    {
        var adapter = new ScriptedAdapter("one");
        await using var bench = StackBench.Configured(Asked(FirmwareVerdict.Refuse), adapter);
        using var server = StackBench.HostServer();
        await using (var before = await bench.ConnectAsync(server.LocalEndpoint))
        {
            Assert.Null(before.Placement.AdapterId);
            Assert.Equal(ToeReasons.VersionUnproven.With("no report proves scripted/Scripted with firmware '1.0.0.0'"), before.Placement.Reason);
        }

        _reports.ReplaceByRename("one.json", Reports.Good);
        await bench.RunUntilAsync(() => bench.Stack.GetFirmwareAssessment("scripted:one")!.Verdict != FirmwareVerdict.Refuse);
        await using (var proven = await bench.ConnectAsync(server.LocalEndpoint))
            Assert.Equal("scripted:one", proven.Placement.AdapterId);

        _reports.ReplaceByRename("one.json", "{");
        await bench.RunUntilAsync(() => bench.Stack.GetFirmwareAssessment("scripted:one")!.Verdict == FirmwareVerdict.Refuse);
        await using (var after = await bench.ConnectAsync(server.LocalEndpoint))
            Assert.True(after.Placement.Reason.Is(ToeReasons.VersionUnproven));
        Assert.Equal(1, adapter.Opens);
    }

    [Fact, Trait("Requirement", "TOE-CIRC-010")]
    public async Task FirmwareThatIsFlashed_IsUnproven_UntilAReportNamesIt()
    {
        _reports.Write("before.json", Reports.For("emulated", "Software TOE", "1.2.0"));
        await using var bench = StackBench.Create(
            Asked(FirmwareVerdict.Refuse), [new EmulatedProvider([new EmulatedFabricOptions { Fabric = new Fabric() }])], [],
            static services => services.AddSingleton(TimeProvider.System));
        await bench.Stack.StartAsync(Token);
        var card = (EmulatedCard)bench.Stack.Adapters.Single();
        Assert.True(Judged().Reason.IsNone);

        card.LoadFirmware("1.3.0");
        await bench.Stack.RefreshAsync(Token);
        Assert.Equal((FirmwareVerdict.Refuse, "Version.Unproven"), (Judged().Verdict, Judged().Reason.Name));

        card.LoadFirmware("1.2.0");
        await bench.Stack.RefreshAsync(Token);
        Assert.True(Judged().Reason.IsNone);

        card.LoadFirmware("1.3.0");
        _reports.Write("after.json", Reports.For("emulated", "Software TOE", "1.3.0"));
        await StackBench.UntilAsync(() => Judged() is { FirmwareText: "1.3.0", Reason.IsNone: true });

        FirmwareAssessment Judged() => bench.Stack.GetFirmwareAssessment(card.Identity.Id)!;
    }

    [Fact]
    public async Task WhereItOnlyWarns_TheUnprovenIsOffloadedTo()
    {
        var adapter = new ScriptedAdapter("one");
        await using var bench = StackBench.Configured(new(Asked(FirmwareVerdict.Warn)) { ["Toe:Firmware:Consequences:Unknown"] = "Ok" }, adapter);
        await using var connection = await bench.ConnectAsync(StackBench.Elsewhere);
        Assert.Equal("scripted:one", connection.Placement.AdapterId);
        var assessment = bench.Stack.GetFirmwareAssessment("scripted:one")!;
        Assert.Equal((FirmwareVerdict.Warn, "Version.Unproven"), (assessment.Verdict, assessment.Reason.Name));
    }

    [Fact]
    public async Task OptionsThatBeginToAsk_CountAtOnce()
    {
        var adapter = new ScriptedAdapter("one");
        await using var bench = StackBench.Create(adapter);
        await bench.RunAsync(bench.Stack.StartAsync(Token).AsTask());
        Assert.Equal("Version.FirmwareUnknown", bench.Stack.GetFirmwareAssessment("scripted:one")!.Reason.Name);
        bench.Configuration["Toe:Firmware:Consequences:Unproven"] = "Refuse";
        bench.Configuration.Reload();
        await bench.RunUntilAsync(() => bench.Stack.Explain(new ToeConnectRequest(StackBench.Elsewhere)).Reason.Is(ToeReasons.VersionUnproven));
    }

    private Dictionary<string, string?> Asked(FirmwareVerdict verdict) => new()
    {
        ["Toe:Firmware:Reports:0"] = _reports.Path,
        ["Toe:Firmware:RecheckInterval"] = "00:00:01",
        ["Toe:Firmware:Consequences:Unproven"] = verdict.ToString(),
    };
}
