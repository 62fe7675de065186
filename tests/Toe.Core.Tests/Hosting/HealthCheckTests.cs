using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Toe.Core.Tests.Configuration;
using Toe.Core.Tests.Scripted;
using Toe.Policy;

namespace Toe.Core.Tests.Hosting;

/// <summary>Healthy while adapters are usable and fallbacks within their allowance; degraded where the host stack serves instead; unhealthy only where connects fail.</summary>
public sealed class HealthCheckTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task UsableAdapters_AreHealthy_WithEachInTheData()
    {
        using var host = await StartAsync("{}", new ScriptedProvider(new ScriptedAdapter("a"), new ScriptedAdapter("b")));

        var report = await CheckAsync(host);

        Assert.Equal(HealthStatus.Healthy, report.Status);
        Assert.Equal(("Prefer", "default", 0.0, 0.1), (report.Data["mode"], report.Data["modeSource"], report.Data["fallbackShare"], report.Data["fallbackAllowance"]));
        Assert.Equal((true, true), (Adapter(report, "scripted:a")["usable"], Adapter(report, "scripted:b")["usable"]));
        Assert.Contains("ready", report.Tags);
    }

    [Fact]
    public async Task NoAdapters_AreNoComplaint()
    {
        using var host = await StartAsync("{}", null);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(host)).Status);
    }

    [Fact]
    public async Task DeviceThatWasNotTaken_IsInTheData_AndNoComplaint()
    {
        using var host = await StartAsync("{}", new ScriptedProvider { NotTaken = [new NotTaken("eth7", ToeReasons.EnvironmentPrivilege.With("CAP_NET_ADMIN"))] });

        var report = await CheckAsync(host);

        Assert.Equal(HealthStatus.Healthy, report.Status);
        Assert.Contains("Environment.Privilege", (string)((Dictionary<string, object>)report.Data["notTaken"])["eth7"], StringComparison.Ordinal);
    }

    [Theory, Trait("Requirement", "TOE-CIRC-009")]
    [InlineData(AdapterHealth.Failed, "Health.Failed")]
    [InlineData(AdapterHealth.Recovering, "Health.Recovering")]
    [InlineData(AdapterHealth.Removed, "Health.Removed")]
    public async Task AdapterThatIsNotUsable_Degrades_AndRecoveryMends(AdapterHealth health, string reason)
    {
        var adapter = new ScriptedAdapter("a");
        using var host = await StartAsync("""{ "RefreshInterval": "00:00:00.1", "ProbeInterval": "00:00:00.1" }""", new ScriptedProvider(adapter));

        adapter.Announce(health);

        await UntilAsync(host, HealthStatus.Degraded);
        var report = await CheckAsync(host);
        Assert.Equal(HealthStatus.Degraded, report.Status); // The host stack serves.
        Assert.Contains($"scripted:a: {reason}", report.Description, StringComparison.Ordinal);
        Assert.Contains(reason, (string)Adapter(report, "scripted:a")["obstacle"], StringComparison.Ordinal);
        if (health == AdapterHealth.Removed)
            return;
        adapter.Announce(AdapterHealth.Healthy);
        await UntilAsync(host, HealthStatus.Healthy);
    }

    [Fact]
    public async Task FirmwareThatIsRefused_Degrades()
    {
        var adapter = new ScriptedAdapter("a");
        adapter.Change(status => status with { FirmwareText = "rubbish", Firmware = null });
        using var host = await StartAsync("{}", new ScriptedProvider(adapter));

        var report = await CheckAsync(host);

        Assert.Equal(HealthStatus.Degraded, report.Status);
        Assert.Contains("Version.FirmwareUnreadable", report.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FirmwareThatIsWarnedOf_IsSaid_AndNoComplaint()
    {
        using var host = await StartAsync("{}", new ScriptedProvider(new ScriptedAdapter("a"))); // No catalogue knows the model.

        var report = await CheckAsync(host);

        Assert.Equal(HealthStatus.Healthy, report.Status);
        Assert.StartsWith("scripted:a: Version.FirmwareUnknown", report.Description, StringComparison.Ordinal);
        Assert.Equal(("1.0.0.0", "Warn"), (Adapter(report, "scripted:a")["firmware"], Adapter(report, "scripted:a")["firmwareVerdict"]));
    }

    [Fact]
    public async Task AdapterThatCallsItselfDegraded_Degrades_AndStaysUsable()
    {
        var adapter = new ScriptedAdapter("a");
        adapter.Change(static status => status with { Health = AdapterHealth.Degraded, Reason = ToeReasons.HealthLinkDown });
        using var host = await StartAsync("{}", new ScriptedProvider(adapter));

        var report = await CheckAsync(host);

        Assert.Equal((HealthStatus.Degraded, true, "Degraded"), (report.Status, Adapter(report, "scripted:a")["usable"], Adapter(report, "scripted:a")["health"]));
        Assert.Contains("Health.LinkDown", (string)Adapter(report, "scripted:a")["healthReason"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task TableAtItsLimit_Degrades_WithItsFigures()
    {
        var adapter = new ScriptedAdapter("a");
        adapter.Change(static status => status with { Budgets = [new ToeBudget("tids", 95, 100, ToeReasons.ResourceConnections) { ConnectionCost = 1 }] });
        using var host = await StartAsync("""{ "BudgetReserve": 0.05 }""", new ScriptedProvider(adapter));

        var report = await CheckAsync(host);

        Assert.Equal(HealthStatus.Degraded, report.Status);
        Assert.Contains("scripted:a: Resource.Connections", report.Description, StringComparison.Ordinal);
        var tids = (Dictionary<string, object>)((Dictionary<string, object>)Adapter(report, "scripted:a")["budgets"])["tids"];
        Assert.Equal((95L, 100L, 5L), (tids["used"], tids["limit"], tids["reserved"]));
    }

    [Fact]
    public async Task AdapterThatIsSetAside_Degrades_WithWhoDidSo()
    {
        using var host = await StartAsync("{}", new ScriptedProvider(new ScriptedAdapter("a")));
        var stack = host.Services.GetRequiredService<ToeStack>();

        stack.Supervisor.Isolate("scripted:a");
        var report = await CheckAsync(host);

        Assert.Equal((HealthStatus.Degraded, "Operator.Isolated"), (report.Status, ((string)Adapter(report, "scripted:a")["setAside"]).Split(':', ' ')[0]));
        stack.Supervisor.Readmit("scripted:a");
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(host)).Status);
    }

    [Fact]
    public async Task ProviderThatCouldNotLook_Degrades()
    {
        var provider = new ScriptedProvider();
        provider.Discovering.Throws(static () => new IOException("no bus"));
        using var host = await StartAsync("{}", provider);

        var report = await CheckAsync(host);

        Assert.Equal(HealthStatus.Degraded, report.Status);
        Assert.Contains("scripted: Internal.ProviderException", report.Description, StringComparison.Ordinal);
    }

    [Fact, Trait("Requirement", "TOE-CIRC-009")]
    public async Task RequiredAdapter_ThatCannotBeUsed_IsUnhealthy()
    {
        var adapter = new ScriptedAdapter("a");
        using var host = await StartAsync("""{ "Mode": "Require" }""", new ScriptedProvider(adapter));
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(host)).Status);

        adapter.Announce(AdapterHealth.Failed);

        await UntilAsync(host, HealthStatus.Unhealthy);
        Assert.StartsWith("connects fail: default requires an adapter", (await CheckAsync(host)).Description, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ToeOffloadRequiredException>(() => ConnectAsync(host)); // It says so because it is so.
    }

    [Fact, Trait("Requirement", "TOE-CIRC-009")]
    public async Task RequiredAdapter_ThatIsNotThereAtAll_IsUnhealthy()
    {
        using var host = await StartAsync("""{ "Mode": "Require" }""", null);
        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync(host)).Status);
        await Assert.ThrowsAsync<ToeOffloadRequiredException>(() => ConnectAsync(host));
    }

    [Fact]
    public async Task OneOfTwoAdapters_IsEnoughWhereOneIsRequired()
    {
        var adapter = new ScriptedAdapter("a");
        using var host = await StartAsync("""{ "Mode": "Require" }""", new ScriptedProvider(adapter, new ScriptedAdapter("b")));

        adapter.Announce(AdapterHealth.Failed);

        await UntilAsync(host, HealthStatus.Degraded);
    }

    [Fact]
    public async Task RuleThatRequiresAnAdapter_ThatCannotBeUsed_Degrades_SinceOthersAreServed()
    {
        const string Rules = """{ "Policy": { "Rules": [ { "Name": "far", "Remote": "192.0.2.0/24", "Mode": "Require", "Adapters": ["scripted:b"] } ] } }""";
        var adapter = new ScriptedAdapter("b");
        using var host = await StartAsync(Rules, new ScriptedProvider(new ScriptedAdapter("a"), adapter));
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(host)).Status);

        adapter.Announce(AdapterHealth.Failed);

        await UntilAsync(host, HealthStatus.Degraded);
        Assert.Contains("policy rule 'far' fail: it requires an adapter", (await CheckAsync(host)).Description, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ToeOffloadRequiredException>(() => ConnectAsync(host));
    }

    [Fact, Trait("Requirement", "TOE-CIRC-009")]
    public async Task ForbiddenOffload_ThatTheKernelMayDoAnyhow_IsUnhealthy()
    {
        using var host = await StartAsync("""{ "Mode": "Forbid" }""", new ScriptedProvider(new ScriptedKernelAdapter("t4_tom", canKeepOff: false)));

        var report = await CheckAsync(host);

        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        Assert.Contains("Environment.Uncontrolled", (string)report.Data["hostUncontrolled"], StringComparison.Ordinal);
        await Assert.ThrowsAsync<ToeOffloadRequiredException>(() => ConnectAsync(host));
    }

    [Theory]
    [InlineData("Prefer", HealthStatus.Degraded)]
    [InlineData("Require", HealthStatus.Unhealthy)]
    public async Task OperatorsFileThatIsMalformed_IsNamed(string mode, HealthStatus status)
    {
        using var folder = new TempFolder();
        var file = folder.Write("toe.json", "{ nonsense");
        using var host = StackHost.Build($$"""{ "Mode": "{{mode}}" }""", new ScriptedProvider(new ScriptedAdapter("a")), builder =>
        {
            builder.Services.AddSingleton(new OperatorPlace(file, null));
            builder.Services.AddHealthChecks().AddToe();
        });
        await host.StartAsync(Token);

        var report = await CheckAsync(host);

        Assert.Equal((status, "Forbid"), (report.Status, report.Data["mode"])); // Nothing is offloaded until it is mended.
        Assert.StartsWith(file, (string)report.Data["operatorError"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConfigurationThatTurnsWrong_Degrades_UntilItIsMended()
    {
        using var folder = new TempFolder();
        var file = folder.Write("settings.json", """{ "Toe": { "Mode": "Prefer" } }""");
        using var host = StackHost.Build("{}", new ScriptedProvider(new ScriptedAdapter("a")), builder =>
        {
            builder.Configuration.AddJsonFile(file, optional: false, reloadOnChange: true);
            builder.Services.AddHealthChecks().AddToe();
        });
        await host.StartAsync(Token);

        folder.ReplaceByRename("settings.json", """{ "Toe": { "Mode": "Nonsense" } }""");
        await UntilAsync(host, HealthStatus.Degraded);
        Assert.Contains("Toe:Mode", (string)(await CheckAsync(host)).Data["configurationError"], StringComparison.Ordinal);

        folder.ReplaceByRename("settings.json", """{ "Toe": { "Mode": "Prefer" } }""");
        await UntilAsync(host, HealthStatus.Healthy);
    }

    [Fact]
    public async Task Data_IsJson()
    {
        var adapter = new ScriptedAdapter("a");
        adapter.Change(static status => status with { Budgets = [new ToeBudget("tids", 3, 100, ToeReasons.ResourceConnections)], FirmwareText = "rubbish", Firmware = null });
        using var host = await StartAsync("{}", new ScriptedProvider(adapter, new ScriptedKernelAdapter("t4_tom", canKeepOff: false)));

        var json = JsonSerializer.SerializeToNode((await CheckAsync(host)).Data)!;

        Assert.Equal(
            """{"model":"Scripted","usable":false,"health":"Healthy","rung":"ToeActive","firmwareVerdict":"Refuse","connections":0,"budgets":{"tids":{"used":3,"limit":100,"reserved":5}}""",
            json["adapters"]!["scripted:a"]!.ToJsonString().Split(",\"obstacle")[0]);
        Assert.All(json["adapters"]!.AsObject(), static one => Assert.True(one.Value!["obstacle"] is null || one.Value["obstacle"]!.GetValueKind() == JsonValueKind.String));
    }

    [Fact, Trait("Requirement", "TOE-CIRC-009")]
    public async Task ModuleThatCannotBeToldOff_Degrades()
    {
        using var host = await StartAsync("{}", new ScriptedProvider(new ScriptedKernelAdapter("t4_tom", canKeepOff: false)));

        var report = await CheckAsync(host);

        Assert.Equal(HealthStatus.Degraded, report.Status);
        Assert.Contains("Environment.Uncontrolled", report.Description, StringComparison.Ordinal);
    }

    [Fact, Trait("Requirement", "TOE-CIRC-009")]
    public async Task FallbacksBeyondTheAllowance_Degrade()
    {
        var adapter = new ScriptedAdapter("a") { Reach = static (_, remote) => remote.Equals(StackBench.Elsewhere) ? ToeReason.None : ToeReasons.RouteNotThroughAdapter };
        using var host = await StartAsync("""{ "FallbackAllowance": { "Share": 0.5, "MinimumConnections": 4 } }""", new ScriptedProvider(adapter));
        using var server = StackBench.HostServer();
        var stack = host.Services.GetRequiredService<IToeStack>();
        foreach (var remote in new[] { StackBench.Elsewhere, server.LocalEndpoint, server.LocalEndpoint })
            await using (await stack.ConnectAsync(new ToeConnectRequest(remote), Token))
                Assert.Equal(HealthStatus.Healthy, (await CheckAsync(host)).Status); // Too few to tell.

        await using (await stack.ConnectAsync(new ToeConnectRequest(server.LocalEndpoint), Token))
        {
            var report = await CheckAsync(host);
            Assert.Equal((HealthStatus.Degraded, 0.75), (report.Status, report.Data["fallbackShare"]));
        }

        await using (await stack.ConnectAsync(new ToeConnectRequest(StackBench.Elsewhere), Token))
        await using (await stack.ConnectAsync(new ToeConnectRequest(StackBench.Elsewhere), Token))
            Assert.Equal(HealthStatus.Healthy, (await CheckAsync(host)).Status); // Three of six: what is allowed.
    }

    private static Dictionary<string, object> Adapter(HealthReportEntry report, string id) =>
        (Dictionary<string, object>)((Dictionary<string, object>)report.Data["adapters"])[id];

    private static async Task ConnectAsync(IHost host)
    {
        await using var connection = await host.Services.GetRequiredService<IToeStack>().ConnectAsync(new ToeConnectRequest(StackBench.Elsewhere), Token);
    }

    private static async Task<IHost> StartAsync(string toe, IToeProvider? provider)
    {
        var host = StackHost.Build(toe, provider, builder => builder.Services.AddHealthChecks().AddToe());
        await host.StartAsync(Token);
        return host;
    }

    private static async Task UntilAsync(IHost host, HealthStatus status)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while ((await CheckAsync(host)).Status != status)
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, patience.Token);
    }

    private static async Task<HealthReportEntry> CheckAsync(IHost host)
    {
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token);
        return report.Entries["toe"];
    }
}
