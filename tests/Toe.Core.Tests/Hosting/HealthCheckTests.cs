using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Toe.Core.Tests.Scripted;

namespace Toe.Core.Tests.Hosting;

/// <summary>Healthy while adapters are usable and fallbacks within their allowance; degraded otherwise; never unhealthy, since the host stack serves.</summary>
public sealed class HealthCheckTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task UsableAdapters_AreHealthy_WithEachInTheData()
    {
        using var host = await StartAsync("{}", new ScriptedProvider(new ScriptedAdapter("a"), new ScriptedAdapter("b")));

        var report = await CheckAsync(host);

        Assert.Equal(HealthStatus.Healthy, report.Status);
        Assert.Equal(("usable", "usable", 0.0), (report.Data["scripted:a"], report.Data["scripted:b"], report.Data["toe.fallback.share"]));
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
        Assert.Contains("Environment.Privilege", (string)report.Data["eth7"], StringComparison.Ordinal);
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
        Assert.Equal(HealthStatus.Degraded, report.Status); // Never unhealthy.
        Assert.Contains($"scripted:a: {reason}", report.Description, StringComparison.Ordinal);
        Assert.Contains(reason, (string)report.Data["scripted:a"], StringComparison.Ordinal);
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
            Assert.Equal((HealthStatus.Degraded, 0.75), (report.Status, report.Data["toe.fallback.share"]));
        }

        await using (await stack.ConnectAsync(new ToeConnectRequest(StackBench.Elsewhere), Token))
        await using (await stack.ConnectAsync(new ToeConnectRequest(StackBench.Elsewhere), Token))
            Assert.Equal(HealthStatus.Healthy, (await CheckAsync(host)).Status); // Three of six: what is allowed.
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
