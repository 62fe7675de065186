using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Toe.QLogic.Tests.Images;

/// <summary>Adapters of which nobody expects an offload are no complaint of the application's health.</summary>
public sealed class HealthCheckTests
{
    [Fact]
    public async Task AdaptersBelowOffloading_AreNoComplaint_WhateverTheirFirmware()
    {
        await using var machine = new Machine()
            .Function("0000:3b:00.0", 0x1077, 0x8070, "qede") // Its interface is in another network namespace.
            .Function("0000:04:00.0", 0x1077, 0x8012, driver: null)
            .Function("0000:05:00.0", 0x4040, 0x0100, "netxen_nic", "4.0.504");
        var report = await CheckAsync(machine);
        Assert.True(report.Status == HealthStatus.Healthy, report.Description);
    }

    [Fact]
    public async Task IwarpWithBadFirmware_IsOne()
    {
        await using var machine = new Machine().Function("0000:3b:00.0", 0x1077, 0x8070, "qede", "mfw 8.55.22.0", "[storm 8.42.2.0]").Rdma("0000:3b:00.0", "qedr0", "4: RNIC", null);
        var report = await CheckAsync(machine);
        Assert.Equal(HealthStatus.Degraded, report.Status);
        Assert.Contains("Version.FirmwareOld (storm 8.42.2.0", report.Description, StringComparison.Ordinal);
    }

    private static async Task<HealthReportEntry> CheckAsync(Machine machine)
    {
        using var image = machine.Open();
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("Toe:Diagnostics:Endpoint", "false")]).Build());
        services.AddToe(toe => toe.UseHost(image).AddQLogic());
        services.AddHealthChecks().AddToe();
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<ToeStack>().StartAsync(TestContext.Current.CancellationToken);
        return (await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken)).Entries["toe"];
    }
}
