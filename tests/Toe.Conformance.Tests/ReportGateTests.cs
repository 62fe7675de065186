using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Toe.Emulated;
using Toe.Firmware;

namespace Toe.Conformance.Tests;

/// <summary>What the kit writes is what the firmware gate reads.</summary>
[Collection("whole kit")] // Not at once: providers that hang keep threads.
public sealed class ReportGateTests
{
    [Fact]
    public async Task OffloadsWhatAReportProves_AndNothingElse()
    {
        var folder = Directory.CreateTempSubdirectory("toe-report-");
        try
        {
            var path = Path.Combine(folder.FullName, "conformance.json");
            Assert.True((await ExplainAsync(path)).Reason.Is(ToeReasons.VersionUnproven));

            await WriteAsync(path, ConformanceKit.Requirements.Take(5));
            Assert.True((await ExplainAsync(path)).Reason.Is(ToeReasons.VersionUnproven), "a part of the requirements proves nothing");

            await WriteAsync(path, ConformanceKit.Requirements);
            Assert.Equal("emulated:fabric", (await ExplainAsync(path)).AdapterId);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task WriteAsync(string path, IEnumerable<Requirement> requirements)
    {
        var report = await ConformanceKit.RunAsync(Fixtures.Fabric(), Fixtures.Patient, requirements, cancellationToken: TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(path, ReportWriter.Write(report, ReportFormat.Json), TestContext.Current.CancellationToken);
    }

    private static async Task<DecisionTrace> ExplainAsync(string path)
    {
        await using var stack = ToeStack.Create(builder =>
        {
            builder.AddEmulated(new EmulatedFabricOptions());
            builder.Services.Configure<ToeOptions>(options =>
            {
                options.Diagnostics.Endpoint = false;
                options.Firmware.Consequences.Unproven = FirmwareVerdict.Refuse;
                options.Firmware.Reports.Add(path);
            });
        });
        await stack.StartAsync(TestContext.Current.CancellationToken);
        return stack.Explain(new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 0)));
    }
}
